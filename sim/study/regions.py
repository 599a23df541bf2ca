"""Region files: many counties from one CSV table, every mistake with the line of the file or of the table."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from tuopin.agents.documented import KINDS
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.parameters import FREE
from tuopin.agents.place import Place
from tuopin.agents.population import misfit, size_weights
from tuopin.agents.region import FIGURES, OTHERS, PLAN, PLAN_OF, REQUIRED, WHOLE, Region, RegionFile, county_data
from tuopin.sim.study.document import Document
from tuopin.sim.study.facts import check_facts
from tuopin.sim.study.names import PLAIN_NAME, is_name
from tuopin.sim.study.place_numbers import check_numbers
from tuopin.sim.study.problems import Problem, StudyError, nearest, one_of, shown
from tuopin.sim.study.pydantic_problems import note_errors
from tuopin.sim.study.yaml_file import read_text

MOST_COUNTIES = 5_000
WHAT = "a table of counties"
PLAIN_NUMBER = r"[0-9]{1,12}(\.[0-9]{1,12})?"
"""As a table gives numbers: no sign, separator, exponent or digits of other scripts."""
PLAN_COLUMN = PLAN_OF + r"20[0-4][0-9]"
MOST_PLANNED = 100_000_000
LIMITS = {"code": 2**20 - 1, "deadline": 2040}
FITTING = "allowed: totals of households and persons, of 1 to 7 in each, that fit into each other"
Row = dict[str, Any]
Weights = NDArray[np.float64]


def sourced_weights() -> Weights:
    """The shares of household sizes that the model's own parameters give."""
    return size_weights(resolve_parameters({}))


def misfit_in_range(place: Place, weights: Weights) -> str | None:
    """Why the registered cannot be chosen among a place's households, also at the ends of what replicates draw."""
    free = place.rural_persons.confidence in FREE
    for persons in dict.fromkeys((place.rural_persons.value, *((place.rural_persons.range or ()) if free else ()))):
        figure = place.rural_persons.model_copy(update={"value": round(persons)})
        if said := misfit(place.model_copy(update={"rural_persons": figure}), weights):
            return f"cannot be met: of {persons:.12g} rural persons, {said}"
    return None


def load_region(document: Document, path: Path, weights: Weights) -> Region:
    """Return the region of a place file already read, with its counties.

    Raises
    ------
    StudyError
        With every mistake of the file, or, when it has none, of its table.
    """
    try:
        file = RegionFile.model_validate(document.data)
    except ValidationError as error:
        note_errors(document, error, RegionFile)
    document.raise_problems()
    _check_given_once(document, file)
    check_facts(document)
    check_numbers(document, file.alike, ("alike",))
    document.raise_problems()
    table = _Table(path.parent / file.table, file)
    rows = table.rows()
    table.raise_problems()
    counties = tuple(
        table.county(line, data, weights)
        for line, data in zip(rows, county_data(file, list(rows.values())), strict=True)
    )
    table.raise_problems()
    return Region(file, tuple(county for county in counties if county is not None))


def _check_given_once(document: Document, file: RegionFile) -> None:
    """A figure of the counties comes from the table, from `alike` or from `totals`: not from two of them."""
    for name in FIGURES:
        given = [part for part in ("alike", "totals") if getattr(getattr(file, part), name, None) is not None]
        if name in file.columns:
            given.insert(0, "columns")
        if len(given) > 1:
            wrong = f"'{name}' is given in {' and in '.join(given)}"
            document.add((given[-1], name), wrong, "allowed: in one of columns, alike, totals")
    if "plan" in file.columns and (file.alike.plan is not None or file.totals.plan is not None):
        where = "alike" if file.alike.plan is not None else "totals"
        document.add(
            (where, "plan"), "'plan' is given in columns and here", "allowed: in one of columns, alike, totals"
        )
    own_income = "mean_income" in file.columns or file.alike.mean_income is not None
    for name in ("rural_persons", "household_size", "villages", *(() if own_income else ("county_factor",))):
        if name not in file.columns and all(getattr(getattr(file, p), name, None) is None for p in ("alike", "totals")):
            where = {"rural_persons": "columns or totals", "villages": "columns, alike or totals"}.get(
                name, "columns or alike"
            )
            document.add(("alike",), f"'{name}' is given nowhere", f"allowed: {name} in {where}")


class _Table:
    """The table of a region while it is checked."""

    def __init__(self, path: Path, file: RegionFile) -> None:
        self.path, self.file = path, file
        self.problems: list[Problem] = []
        self._reader = csv.reader(io.StringIO(read_text(path, WHAT, "CSV"), newline=""), strict=True)
        self._seen: dict[tuple[str, object], int] = {}

    def add(self, line: int, column: str, wrong: str, allowed: str) -> None:
        self.problems.append(Problem(str(self.path), line, column, wrong, allowed))

    def raise_problems(self) -> None:
        if self.problems:
            raise StudyError(sorted(self.problems, key=lambda problem: problem.line))

    def rows(self) -> dict[int, Row]:
        """The checked cells of every county by line."""
        lines = self._lines()
        header = next(lines, (1, []))[1]
        self._check_header(header)
        self.raise_problems()
        rows: dict[int, Row] = {}
        for line, cells in lines:
            if len(cells) != len(header):
                self.add(
                    line,
                    "(row)",
                    f"has {len(cells)} cells, the first row has {len(header)}",
                    "allowed: one cell a column",
                )
                continue
            rows[line] = self._row(line, dict(zip(header, cells, strict=True)))
        if not rows and not self.problems:
            self.add(1, "(whole file)", "has no county", "allowed: one row a county below the names of the columns")
        if len(rows) > MOST_COUNTIES:
            self.add(1, "(whole file)", f"has {len(rows)} counties", f"allowed: up to {MOST_COUNTIES}")
        return rows

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        line = 1
        while True:
            try:
                cells = next(self._reader, None)
            except csv.Error as error:
                self.add(self._reader.line_num, "(row)", f"is not CSV ({error})", "allowed: cells separated by commas")
                return
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]
            line = self._reader.line_num + 1

    def _check_header(self, header: list[str]) -> None:
        plan = [name for name in header if re.fullmatch(PLAN_COLUMN, name)]
        columns = [name for name in self.file.columns if name != PLAN]
        known = (*OTHERS, *columns, *plan, "registered_households", "registered_persons")
        self._check_plan(plan)
        for name in dict.fromkeys(header):
            if header.count(name) > 1:
                self.add(1, name, "stands twice in the first row", "allowed: each column once")
            if name in FIGURES and name not in self.file.columns:
                wrong = f"has no entry under columns: in {self.file.name}.yaml"
                self.add(1, name, wrong, f"allowed: columns: {{{name}: {{unit, source, confidence}}}} there")
            elif name not in known:
                self.add(
                    1,
                    name or "(column)",
                    f"unknown column '{name}'{nearest(name, known)}",
                    one_of(dict.fromkeys(known)),
                )
        for name in dict.fromkeys((*REQUIRED, *columns)):
            if name not in header:
                self.add(1, name, "is missing", "allowed: a column of this name in the first row")
        if "deadline" not in header and self.file.alike.deadline is None:
            self.add(
                1, "deadline", "is missing", f"allowed: a column, or alike: {{deadline: year}} in {self.file.name}.yaml"
            )

    def _check_plan(self, columns: list[str]) -> None:
        if columns and PLAN not in self.file.columns:
            wrong = f"has no entry under columns: in {self.file.name}.yaml"
            self.add(1, columns[0], wrong, f"allowed: columns: {{{PLAN}: {{unit, source, confidence}}}} there")
        if not columns and PLAN in self.file.columns:
            self.add(1, PLAN, "is missing", f"allowed: columns {PLAN_OF}<year>, persons planned to exit")

    def _row(self, line: int, cells: dict[str, str]) -> Row:
        row: Row = {name: text for name, text in cells.items() if name.startswith("label")}
        row["name"] = cells["name"]
        if not is_name(cells["name"]):
            self.add(line, "name", f"is '{cells['name']}'", f"allowed: {PLAIN_NAME}")
        for name in (*("code", "deadline", *FIGURES), *(name for name in cells if re.fullmatch(PLAN_COLUMN, name))):
            if name.startswith(PLAN_OF):
                row[name] = self._number(line, name, cells[name], whole=True)
            elif name in cells:
                row[name] = self._number(line, name, cells[name], whole=name in ("code", "deadline", *WHOLE))
        for name in ("name", "code"):
            first = self._seen.setdefault((name, row[name]), line)
            if first != line and row[name] not in (None, ""):
                self.add(line, name, f"{row[name]} is also on line {first}", f"allowed: each {name} once")
        return row

    def _number(self, line: int, column: str, text: str, *, whole: bool) -> int | float | None:
        of_plan = column.startswith(PLAN_OF)
        least = 0 if of_plan else KINDS[column].least if column in KINDS else 1
        most = MOST_PLANNED if of_plan else KINDS[column].most if column in KINDS else LIMITS[column]
        kind = f"a {'whole number' if whole else 'number'} in {least:g}..{most:.12g}, in plain digits"
        value = float(text) if re.fullmatch(PLAIN_NUMBER, text) else math.nan
        if not least <= value <= most or (whole and value != int(value)):
            self.add(line, column, f"is '{text[:40]}'" if text else "is empty", f"allowed: {kind}")
            return None
        return int(value) if whole else value

    def county(self, line: int, data: Mapping[str, Any], weights: Weights) -> Place | None:
        """The county of a row, or None after noting what is wrong with it."""
        try:
            place = Place.model_validate(data)
            if said := misfit_in_range(place, weights):
                self.add(line, "registered_persons", said, FITTING)
            return place
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                said = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
                where = ".".join(str(part) for part in detail["loc"])
                if detail["type"] == "value_error":
                    column, _, wrong = said.partition(": ")
                    wrong, _, allowed = wrong.partition("; ")
                    self.add(line, where or column, wrong, allowed)
                else:
                    self.add(line, where or "(row)", f"is {shown(detail['input'])}", f"allowed: {said}")
            return None
