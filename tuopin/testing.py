"""Invariants for the tests of a policy of your own (docs/plugin.md)."""

from __future__ import annotations

from tuopin.sim.testing.invariants import (
    all_hold,
    any_order,
    limits_hold,
    null_effect,
    resumes,
    scales,
    splits_keep,
)

__all__ = ["all_hold", "any_order", "limits_hold", "null_effect", "resumes", "scales", "splits_keep"]
