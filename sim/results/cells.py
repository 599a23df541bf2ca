"""Words in CSV files: a spreadsheet takes what begins with = + - @ for a formula, and runs it."""

from __future__ import annotations

import re

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARK = "'"


def neutral(word: str) -> str:
    """A word as a cell that no spreadsheet takes for a formula; `original` gives it back."""
    return _MARK + word if word.lstrip(_MARK).startswith(_DANGEROUS) and not _is_number(word) else word


def _is_number(word: str) -> bool:
    """Whether a word is a plain number, which a spreadsheet reads as such."""
    return re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", word, re.ASCII) is not None


def original(cell: str) -> str:
    """The word that `neutral` has made into `cell`."""
    bare = cell.lstrip(_MARK)
    return cell.removeprefix(_MARK) if bare.startswith(_DANGEROUS) else cell
