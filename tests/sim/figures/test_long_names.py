from __future__ import annotations

import pandas as pd
import pytest

from tuopin.sim.figures.cost import draw_cost
from tuopin.sim.figures.exit_relapse import draw_exit_relapse
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.left_out import draw_left_out
from tuopin.sim.figures.survival import draw_survival

LONG = {
    "all": "a_package_with_every_programme_that_the_county_could_think_of_v2",
    "relocation": "relocation" * 6,
    "none": "a_county_without_any_programme_whatever_as_if_nobody_had_ever_co",
}


def renamed(frame: pd.DataFrame) -> pd.DataFrame:
    columns = [column for column in ("scenario", "baseline") if column in frame]
    return frame.replace(dict.fromkeys(columns, LONG))


@pytest.mark.parametrize("figure", ["headcount", "exit_relapse", "survival", "cost", "left_out"])
def test_long_names_are_broken_and_not_cut(figure, indicators, survival, comparison, faults):
    baseline = LONG["none"]
    draw = {
        "headcount": lambda: draw_headcount(renamed(indicators), baseline=baseline),
        "exit_relapse": lambda: draw_exit_relapse(renamed(indicators), baseline=baseline),
        "survival": lambda: draw_survival(renamed(survival), baseline=baseline),
        "cost": lambda: draw_cost(renamed(comparison), price_year=2016),
        "left_out": lambda: draw_left_out(renamed(indicators), renamed(comparison), baseline=baseline),
    }
    assert faults(draw[figure]()) == []
