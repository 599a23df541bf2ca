"""Tables on standard output: for people at a terminal, for pipes as wide plain text, for programs as CSV or JSON.

Identifiers are never cut: on a narrow terminal other columns wrap, and without a terminal nothing wraps at all.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from sim.commands.options import Format

Row = Mapping[str, Any]


def show(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    format: Format = Format.TABLE,
    ids: Sequence[str] = (),
    digits: int = 4,
) -> None:
    """Write `rows` under `columns`; `ids` are the columns that must stay whole.

    Numbers of a table get `digits` significant digits. CSV and JSON carry the values as they are (NaN is empty and
    null), without the title.
    """
    if format is Format.CSV:
        sys.stdout.write(as_csv(columns, rows))
    elif format is Format.JSON:
        sys.stdout.write(as_json([{column: row.get(column) for column in columns} for row in rows]) + "\n")
    elif sys.stdout.isatty():
        _rich(title, columns, rows, ids, digits)
    else:
        sys.stdout.write(plain(title, columns, rows, digits))


def as_csv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """CSV text with a header row."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_bare(row.get(column)) for column in columns] for row in rows)
    return stream.getvalue()


def as_json(value: object) -> str:
    """JSON text; what is not a number (NaN, infinity) is null."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=1, allow_nan=False)


def plain(title: str, columns: Sequence[str], rows: Sequence[Row], digits: int = 4) -> str:
    """Aligned text, one line a row however wide; numbers to the right; Chinese characters count double."""
    cells = [[written(row.get(column), digits) for column in columns] for row in rows]
    numeric = [all(_is_number(row.get(column)) for row in rows) and bool(rows) for column in columns]
    widths = [max(map(width, column)) for column in zip(columns, *cells, strict=True)]
    lines = [title] if title else []
    for line in [list(columns), *cells]:
        padded = [
            " " * (size - width(cell)) + cell if right else cell + " " * (size - width(cell))
            for cell, size, right in zip(line, widths, numeric, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines) + "\n"


def written(value: object, digits: int = 4) -> str:
    """One cell: numbers with thousands separated and `digits` significant digits, nothing for what is missing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {written(item, digits)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(written(item, digits) for item in value)
    if not _is_number(value):
        return " ".join(str(value).split())
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        return ""
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    places = max(digits - 1 - math.floor(math.log10(abs(number))), 0)
    return f"{number:,.{min(places, 12)}f}"


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _rich(title: str, columns: Sequence[str], rows: Sequence[Row], ids: Sequence[str], digits: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        right = bool(rows) and all(_is_number(row.get(column)) for row in rows)
        longest = max([width(column), *(width(written(row.get(column), digits)) for row in rows)])
        whole = column in ids
        table.add_column(
            Text(column),
            justify="right" if right else "left",
            min_width=longest if whole else None,
            no_wrap=whole,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(written(row.get(column), digits)) for column in columns))
    Console().print(table)


def _is_number(value: object) -> bool:
    if value is None or isinstance(value, bool | str):
        return False
    return isinstance(value, int | float) or hasattr(value, "__float__")  # numpy scalars too


def _bare(value: object) -> object:
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(_finite(value), ensure_ascii=False)
    value = _finite(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()  # numpy scalar
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
