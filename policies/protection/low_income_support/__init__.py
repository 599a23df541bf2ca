"""Minimum living allowance (dibao), five-guarantee support and temporary relief."""

from tuopin.policies.protection.low_income_support.rules import LowIncomeSupport

POLICY = LowIncomeSupport
