"""Exit and re-entry by duration, from spells (survival) and from one year to the next."""

from __future__ import annotations

import numpy as np

from tuopin.sim.calibration.histories import Histories
from tuopin.sim.calibration.weighted import Measure, every_year, paired, share
from tuopin.sim.measures import pairs
from tuopin.sim.measures.pairs import pair_measures
from tuopin.sim.measures.survival import ended_within, hazard_by_duration, kaplan_meier


def _exit_hazard(view: str, duration: int) -> Measure:
    """Of persons whose spell of poverty has lasted `duration` - 1 years since it began in sight, the share leaving."""

    def measure(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
        spells = histories.scenarios[scenario].spells
        table = hazard_by_duration(spells[spells["view"] == view], "poor")
        found = table.loc[table["years"] == duration, "hazard"]
        return float(found.iloc[0]) if len(found) else np.nan

    return measure


def _relapse_within(view: str, duration: int) -> Measure:
    def measure(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
        spells = histories.scenarios[scenario].spells
        return ended_within(kaplan_meier(spells[spells["view"] == view]), duration)

    return measure


def _exit_rate(histories: Histories, scenario: str, year: int) -> float:
    """Share of last year's truly poor persons who are not poor now, households present in both years."""
    now = histories.year(scenario, year)
    before = histories.year(scenario, year - 1).reindex(now.index)
    there = before["poor_true"].notna()
    now, before = now[there], before[there]
    return share(~now["poor_true"], before["poor_true"].astype(bool), now["members"])


def _registered_exit_share(histories: Histories, scenario: str, year: int) -> float:
    """Share of last year's registered households that are no longer registered."""
    now = histories.year(scenario, year)
    before = histories.year(scenario, year - 1)["registered"].reindex(now.index, fill_value=False).astype(bool)
    return float((~now["registered"])[before].mean()) if before.any() else np.nan


def _registered_left(histories: Histories, scenario: str, year: int) -> float:
    """Registered persons of `year` against those of the first year."""
    first = min(histories.scenarios[scenario].households)
    now, start = histories.year(scenario, year), histories.year(scenario, first)
    return float(now["members"][now["registered"]].sum() / start["members"][start["registered"]].sum())


def _stay_penalty(histories: Histories, scenario: str, year: int) -> float:
    """Exit rate of last year's poor with a hospital stay this year less that of those without, a difference of shares.

    On net income before bills, as the published figure is: what a stay costs in bills is no part of it.
    """
    now, lines = histories.year(scenario, year), histories.scenarios[scenario].lines
    before = histories.year(scenario, year - 1)["net_income_pp"].reindex(now.index)
    poor = before < lines[year - 1]
    stay = now["stay_ratio"] < 1.0
    left = now["net_income_pp"] >= lines[year]
    return share(left, poor & stay, now["members"]) - share(left, poor & ~stay, now["members"])


def _relapse_of_both(with_policy: bool) -> Measure:
    """Of persons whose first exit came in the scenario and in `none`, the share poor again within three years.

    Under the scenario, or under `none`: the same persons, so that who exits is no part of the difference.
    """

    def measure(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
        without, under = (_ends(histories, name, years[-1]) for name in ("none", scenario))
        found = pair_measures(without, under, _length(histories))
        relapsed = found["relapsed_persons" if with_policy else "relapsed_in_baseline_persons"]
        exited = found["exited_in_both_persons"]
        return relapsed / exited if exited > 0 else np.nan

    return measure


def _length(histories: Histories) -> int:
    years = histories.scenarios["none"].households
    return max(years) - min(years)


def _ends(histories: Histories, scenario: str, year: int) -> pairs.Histories:
    h = histories.year(scenario, year)
    return pairs.Histories(h.index.to_numpy(), h["start_persons"].to_numpy() / 1000.0, h["poor_years"].to_numpy())


def _paired_headcount(histories: Histories, scenario: str, year: int) -> float:
    """Difference of the true headcount to scenario `none`, over households present in both."""
    with_policy, without = paired(histories, (scenario, "none"), year)
    everybody = with_policy["poor_true"] | True
    return share(with_policy["poor_true"], everybody, with_policy["members"]) - share(
        without["poor_true"], everybody, without["members"]
    )


MEASURES: dict[str, Measure] = {
    **{f"exit_hazard_{v}_{d}": _exit_hazard(v, d) for v in ("true", "survey", "registry") for d in (1, 2, 3, 4, 5)},
    **{f"relapse_within_{d}_{v}": _relapse_within(v, d) for v in ("true", "survey", "registry") for d in (1, 3, 5)},
    "exit_rate": every_year(_exit_rate),
    "registered_exit_share": every_year(_registered_exit_share),
    "registered_left": every_year(_registered_left),
    "stay_exit_penalty": every_year(_stay_penalty),
    "headcount_difference": every_year(_paired_headcount),
    "relapse_of_both": _relapse_of_both(True),
    "relapse_of_both_in_none": _relapse_of_both(False),
}
