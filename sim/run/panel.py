"""The panel: one row per household and year, every household present at the year's end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from tuopin.agents.arrays import Array
from tuopin.agents.columns import CAUSES
from tuopin.agents.county import County
from tuopin.agents.registry import registered
from tuopin.policies.protocol import Policy
from tuopin.sim.results.schemas import fit_schema, unite


def panel_year(county: County, policies: Sequence[Policy]) -> pa.Table:
    """Return the panel rows of the county's year.

    Columns are those of the README's table of files, without the run's keys.
    """
    h = county.households
    n = len(h)
    order = np.argsort(h.uid, kind="stable")  # rows of a year come by uid, however they lie in memory
    listed = registered(county)
    columns: dict[str, Array] = {
        "year": np.full(n, county.year, dtype=np.int16),
        "uid": h.uid,
        "village": h.village,
        "members": h.members,
        "registered": listed,
        "market_income_per_person": h.market_income_pp,
        "net_income_per_person": h.net_income_pp,
        "income_per_person": h.income_pp,
        "line": np.full(n, county.line),
        "poor_true": h.poor_true,
        "poor_registry": listed,
        "poor_survey": h.poor_survey,
        "medical_bill": h.medical_bill,
        "medical_paid": h.medical_paid,
        **{f"in_{policy.name}": policy.enrolled(county) for policy in policies},
    }
    table = pa.table({name: pa.array(np.ascontiguousarray(values[order])) for name, values in columns.items()})
    cause = pa.DictionaryArray.from_arrays(pa.array(h.cause[order].astype(np.int32)), pa.array(CAUSES))
    return table.add_column(table.schema.get_field_index("medical_bill"), "cause", cause)


def joined(panels: Sequence[pa.Table]) -> pa.Table:
    """Return the years of a run as one table; a policy that acts in some years only enrolled nobody in the others."""
    if all(panel.schema.equals(panels[0].schema) for panel in panels):
        return pa.concat_tables(panels)
    schema = unite([panel.schema for panel in panels])
    return pa.concat_tables([fit_schema(panel, schema) for panel in panels])
