"""A comparison too large to be held at once: a pair of scenarios, some indicators at a time.

The figures of an indicator need all replicates of both scenarios and nothing else; only the cost ratios look at several
indicators. So memory is bounded by the largest indicator, and the table is read once for each group of indicators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from tuopin.sim.comparison.differences import paired_differences
from tuopin.sim.comparison.money import COST
from tuopin.sim.comparison.present_values import EFFECTS
from tuopin.sim.results.results import Results


def compared_by_indicator(
    results: Results, place: str, pair: Sequence[str], settings: Mapping[str, Any], rows_at_once: int
) -> pd.DataFrame:
    """Return what `paired_differences` gives for a place and `pair`, the baseline and another scenario.

    `settings` are its keyword arguments; at most `rows_at_once` rows of indicators are read at a time, or one
    indicator in one view.
    """
    baseline, parts = settings["baseline"], []
    counts = rows_by_indicator(results, place, pair)
    for portion in portions({name: views for name, views in counts.items() if name != COST}, rows_at_once):
        frame = results.part("indicators", place, pair, **portion)
        if {baseline} < set(frame["scenario"].astype(str).unique()):
            parts.append(paired_differences(frame, **settings))
    told = [name for name in counts if name in EFFECTS] or list(counts)[:1]  # for its years, if nothing else
    money = paired_differences(
        results.part("indicators", place, pair, indicator=[*told, COST], group=["all"], view=["true"]),
        results.part("costs", place, pair),
        results.part("spells", place, pair, kind=["exited"]),
        results.part("pairs", place, pair) if baseline == results.manifest["comparison"]["baseline"] else None,
        **settings,
    )
    note = money["note"].iloc[0] if len(money) else ""
    parts.append(money[~money["indicator"].isin(told)])
    return pd.concat(parts, ignore_index=True).assign(note=note)


def rows_by_indicator(results: Results, place: str, scenarios: Sequence[str]) -> dict[str, dict[str, int]]:
    """Indicator -> view -> its rows in these scenarios of a place, in the order of the table.

    As far as the first run of each scenario tells: all have the same rows.
    """
    done = [run for run in results.manifest["runs"] if run["status"] == "done" and run["place"] == place]
    rows: dict[str, dict[str, int]] = {}
    for scenario in dict.fromkeys(run["scenario"] for run in done if run["scenario"] in scenarios):
        replicates = [int(run["replicate"]) for run in done if run["scenario"] == scenario]
        one = results.part("indicators", place, [scenario], replicate=[replicates[0]])
        counts = one[["indicator", "view"]].astype(str).value_counts(sort=False)
        for name, view in one[["indicator", "view"]].astype(str).drop_duplicates().itertuples(index=False, name=None):
            views = rows.setdefault(name, {})
            views[view] = views.get(view, 0) + int(counts[name, view]) * len(replicates)
    return rows


def portions(rows: Mapping[str, Mapping[str, int]], most: int) -> Iterator[dict[str, list[str]]]:
    """What is to be wanted of the columns, one read after the other, to have all of `rows` in their order.

    As many indicators at a time as have at most `most` rows; an indicator that has more comes view by view.
    """
    group: dict[str, int] = {}
    for name, views in rows.items():
        number = sum(views.values())
        if group and sum(group.values()) + number > most:
            yield {"indicator": list(group)}
            group = {}
        if number > most:
            for view in views:
                yield {"indicator": [name], "view": [view]}
        else:
            group[name] = number
    if group:
        yield {"indicator": list(group)}
