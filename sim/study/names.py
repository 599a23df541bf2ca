"""Which names and years a study may write."""

from __future__ import annotations

import re
import unicodedata

from tuopin.agents.plain_names import ALLOWED, is_name

__all__ = ["NAME", "PLAIN_NAME", "YEARS", "is_name", "same_name"]

NAME = r"^(?!-)[^\s!-,./:-@\[-\^`{-\x7f]{1,64}$"
"""For editors (JSON Schema has no classes of letters); `is_name` decides."""
YEARS = re.compile(r"([0-9]{4})-([0-9]{4})\Z", re.ASCII)

PLAIN_NAME = ALLOWED


def same_name(name: str, other: str) -> bool:
    """Whether two names are the same; some file systems keep accents apart from their letters."""
    return unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", other)
