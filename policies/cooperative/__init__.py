"""Linkage of households to cooperatives and lead firms."""

from tuopin.policies.cooperative.rules import Cooperative

POLICY = Cooperative
