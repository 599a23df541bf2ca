"""A comparison too large to be held at once: a pair of scenarios, some indicators at a time.

The figures of an indicator need all replicates of both scenarios and nothing else; only the cost ratios look at several
indicators. So memory is bounded by the largest indicator, and the table is read once for each group of indicators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from tuopin.sim.comparison.differences import EFFECTS, paired_differences
from tuopin.sim.comparison.money import COST
from tuopin.sim.results.results import Results


def compared_by_indicator(
    results: Results, place: str, pair: Sequence[str], settings: Mapping[str, Any], rows_at_once: int
) -> pd.DataFrame:
    """Return what `paired_differences` gives for a place and `pair`, the baseline and another scenario.

    `settings` are its keyword arguments; at most `rows_at_once` rows of indicators are read at a time, or one
    indicator.
    """
    baseline, parts = settings["baseline"], []
    counts = _rows_by_indicator(results, place, pair)
    for names in _groups({name: rows for name, rows in counts.items() if name != COST}, rows_at_once):
        frame = results.part("indicators", place, pair, indicator=names)
        if {baseline} < set(frame["scenario"].astype(str).unique()):
            parts.append(paired_differences(frame, **settings))
    told = [name for name in counts if name in EFFECTS.values()] or list(counts)[:1]  # for its years, if nothing else
    money = paired_differences(
        results.part("indicators", place, pair, indicator=[*told, COST]),
        results.part("costs", place, pair),
        results.part("spells", place, pair, kind=["exited"]),
        **settings,
    )
    note = money["note"].iloc[0] if len(money) else ""
    parts.append(money[~money["indicator"].isin(told)])
    return pd.concat(parts, ignore_index=True).assign(note=note)


def _rows_by_indicator(results: Results, place: str, pair: Sequence[str]) -> dict[str, int]:
    """Indicator -> its rows in the pair, as far as a first run of each tells, in the order of the table."""
    done = [run for run in results.manifest["runs"] if run["status"] == "done" and run["place"] == place]
    rows: dict[str, int] = {}
    for scenario in dict.fromkeys(run["scenario"] for run in done if run["scenario"] in pair):
        replicates = [int(run["replicate"]) for run in done if run["scenario"] == scenario]
        one = results.part("indicators", place, [scenario], replicate=[replicates[0]])
        counts = one["indicator"].astype(str).value_counts(sort=False)
        for name in pd.unique(one["indicator"].astype(str)):
            rows[name] = rows.get(name, 0) + int(counts[name]) * len(replicates)
    return rows


def _groups(rows: Mapping[str, int], most: int) -> Iterator[list[str]]:
    """Indicators in their order, as many at a time as have at most `most` rows, at least one."""
    group: list[str] = []
    for name in rows:
        if group and sum(rows[other] for other in group) + rows[name] > most:
            yield group
            group = []
        group.append(name)
    if group:
        yield group
