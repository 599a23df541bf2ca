"""Precise identification: who is on the register, checked and re-ranked, and how an exit is certified."""

from tuopin.policies.finding.identification.rules import Identification

POLICY = Identification
