"""Which names places, regions, studies and scenarios may have: they become names of files and folders."""

from __future__ import annotations

import unicodedata

MOST_CHARACTERS = 64
MOST_BYTES = 200
"""In UTF-8: file systems allow 255 for a file's name with its ending."""
ALLOWED = "letters of any script, digits, _ and -, up to 64, not beginning with -"


def is_name(text: object) -> bool:
    """Whether `text` is a name and nothing that leads elsewhere.

    A name is letters of any script with their marks, digits, `_` and `-`.
    """
    if (
        not isinstance(text, str)
        or not 0 < len(text) <= MOST_CHARACTERS
        or len(text.encode(errors="replace")) > MOST_BYTES
    ):
        return False
    first = text[0] == "_" or unicodedata.category(text[0]) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")
    plain = all(c in "_-" or unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd" for c in text)
    return first and plain and unicodedata.is_normalized("NFC", text)


def checked_name(text: str) -> str:
    """Return `text`.

    Raises
    ------
    ValueError
        If it is no name.
    """
    if not is_name(text):
        raise ValueError(f"is {text[:70]!r}; allowed: {ALLOWED}")
    return text
