"""Which names and years a study may write, and years as people read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tuopin.agents.plain_names import ALLOWED, is_name

__all__ = ["NAME", "PLAIN_NAME", "YEARS", "is_name", "same_name", "years_text"]

NAME = r"^(?!-)[^\s!-,./:-@\[-\^`{-\x7f]{1,64}$"
"""For editors (JSON Schema has no classes of letters); `is_name` decides."""
YEARS = re.compile(r"([0-9]{4})-([0-9]{4})\Z", re.ASCII)

PLAIN_NAME = ALLOWED


def same_name(name: str, other: str) -> bool:
    """Whether two names are the same; some file systems keep accents apart from their letters."""
    return unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", other)


def years_text(years: Iterable[int]) -> str:
    """Years as runs: `2017-2018, 2020`."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
