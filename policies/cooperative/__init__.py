"""Linkage of households to cooperatives and lead firms."""

from policies.cooperative.rules import Cooperative

POLICY = Cooperative
