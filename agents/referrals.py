"""Who is sent to which measure in a year, and what village teams found hours for: what programmes tell each other.

Modules never name each other: one that finds households sends them to measures (`tuopin.policies.measures`), and who
delivers a measure sees that they were sent. All of it is of one year and made anew at the start of its programme step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tuopin.agents.arrays import F64


@dataclass
class Referrals:
    """Shares of the year covered, shape (households,), 0 for who is not sent, and of hours asked, (villages,)."""

    by_measure: Mapping[str, F64] = field(default_factory=dict)
    by_programme: Mapping[str, F64] = field(default_factory=dict)
    """Of each programme that delivers a measure to which somebody is sent: the most of its measures."""
    delivered_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Measure -> the programmes of the scenario that deliver it."""
    hours_share: dict[str, F64] = field(default_factory=dict)
    """Policy -> of the hours it asked of each village's team for what is not enrolment, the share it got."""
