"""Every measure a target may name."""

from __future__ import annotations

from tuopin.sim.calibration import components, dynamics, illness, incomes, people, programmes
from tuopin.sim.calibration.weighted import Measure

MEASURES: dict[str, Measure] = {
    **incomes.MEASURES,
    **components.MEASURES,
    **dynamics.MEASURES,
    **illness.MEASURES,
    **people.MEASURES,
    **programmes.MEASURES,
}
"""Name -> figure of one replicate, for a scenario and the years given."""
