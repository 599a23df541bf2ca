"""What the figure of those left out shows: levels, paired changes and exclusion errors by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tuopin.agents.groups import FURTHER, TRAITS
from tuopin.sim.figures.bands import one_uncertainty, over_replicates

MOST_GROUPS = 8
Interval = tuple[float, float, float]


@dataclass(frozen=True)
class Found:
    """What the figure shows, in % or percentage points."""

    levels: NDArray[np.float64]
    """Headcount ratio, scenarios by groups."""
    changes: Mapping[tuple[str, str], Interval]
    """Paired change against the baseline by scenario and group."""
    missed: Mapping[str, Interval]
    """Exclusion error of the register by group."""


OF_THEIR_OWN = ("policy", "fifth", "pattern", "start", "start_decile")
"""Groups that are no trait by which somebody is left out: programmes, tenths, patterns, status at the start."""


def chosen_groups(rows: pd.DataFrame, asked: Sequence[str] | None) -> list[str]:
    """The groups asked for, or everybody, then of each trait those usually left out, then a policy's own groups.

    Those that a study asks for by ``groups:`` are many and are drawn where `asked` names them.
    """
    held = [str(group) for group in rows["group"].unique()]
    if asked is not None:
        strangers = [group for group in asked if group not in held]
        if strangers:
            raise ValueError(f"no group {strangers[0]!r} in the frame; it holds: {', '.join(held)}")
        return list(asked)
    overlooked = [f"{trait.name}={trait.overlooked}" for trait in TRAITS]
    known = (*OF_THEIR_OWN, *(trait.name for trait in TRAITS), *(trait.name for trait in FURTHER))
    others = [group for group in held if group != "all" and group.partition("=")[0] not in known]
    chosen = ["all", *overlooked, *others]
    return [group for group in chosen if group in held][:MOST_GROUPS]


def levels_of(rows: pd.DataFrame, names: list[str], groups: list[str]) -> NDArray[np.float64]:
    """Mean headcount ratio in %, scenarios by groups; NaN where a group has nobody."""
    means = over_replicates(rows[rows["group"].isin(groups)], ["scenario", "group"])
    table = means.pivot_table(index="scenario", columns="group", values="mean").reindex(index=names, columns=groups)
    return table.to_numpy(dtype=float) * 100


def changes_of(
    comparison: pd.DataFrame | None, view: str, year: int, place: str | None
) -> dict[tuple[str, str], Interval]:
    """Paired change of the headcount ratio in percentage points (mean, low, high), by scenario and group."""
    if comparison is None or comparison.empty:
        return {}
    comparison = one_uncertainty(comparison)
    rows = comparison[
        (comparison["indicator"] == "headcount_ratio")
        & (comparison["view"] == view)
        & (comparison["year"].astype(str) == str(year))
    ]
    if place is not None and "place" in rows.columns:
        rows = rows[rows["place"] == place]
    values = rows[["mean_difference", "low", "high"]].to_numpy(dtype=float) * 100
    keys = zip(rows["scenario"].astype(str), rows["group"].astype(str), strict=True)
    return {key: (mean, low, high) for key, (mean, low, high) in zip(keys, values.tolist(), strict=True)}


def missed_of(
    indicators: pd.DataFrame, groups: Sequence[str], scenario: str, year: int, place: str | None
) -> dict[str, Interval]:
    """Exclusion error of the register in % (mean, low, high) by group; empty where the frame has none."""
    rows = indicators[
        (indicators["indicator"] == "exclusion_error")
        & (indicators["scenario"] == scenario)
        & (indicators["year"] == year)
        & indicators["group"].isin(groups)
    ]
    if place is not None:
        rows = rows[rows["place"] == place]
    if not np.isfinite(rows["value"]).any():
        return {}
    table = over_replicates(rows, ["group"])
    values = table[["mean", "low", "high"]].to_numpy(dtype=float) * 100
    return {
        str(group): (mean, low, high) for group, (mean, low, high) in zip(table["group"], values.tolist(), strict=True)
    }
