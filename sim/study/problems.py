"""What is wrong with an input file, said so that a planner can mend it: one line per mistake."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where in a file: the keys and list positions from the top, e.g. ``("scenarios", "all", "relocation", "budget")``."""


class Index(int):
    """A position in a list, told apart from an integer key (a year) of a mapping; equal to the plain number."""


WHOLE = "(whole file)"
SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One mistake: the file and line (from 1) it is on, the path in the file, what is wrong and what is allowed."""

    file: str
    line: int
    path: str
    wrong: str
    allowed: str

    def __str__(self) -> str:
        return printable(f"{self.file}:{self.line}: {self.path}: {self.wrong}; {self.allowed}")


class StudyError(Exception):
    """A study, place or other input file cannot be used. Carries every mistake found, in the order of file and line.

    The text of the exception is one unwrapped line per mistake; the command line prints it and ends with status 2.
    """

    exit_status = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("a StudyError needs at least one problem")
        self.problems: list[Problem] = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[StudyError], tuple[list[Problem]]]:
        return StudyError, (self.problems,)


def printable(text: str) -> str:
    """`text` on one line, with line breaks and control characters written as escapes (no terminal tricks)."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shown(value: object) -> str:
    """A value of the file as a planner would recognise it, cut to a readable length."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping {}"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list []"
    if isinstance(value, str):
        return f"the text '{_cut(value)}'"
    if isinstance(value, int | float):
        return _cut(_number(value))
    return f"a {type(value).__name__}"


def _number(value: int | float) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    return str(value)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def path_text(path: Iterable[str | int]) -> str:
    """``("place", Index(1))`` is written ``place[1]``, and ``("budget", 2017)``, a key, ``budget.2017``."""
    text = ""
    for part in path:
        if isinstance(part, Index):
            text += f"[{part}]"
        else:
            text += f".{_cut(str(part))}" if text else _cut(str(part))
    return text or WHOLE


def nearest(name: object, names: Iterable[str]) -> str:
    """The phrase ``" (did you mean 'relocation'?)"`` for a misspelt name, or nothing when no name is near."""
    candidates = list(names)
    folded = {candidate.casefold(): candidate for candidate in candidates}
    wanted = str(name).casefold().replace(" ", "_").replace("-", "_")
    found = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.6)
    return f" (did you mean '{folded[found[0]]}'?)" if found else ""


def one_of(names: Iterable[object]) -> str:
    """The phrase ``allowed: a, b, c``; long lists are given in full, since a cut list hides the answer."""
    listed = ", ".join(str(name) for name in names)
    return f"allowed: {listed}" if listed else "nothing is allowed here"
