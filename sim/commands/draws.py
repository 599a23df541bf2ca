"""What a study that draws its parameters says below its headline: refusals, the order over draws, what decides it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from tuopin.sim.comparison.assumptions import FEWEST, Decides, deciding, order_of
from tuopin.sim.comparison.headline import POVERTY_YEARS
from tuopin.sim.results.results import Results
from tuopin.sim.results.schemas import REFUSED

MOST_PLACES = 4


def stated_orders(results: Results) -> dict[str, list[str]]:
    """Return the order of packages by poverty-years averted of a result that draws nothing, by place."""
    return {place: order_of(averted) for place, averted in _averted(results).items()}


def draw_notes(results: Results, stated: Mapping[str, Sequence[str]] | None = None) -> Iterator[str]:
    """Give the lines; none for a study that draws nothing.

    `stated` is the order of packages under stated values, by place.
    """
    if not results.manifest.get("comparison", {}).get("draw_parameters"):
        return
    drawn = results.draws.astype({"parameter": str})
    table = drawn.pivot_table(index="replicate", columns="parameter", values="value", aggfunc="first", observed=True)
    if table.empty:
        return
    counted = results.manifest.get("draws", {"kept": len(table), "refused": 0})
    yield refused_text(int(counted["refused"]), int(counted["kept"]))
    table = table.drop(columns=REFUSED, errors="ignore")
    found = _averted(results, table.index)
    policies = results.manifest.get("policies", {})
    for place, averted in list(found.items())[:MOST_PLACES]:
        where = f"{place}: " if len(found) > 1 else ""
        yield from order_lines(averted, table, (stated or {}).get(place), where, policies)


def _averted(results: Results, replicates: pd.Index | None = None) -> dict[str, dict[str, np.ndarray]]:
    """Poverty-years averted by place and scenario, (replicates,): less their number, since only differences count."""
    levels, _ = results.reported(indicator=[POVERTY_YEARS], view=["true"], group=["all"])
    found: dict[str, dict[str, np.ndarray]] = {}
    for place, rows in levels[levels["year"] == levels["year"].max()].groupby("place", sort=False, observed=True):
        wide = rows.astype({"scenario": str}).pivot_table("value", "replicate", "scenario")
        wide = wide if replicates is None else wide.reindex(replicates)
        found[str(place)] = {str(name): -wide[name].to_numpy(dtype=np.float64) for name in wide}
    return found


def refused_text(refused: int, kept: int) -> str:
    """How many draws were refused, and what that means."""
    share = kept / (kept + refused)
    return (
        f"draws: {kept} kept, {refused} refused before them because the reference county did not come out as counties"
        f" are known to ({share:.0%} admissible)."
    )


def order_lines(
    averted: dict[str, np.ndarray],
    table: pd.DataFrame,
    stated: Sequence[str] | None,
    where: str = "",
    policies: Mapping[str, Collection[str]] | None = None,
) -> Iterator[str]:
    """Give the order over draws, beside the stated one if that is known, and what decides where they differ."""
    yield f"{where}order over the draws (mean of poverty years averted): {' > '.join(order_of(averted))}"
    if stated is not None:
        yield f"{where}order with the stated values: {' > '.join(name for name in stated if name in averted)}"
    found = list(deciding(averted, table, stated, policies))
    if not found:
        rest = "the same as with the stated values" if stated is not None else "no neighbours change places in a tenth"
        yield f"{where}{rest}{' of the draws or more' if stated is None else ''}."
    yield from (where + decides_text(pair, len(table)) for pair in found)


def decides_text(pair: Decides, draws: int) -> str:
    """What decides between two packages, in words."""
    text = f"{pair.first} averts more than {pair.second} in {pair.share:.0%} of the draws; "
    if not pair.parameters:
        return text + f"what decides cannot be told from {draws} draws (at least {FEWEST} that differ)."
    told = [f"{name} ({rho:+.2f})" for name, rho in pair.parameters if not abs(rho) <= pair.by_luck]
    if not told:
        name, rho = pair.parameters[0]
        return text + (
            f"no parameter goes with the difference more than luck alone would with {draws} draws (rank correlations up"
            f" to {pair.by_luck:.2f}; the strongest is {name}, {rho:+.2f})."
        )
    luck = f"; up to {pair.by_luck:.2f} is luck with so few draws" if math.isfinite(pair.by_luck) else ""
    return text + f"what goes with the difference most (rank correlation{luck}): {', '.join(told)}."
