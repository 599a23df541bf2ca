"""Plain text no wider than a page: tables whose words wrap, and blocks where even that is too wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

PAGE = 120
GAP = 2
LONGEST_WORD = 24  # longer ones may be broken in columns that are no identifiers


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def longest_word(text: str) -> int:
    """Columns of the longest word of `text`; Chinese may be broken anywhere."""
    return max(
        (2 if unicodedata.east_asian_width(part[0]) in "WF" else width(part) for part in text.split()), default=0
    )


def wrapped(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns`, broken between words, or within one that is longer."""
    lines, line = [], ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if width(joined) <= columns:
            line = joined
            continue
        if line and not _breaks_anywhere(word):
            lines.append(line)
            line = ""
        elif line:
            line += " "
        for character in word:
            if width(line + character) > columns:
                lines.append(line.rstrip())
                line = ""
            line += character
    return [*lines, line] if line or not lines else lines


def _breaks_anywhere(word: str) -> bool:
    return any(unicodedata.east_asian_width(character) in "WF" for character in word)


def page(
    title: str,
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    right: Sequence[bool],
    ids: Collection[str],
    room: int = PAGE,
) -> str:
    """Aligned text: numbers to the right, Chinese characters counted double.

    No line is wider than `room` unless an identifier of `ids`, which is never broken, is.
    """
    full = [max(map(width, column)) for column in zip(columns, *cells, strict=True)]
    least = [
        size if column in ids else min(size, max(map(longest_word, column_cells)), LONGEST_WORD)
        for column, size, column_cells in zip(columns, full, zip(columns, *cells, strict=True), strict=True)
    ]
    gaps = GAP * (len(columns) - 1)
    lines = wrapped(title, room) if title else []
    if sum(full) + gaps <= room:
        return "\n".join([*lines, *(_row(line, full, right) for line in [list(columns), *cells])]) + "\n"
    if sum(least) + gaps > room:
        return "\n".join([*lines, *(line for row in cells for line in _block(columns, row, ids, room))]) + "\n"
    sizes = _sizes(full, least, room - gaps)
    for row in [list(columns), *cells]:
        parts = [wrapped(cell, size) for cell, size in zip(row, sizes, strict=True)]
        height = max(map(len, parts))
        lines += [_row([part[k] if k < len(part) else "" for part in parts], sizes, right) for k in range(height)]
    return "\n".join(lines) + "\n"


def _sizes(full: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that fill `room`: the widest column gives way first."""
    sizes = list(full)
    while sum(sizes) > room:
        widest = max((k for k in range(len(sizes)) if sizes[k] > least[k]), key=lambda k: sizes[k])
        others = max((size for k, size in enumerate(sizes) if k != widest and size > least[k]), default=0)
        sizes[widest] = max(least[widest], min(sizes[widest] - 1, max(others, sizes[widest] - (sum(sizes) - room))))
    return sizes


def _row(cells: Sequence[str], sizes: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (size - width(cell)) + cell if to_right else cell + " " * (size - width(cell))
        for cell, size, to_right in zip(cells, sizes, right, strict=True)
    ]
    return (" " * GAP).join(padded).rstrip()


def _block(columns: Sequence[str], cells: Sequence[str], ids: Collection[str], room: int) -> list[str]:
    """A row as a line of its identifiers with the rest indented below it."""
    named = [(column, text) for column, text in zip(columns, cells, strict=True) if text]
    heads = [text for column, text in named if column in ids]
    head = "  ".join(heads)
    rest = "; ".join(f"{column}: {text}" if column else text for column, text in named if column not in ids)
    return [*([head] if width(head) <= room else heads), *(f"    {line}" for line in wrapped(rest, room - 4) if line)]
