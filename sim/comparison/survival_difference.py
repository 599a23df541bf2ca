"""Staying out of poverty compared: Kaplan-Meier curves of scenario and baseline, paired by replicate.

No log-rank test: it would take the pooled simulated households for an independent sample. Replicates are the sample.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tuopin.sim.comparison.paired import Uncertainty, paired_interval
from tuopin.sim.measures.survival import survival_by_run


def survival_differences(
    spells: pd.DataFrame,
    *,
    baseline: str,
    view: str = "true",
    kind: str = "exited",
    uncertainty: Uncertainty = "luck",
) -> pd.DataFrame:
    """Return the paired differences of survival at each number of years since the spell began.

    `spells` has the columns of `spells.parquet`. Columns: place, scenario, years, survival (mean over replicates),
    survival_baseline, mean_difference, low, high, probability_positive, replicates. A replicate counts at a duration
    only if both scenarios still had persons at risk there. Raises ValueError if the baseline is not among the
    scenarios.
    """
    scenarios = list(pd.unique(spells["scenario"].astype(str)))
    if baseline not in scenarios:
        raise ValueError(f"no scenario {baseline!r} to compare with; there are {', '.join(scenarios)}")
    curves = survival_by_run(spells, view, kind)
    wide = curves.pivot_table(
        index=["place", "years"], columns=["scenario", "replicate"], values="survival", observed=True
    )
    parts = []
    replicates = sorted(pd.unique(spells["replicate"]))
    for scenario in scenarios:
        if scenario == baseline:
            continue
        with_policy, without = (
            wide.reindex(columns=pd.MultiIndex.from_product([[s], replicates])).to_numpy(dtype=np.float64)
            for s in (scenario, baseline)
        )
        both = np.isfinite(with_policy) & np.isfinite(without)
        interval = paired_interval(np.where(both, with_policy - without, np.nan), uncertainty)
        part = wide.index.to_frame(index=False)
        part.insert(1, "scenario", scenario)
        part["survival"] = paired_interval(np.where(both, with_policy, np.nan)).mean
        part["survival_baseline"] = paired_interval(np.where(both, without, np.nan)).mean
        part["mean_difference"], part["low"], part["high"] = interval.mean, interval.low, interval.high
        part["probability_positive"], part["replicates"] = interval.probability_positive, interval.replicates
        parts.append(part[part["replicates"] > 0])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
