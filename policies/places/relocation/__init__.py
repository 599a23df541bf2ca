"""Relocation of households from deep mountains to resettlement sites in five zone types."""

from tuopin.policies.places.relocation.rules import Relocation

POLICY = Relocation
