"""What was read of a file: plain data, the line of every key, and the mistakes found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tuopin.sim.study.problems import WHOLE, Path, Problem, StudyError, path_text


@dataclass
class Document:
    """Plain data of one file and where it stands.

    `lines` maps the path of every key and list item to its line (from 1). `problems` are the mistakes of form found
    while reading (duplicate keys, tags); the reader goes on after them, so that mistakes of meaning are reported too.
    `blank` are the keys with nothing after the colon, told apart from an outspoken null.
    `labels` names the top-level keys that came from elsewhere, e.g. from an option of the command line.
    """

    file: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    columns: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    labels: dict[str | int, tuple[str, str]] = field(default_factory=dict)
    blank: set[Path] = field(default_factory=set)
    broken: set[Path] = field(default_factory=set)
    _told: set[tuple[object, ...]] = field(default_factory=set)

    def line(self, path: Path) -> int:
        """Line of `path`, or of the nearest thing around it that is in the file; 1 for the file as a whole."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines[path] if path else 1

    def add(self, path: Path, wrong: str, allowed: str, line: int | None = None) -> None:
        """Note a mistake at `path`.

        A mistake inside an anchor is told once, however often the anchor is used, and what could not be read in the
        first place (`broken`) is not also reported as having the wrong type.
        """
        if path and path in self.broken:
            return
        if path and path[0] in self.labels:
            file, label = self.labels[path[0]]
            self.problems.append(Problem(file, 1, label, wrong, allowed))
            return
        line = self.line(path) if line is None else line
        column = self.columns.get(path)
        key = (line, path if column is None else (column, path[-1]), wrong)
        if key not in self._told:
            self._told.add(key)
            self.problems.append(Problem(self.file, line, path_text(path), wrong, allowed))

    def replace(self, key: str, value: object, *, file: str, label: str) -> None:
        """Put `value` in place of a top-level key; mistakes in it are reported at line 1 of `file` under `label`."""
        self.data[key] = value
        self.labels[key] = (file, label)

    def raise_problems(self) -> None:
        """Raise StudyError if any mistake was noted, in the order of file and line."""
        if self.problems:
            raise StudyError(in_order(self.problems))


def in_order(problems: list[Problem]) -> list[Problem]:
    """Mistakes sorted by line, files staying in the order in which they were read."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda problem: (files.index(problem.file), problem.line))


def refusal(file: str, wrong: str, allowed: str, line: int = 1) -> StudyError:
    """The error that a file as a whole cannot be used."""
    return StudyError([Problem(file, line, WHOLE, wrong, allowed)])
