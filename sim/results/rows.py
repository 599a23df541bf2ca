"""The few rows of a result that a table or a figure shows, from files that hold a hundred times as many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

WORDS = ("place", "scenario", "baseline", "indicator", "view", "group", "year", "uncertainty")
NUMBERS = ("mean_difference", "low", "high", "probability_positive")


def read_rows(path: Path, **wanted: Sequence[str]) -> pd.DataFrame:
    """Rows of a Parquet table whose columns have one of the values wanted, with plain strings, a part at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        parts = [_only(batch, wanted) for batch in file.iter_batches(use_threads=False)]
        table = pa.Table.from_batches(parts, file.schema_arrow)
    return _plain(table)


def read_comparison(directory: Path, **wanted: Sequence[str]) -> pd.DataFrame:
    """Rows of comparison.csv whose columns have one of the values wanted; none where nothing was compared.

    Words stay words: a column of views `true` is not one of booleans, nor a scenario `null` missing.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow import csv

    path = directory / "comparison.csv"
    if not path.is_file():
        return pd.DataFrame({column: pd.Series(dtype=str) for column in (*WORDS, *NUMBERS)})
    types = dict.fromkeys(WORDS, pa.dictionary(pa.int32(), pa.string())) | dict.fromkeys(NUMBERS, pa.float64())
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    table = csv.read_csv(path, csv.ReadOptions(use_threads=False), convert_options=options)
    return _plain(pa.Table.from_batches([_only(batch, wanted) for batch in table.to_batches()], table.schema))


def _only(batch: pa.RecordBatch, wanted: dict[str, Sequence[str]]) -> pa.RecordBatch:
    """The rows whose words are wanted; each word is looked up once, not once a row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for column, values in wanted.items():
        words = batch.column(column).dictionary_encode()
        found = pc.is_in(words.dictionary, value_set=pa.array(list(values), pa.string()))
        batch = batch.filter(found.take(words.indices))
    return batch


def _plain(table: pa.Table) -> pd.DataFrame:
    import pyarrow as pa

    for at, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.string()))
    frame: pd.DataFrame = table.to_pandas()
    return frame
