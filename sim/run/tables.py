"""The tables of a finished run."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from tuopin.policies.ledger import is_public
from tuopin.sim.run.panel import joined
from tuopin.sim.run.run import Run


def tables(run: Run, place: str, scenario: str, replicate: int) -> dict[str, pa.Table]:
    """Return the tables of a finished run, columns and types as the README's table of files says."""
    frames = {
        "indicators": _indicators(run),
        "costs": _costs(run),
        "spells": pa.table({k: _column(v) for k, v in run.recorder.spell_columns().items()}),
        "persons": _persons(run),
        "limits": _limits(run),
    }
    if run.recorder.panels is not None:
        frames["panel"] = joined(run.recorder.panels)
    return {name: _keyed(frame, place, scenario, replicate) for name, frame in frames.items()}


def _indicators(run: Run) -> pa.Table:
    rows, spent = run.recorder.rows, dict.fromkeys((year for year, _, _ in run.recorder.rows), 0)
    for entry in run.ledger.entries:
        if entry.year in spent and is_public(entry.kind):
            spent[entry.year] += entry.fen
    cost_years = np.array(sorted(spent), dtype=np.int16)
    kinds = {id(keys): _key_columns(keys) for keys in {id(keys): keys for _, keys, _ in rows}.values()}
    parts = [kinds[id(keys)] for _, keys, _ in rows] + [_key_columns((("true", "all", "cost_yuan"),) * len(spent))]
    years = np.concatenate([np.full(len(keys), year, dtype=np.int16) for year, keys, _ in rows])
    values = np.concatenate([values for _, _, values in rows])
    costs = np.array([spent[year] / 100.0 for year in cost_years])
    return pa.table(
        {
            "year": np.concatenate([years, cost_years]),
            **{
                name: pa.chunked_array([part[k] for part in parts]).unify_dictionaries().combine_chunks()
                for k, name in enumerate(("view", "group", "indicator"))
            },
            "value": np.concatenate([values, costs]),
        }
    )


@lru_cache(maxsize=64)
def _key_columns(keys: tuple[tuple[str, str, str], ...]) -> tuple[pa.DictionaryArray, ...]:
    """View, group and indicator of a year's figures as columns.

    They are made once for all years and runs with the same figures.
    """
    return tuple(pa.array(text, pa.string()).dictionary_encode() for text in zip(*keys, strict=True))


def _costs(run: Run) -> pa.Table:
    e = run.ledger.entries
    return pa.table(
        {
            "year": pa.array([x.year for x in e], pa.int16()),
            "policy": pa.array([x.policy for x in e], pa.string()).dictionary_encode(),
            "payer": pa.array([x.payer for x in e], pa.string()).dictionary_encode(),
            "kind": pa.array([x.kind for x in e], pa.string()).dictionary_encode(),
            "households": pa.array([x.households for x in e], pa.int64()),
            "persons": pa.array([x.persons for x in e], pa.int64()),
            "villages": pa.array([x.villages for x in e], pa.int64()),
            "yuan": pa.array([x.fen / 100.0 for x in e], pa.float64()),
            "budget_yuan": pa.array([None if x.budget_fen is None else x.budget_fen / 100.0 for x in e], pa.float64()),
            "slots": pa.array([x.slots for x in e], pa.int64()),
        }
    )


def _persons(run: Run) -> pa.Table:
    columns = run.recorder.persons_columns()
    return pa.table({k: pa.array(v, pa.int16() if k == "year" else pa.int64()) for k, v in columns.items()})


def _limits(run: Run) -> pa.Table:
    """What each programme was given and spent by year, and what stopped it; the initial year spends nothing."""
    e = run.ledger.limits
    counts = ("slots", "candidates", "willing", "funded", "served", "enrolled")
    given = [None if x.given_fen is None else x.given_fen / 100.0 for x in e]
    return pa.table(
        {
            "year": pa.array([x.year for x in e], pa.int16()),
            "policy": pa.array([x.policy for x in e], pa.string()).dictionary_encode(),
            "given_yuan": pa.array(given, pa.float64()),
            "spent_yuan": pa.array([x.spent_fen / 100.0 for x in e], pa.float64()),
            **{name: pa.array([getattr(x, name) for x in e], pa.int64()) for name in counts},
            "reason": pa.array([x.reason for x in e], pa.string()).dictionary_encode(),
        }
    )


def _column(values: Any) -> Any:
    return pa.array(values, pa.string()).dictionary_encode() if values.dtype == object else pa.array(values)


def _keyed(frame: pa.Table, place: str, scenario: str, replicate: int) -> pa.Table:
    n = frame.num_rows
    index = pa.array(np.zeros(n, dtype=np.int32))
    keys = {
        "place": pa.DictionaryArray.from_arrays(index, pa.array([place])),
        "scenario": pa.DictionaryArray.from_arrays(index, pa.array([scenario])),
        "replicate": pa.array(np.full(n, replicate, dtype=np.int32)),
    }
    return pa.table({**keys, **{name: frame.column(name) for name in frame.column_names}})
