"""Tables on standard output: for people at a terminal, for pipes as wide as a page, for programs as CSV or JSON.

Identifiers are never cut: other columns wrap, and where even that is too wide each row becomes a block of its own.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from tuopin.sim.commands.layout import GAP, LONGEST_WORD, PAGE, longest_word, page, width
from tuopin.sim.commands.options import Format
from tuopin.sim.results.cells import neutral

if TYPE_CHECKING:
    from rich.console import Console

Row = Mapping[str, Any]
FIRST_SEPARATED = 10_000  # four digits stand together, so that years look like years


def show(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    format: Format = Format.TABLE,
    ids: Sequence[str] = (),
    digits: int = 4,
    room: int = PAGE,
) -> None:
    """Write `rows` under `columns`; `ids` are the columns that must stay whole, `room` is the page of a pipe.

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
        sys.stdout.write(plain(title, columns, rows, digits, ids, room))


def _cell(value: Any) -> Any:
    """A value as a CSV cell: words that a spreadsheet would run are made harmless, numbers stay."""
    bare = _bare(value)
    return neutral(bare) if isinstance(bare, str) else bare


def as_csv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """CSV text with a header row."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return stream.getvalue()


def as_json(value: object) -> str:
    """JSON text; what is not a number (NaN, infinity) is null."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=1, allow_nan=False)


def plain(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    digits: int = 4,
    ids: Collection[str] = (),
    room: int = PAGE,
) -> str:
    """Aligned text, no line wider than a page unless one identifier is; numbers to the right."""
    cells = [[cell_text(row.get(column), digits) for column in columns] for row in rows]
    numeric = [all(_is_number(row.get(column)) for row in rows) and bool(rows) for column in columns]
    return page(title, columns, cells, numeric, ids, room)


def cell_text(value: object, digits: int = 4) -> str:
    """One cell: numbers with at most `digits` significant digits after the point, nothing for what is missing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {cell_text(item, digits)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(item, digits) for item in value)
    if not _is_number(value):
        return " ".join(str(value).split())
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        return ""
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}" if abs(number) >= FIRST_SEPARATED else str(int(number))
    places = max(digits - 1 - math.floor(math.log10(abs(number))), 0)
    text = f"{number:,.{min(places, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rich(title: str, columns: Sequence[str], rows: Sequence[Row], ids: Sequence[str], digits: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    texts = [[cell_text(row.get(column), digits) for column in columns] for row in rows]
    longest = [max(map(width, column)) for column in zip(columns, *texts, strict=True)]
    words = [max(map(longest_word, column)) for column in zip(columns, *texts, strict=True)]
    least = [
        size if column in ids else min(word, LONGEST_WORD)
        for column, size, word in zip(columns, longest, words, strict=True)
    ]
    if sum(least) + GAP * (len(columns) - 1) > console.width:
        _blocks(console, title, columns, texts, ids)
        return
    table = Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False
    )
    for column, size in zip(columns, least, strict=True):
        right = bool(rows) and all(_is_number(row.get(column)) for row in rows)
        justify: Literal["right", "left"] = "right" if right else "left"
        table.add_column(Text(column), justify=justify, min_width=size, no_wrap=column in ids, overflow="fold")
    for cells in texts:
        table.add_row(*map(Text, cells))
    console.print(table)


def _blocks(
    console: Console, title: str, columns: Sequence[str], texts: Sequence[Sequence[str]], ids: Sequence[str]
) -> None:
    """Each row as a line of its identifiers with the rest below it, for terminals too narrow for the table."""
    from rich.padding import Padding
    from rich.text import Text

    if title:
        console.print(Text(title, style="italic"))
    for cells in texts:
        named = [(column, text) for column, text in zip(columns, cells, strict=True) if text]
        head = "  ".join(text for column, text in named if column in ids)
        console.print(Text(head, style="bold"), soft_wrap=True)
        rest = "; ".join(f"{column}: {text}" if column else text for column, text in named if column not in ids)
        console.print(Padding(Text(rest), (0, 0, 0, 4)))


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
