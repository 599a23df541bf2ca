"""How the prior of the parameters stands to what draws must meet: the share kept, and where the stated values lie."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tuopin.agents.draws import Draw, resolve_parameters
from tuopin.agents.randomness import Luck
from tuopin.sim.run.admissible import reference_figures
from tuopin.sim.study.admissibility import admissibility

QUARTERS = (0.25, 0.75)


def drawn_table(draws: int, seed: int = 20161231) -> pd.DataFrame:
    """Return a row per target of admissible draws, and one for the headcount, over the first draw of each replicate.

    Columns: target, allowed (none for the headcount, which is not judged), met (share of all draws that meet it),
    admissible (share of draws that meet all), stated (the reference county with the parameters as stated), quarter and
    three_quarters (of the admissible draws), inside (whether the stated one lies between).
    """
    rules, stated = admissibility(), reference_figures(resolve_parameters({}))
    found = [reference_figures(resolve_parameters({}, Draw(Luck(seed, k)))) for k in range(draws)]
    kept = [figures for figures in found if not rules.violated(figures)]
    rows = []
    for name in (*rules.targets, "headcount"):
        target = rules.targets.get(name)
        low, high = np.quantile([figures[name] for figures in kept], QUARTERS) if kept else (np.nan, np.nan)
        met = [target is None or target.low <= figures[name] <= target.high for figures in found]
        rows.append(
            {
                "target": name,
                "allowed": "" if target is None else f"{target.low:g} to {target.high:g}",
                "met": np.nan if target is None else float(np.mean(met)),
                "admissible": len(kept) / len(found),
                "stated": stated[name],
                "quarter": float(low),
                "three_quarters": float(high),
                "inside": "yes" if low <= stated[name] <= high else "no",
            }
        )
    return pd.DataFrame(rows)
