"""Numbers on the command line: in plain digits and inside their bounds, or refused before anything is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import typer

_WHOLE = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?")


def whole_number(least: int | None = None, most: int | None = None) -> Callable[[str], int]:
    """The reader of an option that takes a whole number in plain digits, from `least` to `most`.

    Python itself reads ``1_0`` as 10 and ``１`` as 1, and other readers take 1.0: what a person meant by them is not
    known.
    """

    def read(text: str) -> int:
        wanted = f"a whole number{_within(least, most)}, in plain digits"
        if not _WHOLE.fullmatch(str(text)):
            raise typer.BadParameter(f"{_short(text)} is not {wanted}")
        return int(_bounded(text, int(text), least, most, wanted))

    return read


def number(least: float | None = None, most: float | None = None) -> Callable[[str], float]:
    """The reader of an option that takes a finite number in plain digits, from `least` to `most`."""

    def read(text: str) -> float:
        wanted = f"a number{_within(least, most)}, in plain digits"
        if not _NUMBER.fullmatch(str(text)) or not math.isfinite(float(text)):
            raise typer.BadParameter(f"{_short(text)} is not {wanted}")
        return _bounded(text, float(text), least, most, wanted)

    return read


def _bounded(text: str, value: float, least: float | None, most: float | None, wanted: str) -> float:
    if (least is not None and value < least) or (most is not None and value > most):
        raise typer.BadParameter(f"{_short(text)} is not {wanted}")
    return value


def _within(least: float | None, most: float | None) -> str:
    if most is None:
        return "" if least is None else f" from {least:g}"
    return f" in {least or 0:g}..{most:g}"


def _short(text: object) -> str:
    said = str(text)
    return f"'{said if len(said) <= 40 else said[:37] + '...'}'"
