"""`comparison.csv`: the paired differences of `tuopin.sim.comparison`, from the finished tables, some places at a time.

A region is compared as a whole, as one place of its name: differences of its single counties would fill gigabytes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tuopin.sim.batch.seam import PlanLike
from tuopin.sim.results.durable import write_atomically

COMPARISON = "comparison.csv"
# Rows of indicators read at once: some 200 MB as a frame. Comparisons are made place by place: any grouping is alike.
_ROWS_AT_ONCE = 2_000_000

Compare = Callable[..., Any]
Regions = Mapping[str, Sequence[str]]
"""Region -> its counties."""


def comparison_settings(plan: PlanLike) -> dict[str, Any]:
    """What a comparison needs beside the tables, as kept in the manifest."""
    index: Mapping[int, float] | None = getattr(plan, "price_index", None)
    if index is None:
        index = _rural_prices(plan)
    return {
        "baseline": plan.baseline,
        "first_year": plan.first_year,
        "discount_rate": float(getattr(plan, "discount_rate", 0.045)),
        "draw_parameters": bool(getattr(plan, "draw_parameters", False)),
        "price_index": {str(year): float(value) for year, value in index.items()},
    }


def _rural_prices(plan: PlanLike) -> dict[int, float]:
    """Rural consumer prices of each of the plan's years against its first (draws of later inflation left out)."""
    from tuopin.agents.economy import price_index
    from tuopin.agents.parameters import resolve_parameters

    parameters = resolve_parameters(getattr(plan, "parameters", {}))
    return {year: price_index(parameters, year, plan.first_year) for year in range(plan.first_year, plan.last_year + 1)}


def default_compare(indicators: Any, costs: Any, spells: Any, **settings: Any) -> Any:
    """`tuopin.sim.comparison.compare`, imported when it is first needed."""
    from tuopin.sim.comparison import compare

    return compare(indicators, costs, spells, **settings)


def compare_tables(
    directory: Path,
    settings: Mapping[str, Any],
    compare: Compare,
    places: Sequence[str],
    regions: Regions | None = None,
) -> Any:
    """The comparison of all `places` as one pandas frame, in their order; counties of `regions` count as their
    region.
    """
    import pandas as pd

    arguments = dict(settings)
    arguments["price_index"] = {int(year): value for year, value in settings["price_index"].items()}
    parts = [
        compare(*frames, **arguments)
        for frames in _frames(directory, places, regions or {})
        if settings["baseline"] in frames[0]["scenario"].unique()
    ]
    return pd.concat(parts, ignore_index=True) if parts else None


def write_comparison(
    directory: Path,
    settings: Mapping[str, Any],
    compare: Compare,
    places: Sequence[str],
    regions: Regions | None = None,
) -> str | None:
    """Write ``comparison.csv`` in one step; its SHA-256, or None if there was nothing to compare."""
    frame = compare_tables(directory, settings, compare, places, regions)
    if frame is None or frame.empty:
        return None
    content = as_csv(frame)
    write_atomically(directory / COMPARISON, content)
    return hashlib.sha256(content).hexdigest()


def as_csv(frame: Any) -> bytes:
    """What pandas writes of a frame of words and numbers, to the byte, in a sixth of its time: Arrow formats the
    numbers.
    """
    import pyarrow as pa
    from pyarrow import csv

    table = pa.Table.from_pandas(frame, preserve_index=False)
    for at, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            table = table.set_column(at, field.name, _number_words(frame[field.name].to_numpy()))
    stream = io.BytesIO()
    stream.write(frame.head(0).to_csv(index=False, lineterminator="\n").encode())
    try:
        csv.write_csv(table, stream, csv.WriteOptions(include_header=False, quoting_style="none"))
    except pa.ArrowInvalid:  # a word that must be quoted
        return bytes(frame.to_csv(index=False, lineterminator="\n").encode())
    return stream.getvalue()


def _number_words(values: Any) -> Any:
    """Numbers as Python writes them: Arrow leaves out the ``.0`` of whole ones and has other bounds for exponents."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(values, from_pandas=True).cast(pa.string())
    words = pc.if_else(pc.match_substring(words, "."), words, pc.binary_join_element_wise(words, "0", "."))
    size = np.abs(values)
    other = ((size > 0) & (size < 1e-4)) | (size >= 1e10)
    return pc.replace_with_mask(words, other, pa.array([repr(value) for value in values[other].tolist()], pa.string()))


def _frames(directory: Path, places: Sequence[str], regions: Regions) -> Iterator[tuple[Any, Any, Any]]:
    """(indicators, costs, spells) of as many places at a time as fit in memory comfortably, then of each region."""
    import pyarrow.parquet as pq

    from tuopin.sim.results.regions import region_tables

    inside = {name for counties in regions.values() for name in counties}
    single = [name for name in places if name not in inside]
    paths = [directory / f"{name}.parquet" for name in ("indicators", "costs", "spells")]
    rows = pq.read_metadata(paths[0]).num_rows
    batch = max(1, int((len(single) + len(inside)) * _ROWS_AT_ONCE / max(rows, 1)))
    for at in range(0, len(single), batch):
        frames = [_of_places(path, single[at : at + batch], whole=rows <= _ROWS_AT_ONCE) for path in paths]
        yield frames[0], frames[1], frames[2]
    for region, counties in regions.items():
        if set(counties) & set(places):
            yield region_tables(directory, region, counties)


def _of_places(path: Path, places: Sequence[str], *, whole: bool) -> Any:
    """The rows of a table in `places` as a frame; a small table is read as a `whole`, without threads, and then cut."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if not whole:
        return pq.read_table(path, filters=[("place", "in", places)]).to_pandas()
    table = pq.ParquetFile(path).read(use_threads=False)
    wanted = pc.is_in(table["place"], value_set=pa.array(places))
    return (table if pc.all(wanted).as_py() else table.filter(wanted)).to_pandas()
