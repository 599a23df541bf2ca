"""What scenarios did to the same households as the baseline, as rows of a comparison.

Relapse is told of those who exit under both, so that a programme which lets frailer households exit is not blamed for
them: the difference, and the level in the baseline beside it. The other measures compare two runs already: their rows
are numbers of persons, not differences of such.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tuopin.sim.comparison.paired import Floats, Uncertainty, paired_interval
from tuopin.sim.comparison.rows import ALL, Rows
from tuopin.sim.measures.pairs import MEASURES

RELAPSE, RELAPSE_IN_BASELINE = "paired_relapse_by_3_years", "paired_relapse_by_3_years_in_baseline"
PERSONS = (
    "lifted_persons",
    "stayers_persons",
    "prevented_persons",
    "induced_persons",
    "helped_persons",
    "harmed_persons",
)
_RUN = ["place", "scenario", "replicate"]


def pair_values(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of every pair of runs: place, scenario, replicate, indicator, value.

    `pairs` has the columns of the table of that name. Relapse is NaN where nobody exits under both.
    """
    wide = pairs.astype({"place": str, "scenario": str, "measure": str}).pivot_table(
        index=_RUN, columns="measure", values="value", sort=False
    )
    wide = wide.reindex(columns=list(MEASURES))
    both = wide["exited_in_both_persons"].where(wide["exited_in_both_persons"] > 0)
    before = wide["relapsed_in_baseline_persons"] / both
    figures = {RELAPSE: wide["relapsed_persons"] / both - before, RELAPSE_IN_BASELINE: before}
    figures |= {name: wide[name] for name in PERSONS}
    return pd.DataFrame(figures).reset_index().melt(_RUN, var_name="indicator")


def pair_rows(pairs: pd.DataFrame, names: Sequence[str], uncertainty: Uncertainty) -> list[Rows]:
    """Return the rows of the scenarios `names`, over all years, of everybody in the true view."""
    values = pair_values(pairs)
    if values.empty:
        return []
    replicates = np.sort(values["replicate"].unique())
    keys = values[["place", "indicator"]].drop_duplicates().reset_index(drop=True)
    row = {key: at for at, key in enumerate(keys.itertuples(index=False, name=None))}
    column, layer = {name: at for at, name in enumerate(names)}, {int(r): at for at, r in enumerate(replicates)}
    figures: Floats = np.full((len(keys), len(names), len(replicates)), np.nan)
    for place, scenario, replicate, indicator, value in values[[*_RUN, "indicator", "value"]].itertuples(
        index=False, name=None
    ):
        if scenario in column:
            figures[row[place, indicator], column[scenario], layer[int(replicate)]] = value
    return [Rows(keys.assign(view="true", group=ALL, year=ALL), paired_interval(figures, uncertainty))]
