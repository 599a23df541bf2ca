"""Minimum living allowance (dibao), five-guarantee support and temporary relief."""

from tuopin.policies.low_income_support.rules import LowIncomeSupport

POLICY = LowIncomeSupport
