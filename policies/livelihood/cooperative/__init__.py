"""Linkage of households to cooperatives and lead firms."""

from tuopin.policies.livelihood.cooperative.rules import Cooperative

POLICY = Cooperative
