"""Reading a directory of results: the one door to its tables, whole, in part or by SQL, and to its manifest."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.manifest import MANIFEST, manifest_faults, read_manifest
from tuopin.sim.results.receipts import RUNS, Receipt, read_journal
from tuopin.sim.results.regions import RegionIncomplete, Tables, counties_by_region, region_tables, sql_path
from tuopin.sim.results.rows import AGAIN, read_comparison, read_places, read_rows, reading
from tuopin.sim.results.schemas import COMPARISON, TEXT, misfit

COMPARISON_FILE = "comparison.csv"


@dataclass(frozen=True)
class Results:
    """The results of a study in `directory`; make one with `Results.open`.

    `indicators`, `costs`, `spells`, `persons`, `limits`, `pairs`, `draws` and `panel` are pandas frames with the
    columns of the tables of those names, read when first used; words are categories. `rows`, `places`, `region` and
    `sql` read only what a question needs.
    """

    directory: Path
    manifest: dict[str, Any] = field(repr=False)

    @classmethod
    def open(cls, directory: Path | str, *, finished: bool = True) -> Results:
        """Open a directory that `tuopin run` has written; with `finished` False its runs need not be complete.

        Of a directory that is not finished the manifest and the committed files can be read; tables may not be there.

        Raises
        ------
        ResultsError
            If it is not a result, is not finished, or was stopped while its tables were being replaced.
        """
        directory = Path(directory)
        if not directory.is_dir():
            raise ResultsError(f"{directory}: there is no such directory; give one that `tuopin run` has written")
        manifest = read_manifest(directory)
        if manifest is None:
            raise ResultsError(
                f"{directory}: holds no readable {MANIFEST}; give a directory that `tuopin run` has written"
            )
        for wrong in manifest_faults(manifest):
            raise ResultsError(f"{directory / MANIFEST}: {wrong}; remove the file, then {AGAIN}")
        results = cls(directory, manifest)
        if finished:
            results._check_tables()
        return results

    @property
    def runs(self) -> Path:
        """The folder of the committed files."""
        return self.directory / RUNS

    def receipts(self) -> list[Receipt]:
        """Return what each committed file holds, by the journal, in the order in which they were committed."""
        return list(read_journal(self.runs).receipts.values())

    def _check_tables(self) -> None:
        """The tables are there, belong together and to the manifest."""
        missing = [name for name in Tables._fields if not self._path(name).is_file()]
        if missing:
            counts = self.manifest.get("counts", {})
            done, total = counts.get("done", 0), sum(counts.values())
            raise ResultsError(
                f"{self.directory}: {missing[0]}.parquet is not there ({done} of {total} runs done);"
                f" {AGAIN} to finish it"
            )
        present = [*Tables._fields, *(["panel"] if self._path("panel").is_file() else [])]
        made_from = {name: self._made_from(name) for name in present}
        if len(set(made_from.values())) > 1:
            raise ResultsError(f"{self.directory}: its tables are of different states; {AGAIN} to finish it")
        if made_from["indicators"] != hashlib.sha256((self.directory / MANIFEST).read_bytes()).hexdigest():
            older = "its tables are older than its manifest"
            warnings.warn(f"{self.directory}: {older}; {AGAIN} to finish it", stacklevel=3)

    def _made_from(self, name: str) -> str:
        """The checksum of the manifest that a table was made from."""
        with reading(self._path(name)) as path:
            schema = pq.read_schema(path)
            made_from = str((schema.metadata or {})[b"tuopin.manifest_sha256"].decode())
        if wrong := misfit(name, schema):
            raise ResultsError(f"{self._path(name)}: {wrong}; {AGAIN}")
        return made_from

    def _path(self, table: str) -> Path:
        return self.directory / f"{table}.parquet"

    def _frame(self, table: str) -> pd.DataFrame:
        with reading(self._path(table)) as path:
            frame: pd.DataFrame = pq.read_table(path).to_pandas()
        return frame

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """One row per run, year, view, group and indicator."""
        return self._frame("indicators")

    @cached_property
    def costs(self) -> pd.DataFrame:
        """One row per run, year, policy and payer, in nominal yuan."""
        return self._frame("costs")

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Spells of poverty and since exit; identical ones merged and counted."""
        return self._frame("spells")

    @cached_property
    def persons(self) -> pd.DataFrame:
        """Persons at the end of each year of each run, and births, deaths, arrivals and departures in it."""
        return self._frame("persons")

    @cached_property
    def limits(self) -> pd.DataFrame:
        """What each programme was given and spent in each year, how far it came, and what stopped it."""
        return self._frame("limits")

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """What each scenario did to the same households as the study's baseline, in persons of the initial state."""
        return self._frame("pairs")

    @cached_property
    def draws(self) -> pd.DataFrame:
        """What each replicate has drawn, and how many draws before it were refused; no rows if nothing is drawn."""
        return self._frame("draws")

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Every household present at the end of every year, if the study was run with ``--panel``.

        Large (a county's run of ten years has 200,000 rows): `sql` reads only what a question needs.
        """
        if not self._path("panel").is_file():
            raise ResultsError(f"{self.directory}: no panel was kept; give the same command again with --panel")
        return self._frame("panel")

    def rows(self, table: str, **wanted: Sequence[str]) -> pd.DataFrame:
        """The rows of a table, or of `comparison`, whose columns have one of the words wanted; words are plain strings.

        The comparison is that with the study's baseline; it has no rows where nothing was compared.
        """
        if table == "comparison":
            return read_comparison(self.directory / COMPARISON_FILE, wanted)
        return read_rows(self._path(table), wanted)

    def row_count(self, table: str) -> int:
        """The number of rows of a table."""
        with reading(self._path(table)) as path:
            return int(pq.read_metadata(path).num_rows)

    def places(self, names: Sequence[str], scenarios: Sequence[str] | None = None) -> Tables:
        """Indicators, costs and spells of some places, of some scenarios or of all."""
        return Tables(*(read_places(self._path(table), names, scenarios) for table in Tables._fields))

    def part(self, table: str, place: str, scenarios: Sequence[str], **wanted: Sequence[str | int]) -> pd.DataFrame:
        """The rows of a table of some scenarios of a place that have one of the values wanted in each column named."""
        return read_places(self._path(table), [place], scenarios, **wanted)

    @property
    def regions(self) -> dict[str, list[str]]:
        """The counties of each region of the study, by the region's name."""
        return counties_by_region(self.manifest)

    def region(self, name: str) -> Tables:
        """Indicators, costs and spells of a region as of one place (see `tuopin.sim.results.regions`).

        Raises
        ------
        ResultsError
            If the study has no such region.
        """
        self.require("region", name, sorted(self.regions))
        return region_tables(self.directory, name, self.regions[name])

    def complete_regions(self, names: Collection[str] | None = None) -> dict[str, Tables]:
        """The tables of the regions (of those named) that have a replicate in which all counties are done."""
        found = {}
        for name in self.regions if names is None else names:
            with contextlib.suppress(RegionIncomplete):
                found[name] = self.region(name)
        return found

    def reported(self, **wanted: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Indicators and spells since exit as a planner reads them: each region as one place, and the other places.

        `wanted` chooses rows of the indicators as in `rows`; spells are those of the true view that began with an exit.
        """
        exited = {"view": ["true"], "kind": ["exited"]}
        regions = self.regions
        if not regions:
            return self.rows("indicators", **wanted), self.rows("spells", **exited)
        inside = {county for counties in regions.values() for county in counties}
        single = [place for place in self.manifest["places"] if place not in inside]
        tables = list(self.complete_regions().values())
        indicators = [_filter(of_region.indicators, wanted) for of_region in tables]
        spells = [_filter(of_region.spells, exited) for of_region in tables]
        if single:
            indicators.insert(0, self.rows("indicators", place=single, **wanted))
            spells.insert(0, self.rows("spells", place=single, **exited))
        if not indicators:
            raise RegionIncomplete(f"{self.directory}: no region has a replicate in which all its counties are done")
        return pd.concat(indicators, ignore_index=True), pd.concat(spells, ignore_index=True)

    def require(self, kind: str, name: str, known: Collection[str]) -> None:
        """Refuse a `name` that is not among the `known` ones of its `kind`, naming the nearest."""
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            guess = f" (did you mean {near[0]}?)" if near else ""
            allowed = ", ".join(known)
            raise ResultsError(f"{self.directory}: there is no {kind} {name!r}{guess}; allowed: {allowed}")

    def sql(self, query: str) -> pd.DataFrame:
        """Answer an SQL query over the tables.

        They are the views `indicators`, `costs`, `spells`, `persons`, `limits`, `pairs`, `draws`, `comparison` and, if
        kept, `panel`.
        DuckDB reads the files as the query needs them; nothing is loaded whole.

        Raises
        ------
        ResultsError
            If DuckDB refuses the query, with its reason.
        """
        comparison = self.directory / COMPARISON_FILE
        with duckdb.connect() as connection:
            try:
                for path in sorted(self.directory.glob("*.parquet")):
                    if not path.is_file():  # a FIFO would be waited for
                        continue
                    source = f"read_parquet({sql_path(path)}, hive_partitioning = false)"
                    name = path.stem.replace('"', '""')
                    connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {source}')
                if comparison.is_file():
                    words = ", ".join(f"'{column.name}': 'VARCHAR'" for column in COMPARISON if column.type == TEXT)
                    source = f"read_csv({sql_path(comparison)}, types={{{words}}}, hive_partitioning = false)"
                    connection.execute(f"CREATE VIEW comparison AS SELECT * FROM {source}")
                frame: pd.DataFrame = connection.sql(query).df()
            except (duckdb.Error, AttributeError) as error:  # a statement without rows gives None
                reason = " ".join(str(error).split())
                raise ResultsError(f"{self.directory}: the query cannot be answered: {reason}") from error
        return frame


def _filter(frame: pd.DataFrame, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    for column, words in wanted.items():
        frame = frame[frame[column].isin(list(words))]
    return frame
