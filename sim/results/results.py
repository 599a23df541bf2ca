"""Reading a directory of results: frames when they are asked for, and SQL over the files without loading them."""

from __future__ import annotations

import difflib
import hashlib
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuopin.sim.comparison.comparing import COMPARISON, Compare, compare_tables, default_compare
from tuopin.sim.results.errors import BatchError
from tuopin.sim.results.manifest import MANIFEST, read_manifest
from tuopin.sim.results.regions import manifest_regions

if TYPE_CHECKING:
    import pandas as pd

    from tuopin.sim.results.regions import Tables

_TABLES = ("indicators", "costs", "spells")
_WORDS = ("place", "scenario", "baseline", "indicator", "view", "group", "year", "uncertainty")


class ResultsError(BatchError):
    """A directory that is not a result, or a question its tables cannot answer."""


@dataclass(frozen=True)
class Results:
    """The results of a study in `directory`; make one with `Results.open`.

    `indicators`, `costs`, `spells` and `panel` are pandas frames with the columns of the tables of those names, read
    when first used; words are categories.
    """

    directory: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, directory: Path | str) -> Results:
        """Open a directory that `tuopin run` has written.

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
        results = cls(directory, manifest)
        results._check_tables()
        return results

    def _check_tables(self) -> None:
        """The tables are there, belong together and to the manifest."""
        again = "give the same `tuopin run` command again to finish it"
        missing = [name for name in _TABLES if not self.path(name).is_file()]
        if missing:
            counts = self.manifest.get("counts", {})
            done, total = counts.get("done", 0), sum(counts.values())
            raise ResultsError(
                f"{self.directory}: {missing[0]}.parquet is not there ({done} of {total} runs done); {again}"
            )
        present = [*_TABLES, *(["panel"] if self.path("panel").is_file() else [])]
        made_from = {name: self._made_from(name) for name in present}
        if len(set(made_from.values())) > 1:
            raise ResultsError(f"{self.directory}: its tables are of different states; {again}")
        if made_from["indicators"] != hashlib.sha256((self.directory / MANIFEST).read_bytes()).hexdigest():
            warnings.warn(f"{self.directory}: its tables are older than its manifest; {again}", stacklevel=3)

    def _made_from(self, name: str) -> str:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            metadata = pq.read_schema(self.path(name)).metadata or {}
            return str(metadata[b"tuopin.manifest_sha256"].decode())
        except (pa.ArrowException, OSError, KeyError) as error:
            raise ResultsError(
                f"{self.path(name)}: is damaged or not a table of Tuopin; give the same `tuopin run` command again"
            ) from error

    def path(self, table: str) -> Path:
        """The Parquet file of a table (`indicators`, `costs`, `spells` or `panel`)."""
        return self.directory / f"{table}.parquet"

    def _frame(self, table: str) -> pd.DataFrame:
        import pyarrow.parquet as pq

        frame: pd.DataFrame = pq.read_table(self.path(table)).to_pandas()
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
    def panel(self) -> pd.DataFrame:
        """Every household present at the end of every year, if the study was run with ``--panel``.

        Large (a county's run of ten years has 200,000 rows): `sql` reads only what a question needs.
        """
        if not self.path("panel").is_file():
            raise ResultsError(f"{self.directory}: no panel was kept; give the same command again with --panel")
        return self._frame("panel")

    def comparison(
        self, baseline: str | None = None, indicator: str | None = None, compare: Compare = default_compare
    ) -> pd.DataFrame:
        """Paired differences between scenarios, in the columns of ``comparison.csv``.

        Parameters
        ----------
        baseline
            The scenario to compare with; None the study's, whose comparison is read from the file.
        indicator
            Only this indicator; None all.

        Raises
        ------
        ResultsError
            If there is no such scenario or indicator, or nothing to compare.
        """
        settings = self.manifest["comparison"]
        baseline = settings["baseline"] if baseline is None else baseline
        done = {run["scenario"] for run in self.manifest["runs"] if run["status"] == "done"}
        if baseline not in done:
            raise ResultsError(_unknown(self.directory, "scenario with results", baseline, sorted(done)))
        if len(done) < 2:
            raise ResultsError(f"{self.directory}: has one scenario only; run another one to compare")
        if baseline == settings["baseline"] and (self.directory / COMPARISON).is_file():
            frame = self._read_comparison()
        else:
            frame = compare_tables(
                self.directory, settings | {"baseline": baseline}, compare, self._places_with(baseline), self.regions
            )
        if indicator is None:
            return frame
        known = sorted(frame["indicator"].astype(str).unique())
        if indicator not in known:
            raise ResultsError(_unknown(self.directory, "indicator", indicator, known))
        return frame[frame["indicator"] == indicator].reset_index(drop=True)

    def precision(
        self, relative: float = 0.1, baseline: str | None = None, indicator: str | None = None
    ) -> pd.DataFrame:
        """Replicates needed for a half-width of `relative` times each mean difference, and the variance pairing saved.

        Columns as `tuopin.sim.comparison.precision.precision` gives them, for everybody, over all years.
        """
        from tuopin.sim.comparison.precision import precision

        frame = self.indicators if indicator is None else self.indicators[self.indicators["indicator"] == indicator]
        settings = self.manifest["comparison"]
        if len(frame) == 0:
            known = sorted(self.indicators["indicator"].astype(str).unique())
            raise ResultsError(_unknown(self.directory, "indicator", str(indicator), known))
        chosen = settings["baseline"] if baseline is None else baseline
        done = sorted(frame["scenario"].astype(str).unique())
        if chosen not in done:
            raise ResultsError(_unknown(self.directory, "scenario with results", chosen, done))
        return precision(frame, baseline=chosen, first_year=int(settings["first_year"]), relative=relative)

    @property
    def regions(self) -> dict[str, list[str]]:
        """The counties of each region of the study, by the region's name."""
        return manifest_regions(self.manifest)

    def region(self, name: str) -> Tables:
        """Indicators, costs and spells of a region as of one place (see `tuopin.sim.results.regions`).

        Raises
        ------
        ResultsError
            If the study has no such region.
        """
        from tuopin.sim.results.regions import region_tables

        if name not in self.regions:
            raise ResultsError(_unknown(self.directory, "region", name, sorted(self.regions)))
        return region_tables(self.directory, name, self.regions[name])

    def _places_with(self, baseline: str) -> list[str]:
        runs = [run for run in self.manifest["runs"] if run["status"] == "done"]
        having = {run["place"] for run in runs if run["scenario"] == baseline}
        return [
            place
            for place in self.manifest["places"]
            if place in having and any(run["place"] == place and run["scenario"] != baseline for run in runs)
        ]

    def _read_comparison(self) -> pd.DataFrame:
        import pandas as pd

        path = self.directory / COMPARISON
        names = pd.read_csv(path, nrows=0).columns
        # words stay words: a view `true` is not a boolean, a scenario `null` not a missing value
        missing = {name: ["", "nan"] for name in names if name not in _WORDS}
        return pd.read_csv(path, dtype=dict.fromkeys(_WORDS, str), keep_default_na=False, na_values=missing)

    def sql(self, query: str) -> pd.DataFrame:
        """Answer an SQL query over the views `indicators`, `costs`, `spells`, `comparison` and, if kept, `panel`.

        DuckDB reads the files as the query needs them; nothing is loaded whole.

        Raises
        ------
        ResultsError
            If DuckDB refuses the query, with its reason.
        """
        import duckdb

        with duckdb.connect() as connection:
            for path in sorted(self.directory.glob("*.parquet")):
                connection.execute(f'CREATE VIEW "{path.stem}" AS SELECT * FROM read_parquet({_quoted(path)})')
            if (self.directory / COMPARISON).is_file():
                words = ", ".join(f"'{name}': 'VARCHAR'" for name in _WORDS if name in self._comparison_columns())
                source = f"read_csv({_quoted(self.directory / COMPARISON)}, types={{{words}}})"
                connection.execute(f"CREATE VIEW comparison AS SELECT * FROM {source}")
            try:
                frame: pd.DataFrame = connection.sql(query).df()
            except (duckdb.Error, AttributeError) as error:  # a statement without rows gives None
                reason = " ".join(str(error).split())
                raise ResultsError(f"{self.directory}: the query cannot be answered: {reason}") from error
        return frame

    def _comparison_columns(self) -> list[str]:
        with (self.directory / COMPARISON).open(encoding="utf-8") as stream:
            return stream.readline().strip().split(",")


def _quoted(path: Path) -> str:
    """A path as an SQL string that DuckDB takes literally (it would expand ``*``, ``?`` and ``[``)."""
    text = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.resolve()))
    return "'" + text.replace("'", "''") + "'"


def _unknown(directory: Path, kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    guess = f" (did you mean {near[0]}?)" if near else ""
    return f"{directory}: there is no {kind} {name!r}{guess}; allowed: {', '.join(known)}"
