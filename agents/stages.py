"""Definitions the whole model shares: how long the stages of life last, what makes a couple, the middle of a scale.

They say what the columns of people mean (`tuopin.agents.columns`: small children 0-5, pupils 6-15, working age 16-59)
and are
no estimates: to change one is to mean something else by the column. What is estimated or assumed stands in YAML.
"""

from __future__ import annotations

SMALL_CHILD_YEARS = 6.0
"""Ages 0-5, before school."""
PUPIL_YEARS = 10.0
"""Ages 6-15, compulsory school age."""
UPPER_YEARS = 3.0
"""Senior high or vocational school."""
COLLEGE_YEARS = 4.0
"""A bachelor's course."""
WORKING_YEARS = 44.0
"""Ages 16-59; the base pension begins at 60."""
YOUNG_OLD_YEARS = 10.0
"""Ages 60-69, the first of old age."""
YOUNG_YEARS = SMALL_CHILD_YEARS + PUPIL_YEARS + UPPER_YEARS
"""Ages 0-18: the stages before work or college."""

COUPLE = 2
"""Members of working age who have children, or leave together when a household splits."""

MIDDLE = 0.5
"""Middle of the scales 0..1 of remoteness and of motivation: rates are stated for a household there."""
