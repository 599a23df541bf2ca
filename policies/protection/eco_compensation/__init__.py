"""Ecological compensation: public-benefit forest and retired farmland."""

from tuopin.policies.protection.eco_compensation.rules import EcoCompensation

POLICY = EcoCompensation
