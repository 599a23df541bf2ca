"""Rows of a result's files: the few that a table or figure shows, and those of some places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from tuopin.sim.results.cells import original
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.schemas import COMPARISON, TEXT

AGAIN = "give the same `tuopin run` command again"
Wanted = Mapping[str, Sequence[str]]
"""Column -> the words it may have."""


@contextmanager
def reading(path: Path) -> Iterator[Path]:
    """Read a file of a result inside: it gets the path that is safe to open, and what goes wrong is told.

    That path is absolute, since pyarrow reads ``http:/x`` and ``s3:y`` as addresses of the network. A FIFO would be
    waited for, deep in a library that Ctrl-C does not reach.

    Raises
    ------
    ResultsError
        If there is no such file, or it cannot be read as what it should be.
    """
    if not path.is_file():
        raise ResultsError(f"{path}: {'is not a file' if path.exists() else 'is not there'}; {AGAIN} to finish it")
    try:
        yield path.absolute()
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise ResultsError(f"{path}: is damaged or not a table of Tuopin; {AGAIN}") from error


def read_rows(path: Path, wanted: Wanted) -> pd.DataFrame:
    """Rows of a Parquet table whose columns have one of the words wanted, as plain strings, a part at a time."""
    with reading(path) as safe, pq.ParquetFile(safe) as file:
        parts = [_filter(batch, wanted) for batch in file.iter_batches(use_threads=False)]
        table = pa.Table.from_batches(parts, file.schema_arrow)
    return _with_plain_words(table)


def read_comparison(path: Path, wanted: Wanted) -> pd.DataFrame:
    """Rows of ``comparison.csv`` whose columns have one of the words wanted; none where nothing was compared.

    Words stay words: a column of views `true` is not one of booleans, nor a scenario `null` missing.
    """
    types = {column.name: column.type for column in COMPARISON}
    if not path.exists() and not path.is_symlink():
        return _with_plain_words(pa.schema(list(types.items())).empty_table())
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    with reading(path) as safe:
        table = csv.read_csv(safe, csv.ReadOptions(use_threads=False), convert_options=options)
        if table.column_names != list(types):
            raise ValueError("its columns are others")
        batches = [_filter(_with_original_words(batch), wanted) for batch in table.to_batches()]
        return _with_plain_words(pa.Table.from_batches(batches, table.schema))


def read_places(
    path: Path, places: Sequence[str], scenarios: Sequence[str] | None = None, **wanted: Sequence[str | int]
) -> pd.DataFrame:
    """The rows of a Parquet table in some places, of some scenarios or all, and of what else is wanted of a column.

    Words are categories.
    """
    asked = {"place": places, **({} if scenarios is None else {"scenario": scenarios}), **wanted}
    filters = [(column, "in", list(values)) for column, values in asked.items()]
    with reading(path) as safe:
        frame: pd.DataFrame = pq.read_table(safe, filters=filters).to_pandas()
    return frame


def _with_original_words(batch: Any) -> Any:
    """A batch of the comparison with the words as they were before they were made safe for spreadsheets."""
    for at, field in enumerate(batch.schema):
        if field.type == TEXT:
            column = batch.column(at)
            words = pa.array([original(word) for word in column.dictionary.to_pylist()], pa.string())
            batch = batch.set_column(at, field.name, pa.DictionaryArray.from_arrays(column.indices, words))
    return batch


def _filter(batch: Any, wanted: Wanted) -> Any:
    """The rows whose words are wanted; each word is looked up once, not once a row."""
    for column, values in wanted.items():
        words = batch.column(column).dictionary_encode()
        found = pc.is_in(words.dictionary, value_set=pa.array(list(values), pa.string()))
        batch = batch.filter(found.take(words.indices))
    return batch


def _with_plain_words(table: Any) -> pd.DataFrame:
    for at, field in enumerate(table.schema):
        if field.type == TEXT or pa.types.is_dictionary(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.string()))
    frame: pd.DataFrame = table.to_pandas()
    return frame
