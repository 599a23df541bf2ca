"""The calibration table: every target, its simulated figure over replicates, and a plain verdict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tuopin.agents.draws import resolve_parameters
from tuopin.sim.calibration.histories import Histories, simulate_histories
from tuopin.sim.calibration.measures import MEASURES
from tuopin.sim.calibration.targets import Target, targets_of
from tuopin.sim.run.burn_in import income_factor
from tuopin.sim.study.plan import Plan

FITS, NEAR = 0.10, 0.25
"""Relative distances from the published figure up to which a simulated one fits or is near."""
COLUMNS = [
    "target",
    "period",
    "published",
    "unit",
    "use",
    "simulated",
    "luck",
    "view",
    "scenario",
    "verdict",
    "source",
    "confidence",
    "remark",
]


def calibration_table(plan: Plan, replicates: int = 5, targets: Sequence[Target] | None = None) -> pd.DataFrame:
    """Simulate the first place of `plan` and return one row per target, indexed by the target's id.

    Columns: target, period, published (text), unit, use (fit, compare, registry), simulated (mean over `replicates`),
    luck (standard deviation over replicates), view, scenario, verdict, source, confidence, remark. Parameters are the
    stated ones, never drawn. The targets are those shipped for the study unless given.

    Raises
    ------
    ValueError
        If a target names an unknown measure.
    """
    place = plan.place_data[plan.places[0]]
    chosen = [t for t in (targets_of(plan.study_name) if targets is None else targets) if t.place in (None, place.name)]
    if unknown := sorted({t.measure for t in chosen} - set(MEASURES)):
        raise ValueError(f"unknown measures {', '.join(unknown)}; allowed are {', '.join(sorted(MEASURES))}")
    wanted = {t.scenario for t in chosen} | {"none"}
    scenarios = [name for name in plan.scenarios if name in wanted]
    simulated = {t.id: [] for t in chosen}  # type: dict[str, list[float]]
    for replicate in range(replicates):
        histories = simulate_histories(plan, replicate, scenarios)
        for target in chosen:
            simulated[target.id].append(_figure(histories, target))
    factor = income_factor(place, resolve_parameters(plan.parameters, place=place))
    rows = [_row(t, np.array(simulated[t.id]), factor if t.times_county_factor else 1.0) for t in chosen]
    return pd.DataFrame(rows, columns=COLUMNS, index=pd.Index([t.id for t in chosen], name="id"))


def _figure(histories: Histories, target: Target) -> float:
    history = histories.scenarios.get(target.scenario)
    if history is None or not set(target.simulated_years) <= set(history.households):
        return np.nan
    return MEASURES[target.measure](histories, target.scenario, target.simulated_years)


def _row(target: Target, figures: np.ndarray, factor: float) -> list[object]:
    there = figures[np.isfinite(figures)]
    simulated = float(there.mean()) if len(there) else np.nan
    luck = float(there.std(ddof=1)) if len(there) > 1 else np.nan
    value = None if target.value is None else target.value * factor
    bounds = None if target.range is None else (target.range[0] * factor, target.range[1] * factor)
    return [
        target.target,
        target.period,
        published(value, bounds),
        target.unit,
        target.use,
        simulated,
        luck,
        target.view,
        target.scenario,
        verdict(simulated, value, bounds, target.use),
        target.source,
        target.confidence,
        target.remark,
    ]


def verdict(simulated: float, value: float | None, bounds: tuple[float, float] | None, use: str) -> str:
    """Return `fits`, `near` or `does not fit`; `not fitted` for registry figures, which are never judged.

    Fits: within the source's range, or within 10% of a single figure. Near: within 25% of the figure or of the nearer
    end of the range.
    """
    if not np.isfinite(simulated):
        return "not simulated"
    if use == "registry":
        return "not fitted"
    if value is None and bounds is None:
        return "no published figure"
    if bounds is None:
        assert value is not None
        bounds = (value - FITS * abs(value), value + FITS * abs(value))
        distance = abs(simulated - value) / abs(value) if value else np.inf
    else:
        end = bounds[0] if simulated < bounds[0] else bounds[1]
        distance = abs(simulated - end) / abs(end) if end else np.inf
    if bounds[0] <= simulated <= bounds[1]:
        return "fits"
    return "near" if distance <= NEAR else "does not fit"


def published(value: float | None, bounds: tuple[float, float] | None) -> str:
    """Return the published figure as text: a figure, a range, or both."""
    if value is None:
        return "" if bounds is None else f"{figure(bounds[0])} to {figure(bounds[1])}"
    return figure(value) + ("" if bounds is None else f" ({figure(bounds[0])} to {figure(bounds[1])})")


def figure(value: float) -> str:
    """Return a number with three significant figures and no exponent, thousands apart."""
    if not np.isfinite(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def markdown(table: pd.DataFrame, columns: Sequence[str] = COLUMNS) -> str:
    """Return the table as GitHub Markdown, numbers by `figure`."""
    text = table[list(columns)].map(lambda x: figure(x) if isinstance(x, float) else str(x).replace("|", "/"))
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in text.itertuples(index=False, name=None)]
    return "\n".join(lines) + "\n"
