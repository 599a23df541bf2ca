"""Summaries over replicates: a mean and a band per scenario, never a pool of simulated households."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

ENOUGH_FOR_QUANTILES = 20
"""With fewer replicates the 5% and 95% quantiles would only interpolate between the extremes, so the range is shown."""


def choose(frame: pd.DataFrame, *, place: str | None = None, **wanted: str) -> pd.DataFrame:
    """Rows of a long frame with the given column values, of one place.

    Raises
    ------
    ValueError
        Where nothing is left or where several places are held and none was named.
    """
    rows = frame
    if "place" in rows.columns:
        held = sorted(str(name) for name in rows["place"].unique())
        if place is None and len(held) > 1:
            raise ValueError(f"the frame holds {len(held)} places ({', '.join(held[:5])}, ...): name one")
        if place is not None:
            rows = rows[rows["place"] == place]
            if rows.empty:
                raise ValueError(f"no place {place!r} in the frame; it holds: {', '.join(held)}")
    for column, value in wanted.items():
        left = rows[rows[column] == value]
        if left.empty:
            held = sorted(str(name) for name in rows[column].unique())
            raise ValueError(f"no rows with {column} = {value!r}; the frame holds: {', '.join(held)}")
        rows = left
    return rows


def over_replicates(frame: pd.DataFrame, by: Sequence[str], value: str = "value") -> pd.DataFrame:
    """Mean and band of `value` over replicates.

    Returns one row per combination of `by`, with `mean`, `low`, `high` (middle 90% of the replicates, or their whole
    range where there are fewer than 20) and `replicates` (those with a finite value), in order of first appearance.
    """
    finite = frame[np.isfinite(frame[value])]
    groups = finite.groupby(list(by), sort=False, observed=True)[value]
    quantiles = (0.05, 0.95) if replicates_of(frame) >= ENOUGH_FOR_QUANTILES else (0.0, 1.0)
    table = pd.DataFrame(
        {
            "mean": groups.mean(),
            "low": groups.quantile(quantiles[0]),
            "high": groups.quantile(quantiles[1]),
            "replicates": groups.size(),
        }
    )
    return table.reset_index()


def replicates_of(frame: pd.DataFrame) -> int:
    """How many replicates the frame holds."""
    return int(frame["replicate"].nunique())


def scenarios_of(frame: pd.DataFrame, baseline: str | None) -> tuple[list[str], str | None]:
    """Scenario names in the order of the frame, the baseline first; and the baseline, `none` where none is named.

    Raises
    ------
    ValueError
        Where the named baseline is not in the frame.
    """
    names = [str(name) for name in frame["scenario"].unique()]
    if baseline is None:
        baseline = "none" if "none" in names and len(names) > 1 else None
    elif baseline not in names:
        raise ValueError(f"no baseline scenario {baseline!r} in the frame; it holds: {', '.join(names)}")
    others = [name for name in names if name != baseline]
    return ([baseline, *others] if baseline is not None else others), baseline


def one_uncertainty(comparison: pd.DataFrame) -> pd.DataFrame:
    """Rows of a comparison with one kind of uncertainty: the wider one where parameters were drawn."""
    if (comparison["uncertainty"] == "parameters").any():
        return comparison[comparison["uncertainty"] == "parameters"]
    return comparison
