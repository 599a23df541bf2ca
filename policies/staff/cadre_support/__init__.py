"""Cadres in the villages: their hours, what presses them, and the plan they have to meet."""

from tuopin.policies.staff.cadre_support.rules import CadreSupport

POLICY = CadreSupport
