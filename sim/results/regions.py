"""A region in results: what its counties add up to, worked out from the tables without holding them in memory.

Counts and money of the counties are summed; shares are put together with the persons they are shares of, so that a
figure of the region is what it would be had the region been one place (`Indicator.weight`). What cannot be put together
from the counties' figures (Gini, Sen-Shorrocks-Thon, moves between income classes, shares of income) is not given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from tuopin.sim.measures.indicator import SUM, AtRisk
from tuopin.sim.measures.known import known_indicators
from tuopin.sim.results.errors import BatchError, ResultsError
from tuopin.sim.results.rows import AGAIN

_KEY = 'i.scenario, i.replicate, i.year, i.view, i."group", i.indicator'
_SAME = " AND ".join(f'i."{name}" = w."{name}"' for name in ("place", "scenario", "replicate", "year", "group"))


class RegionIncomplete(BatchError):
    """No replicate of a region is done in all its counties."""


class Tables(NamedTuple):
    """What a region's tables say.

    Indicators, costs, spells, persons, limits of programmes and pairs with the baseline, in the columns of the tables
    of those names.
    """

    indicators: pd.DataFrame
    costs: pd.DataFrame
    spells: pd.DataFrame
    persons: pd.DataFrame
    limits: pd.DataFrame
    pairs: pd.DataFrame


def counties_by_region(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the counties of each region of a result, from its manifest."""
    found: dict[str, list[str]] = {}
    for name, place in manifest.get("inputs", {}).get("place", {}).items():
        if place.get("region"):
            found.setdefault(place["region"]["name"], []).append(name)
    return found


def region_tables(directory: Path, region: str, counties: Sequence[str]) -> Tables:
    """Return the tables of a region as of one place; a run counts only where all its counties are done.

    Sums are taken in one order by one thread: equal files give equal figures to the last digit.
    """
    with _told(directory), duckdb.connect() as connection:
        connection.execute("SET threads TO 1")
        connection.register("members", pd.DataFrame({"place": list(counties)}))
        connection.execute(
            f"CREATE TABLE runs AS SELECT scenario, replicate, min(file_row_number) AS position"
            f" FROM {_source(directory, 'indicators', ', file_row_number = true')} SEMI JOIN members USING (place)"
            f" WHERE indicator = 'persons' AND \"group\" = 'all'"
            f" GROUP BY scenario, replicate HAVING count(DISTINCT place) = {len(counties)}"
        )
        for name in Tables._fields:
            connection.execute(
                f"CREATE VIEW {name} AS SELECT t.* FROM {_source(directory, name)} t SEMI JOIN members USING (place)"
                " SEMI JOIN runs USING (scenario, replicate)"
            )
        found = [connection.sql(query).df() for query in (_indicators(), _COSTS, _SPELLS, _PERSONS, _LIMITS, _PAIRS)]
    if found[0].empty:
        raise RegionIncomplete(
            f"{directory}: region {region} has no replicate in which all its {len(counties)} counties are done;"
            " give the same `tuopin run` command again, with --retry-failed if runs failed"
        )
    frames = [frame.assign(place=region) for frame in found]
    return Tables(*(_with_whole_numbers(frame) for frame in frames))


@contextmanager
def _told(directory: Path) -> Iterator[None]:
    """A table that DuckDB cannot read is told as such."""
    try:
        yield
    except duckdb.Error as error:
        reason = " ".join(str(error).split())
        raise ResultsError(f"{directory}: a table cannot be read ({reason}); {AGAIN}") from error


def _source(directory: Path, name: str, options: str = "") -> str:
    return f"read_parquet({sql_path(directory / f'{name}.parquet')}, hive_partitioning = false{options})"


def sql_path(path: Path) -> str:
    """A path as an SQL string that DuckDB takes literally (it would expand ``*``, ``?`` and ``[``)."""
    text = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.resolve()))
    return "'" + text.replace("'", "''") + "'"


def _with_whole_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    whole = {name: "int64" for name in ("replicate", "year", "start_year", "years") if name in frame}
    return frame.astype(whole)


def _words(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _weighted_by(weight: object) -> list[str]:
    """The indicators with this weight, in the order of the table."""
    return [name for name, indicator in known_indicators().items() if indicator.weight == weight]


def _weights() -> list[str]:
    """The indicators that weight others."""
    found = [i.weight for i in known_indicators().values() if isinstance(i.weight, str) and i.weight != SUM]
    return list(dict.fromkeys(found))


def _sums() -> str:
    return (
        f"SELECT {_KEY}, fsum(i.value) AS value FROM indicators i"
        f" WHERE i.indicator IN ({_words(_weighted_by(SUM))}) GROUP BY {_KEY}"
    )


def _weighted_mean(weight: str) -> str:
    """Means over counties weighted by the column `weight` of w; counties without such persons do not count."""
    return (
        f"SELECT {_KEY}, fsum(i.value * w.{weight}) / nullif(fsum(w.{weight}), 0) AS value"
        f" FROM indicators i JOIN w ON {_SAME} WHERE i.indicator IN ({_words(_weighted_by(weight))})"
        f" AND isfinite(i.value) AND w.{weight} > 0 GROUP BY {_KEY}"
    )


def _rate_of_moving(rate: str, moved: str) -> str:
    """The persons who moved over the persons at risk, which are those who moved over the rate."""
    return (
        f"SELECT {_KEY}, fsum(m.value) / nullif(fsum(m.value / i.value), 0) AS value FROM indicators i"
        f" JOIN indicators m ON i.place = m.place AND i.scenario = m.scenario AND i.replicate = m.replicate"
        f' AND i.year = m.year AND i.view = m.view AND i."group" = m."group" AND m.indicator = \'{moved}\''
        f" WHERE i.indicator = '{rate}' AND isfinite(i.value) AND i.value > 0 GROUP BY {_KEY}"
    )


def _indicators() -> str:
    weights = _weights()
    columns = " , ".join(
        f"max(value) FILTER (indicator = '{name}' AND view = '{known_indicators()[name].view}') AS {name}"
        for name in weights
    )
    moving = [
        _rate_of_moving(name, i.weight.moved) for name, i in known_indicators().items() if isinstance(i.weight, AtRisk)
    ]
    parts = [_sums(), *map(_weighted_mean, weights), *moving]
    order = " ".join(f"WHEN '{name}' THEN {k}" for k, name in enumerate(known_indicators()))
    return (
        f'WITH w AS (SELECT place, scenario, replicate, year, "group", {columns} FROM indicators'
        f" WHERE indicator IN ({_words(weights)}) GROUP BY ALL)"
        f" SELECT f.* FROM ({' UNION ALL '.join(parts)}) f JOIN runs USING (scenario, replicate)"
        f' ORDER BY position, year, CASE indicator {order} END, view, "group"'
    )


_COSTS = """
SELECT scenario, replicate, year, policy, payer, kind,
    sum(households)::BIGINT AS households, sum(persons)::BIGINT AS persons, sum(villages)::BIGINT AS villages,
    fsum(yuan) AS yuan, fsum(budget_yuan) AS budget_yuan, sum(slots)::BIGINT AS slots
FROM costs JOIN runs USING (scenario, replicate)
GROUP BY ALL ORDER BY min(position), year, policy, payer, kind
"""
_PERSONS = """
SELECT scenario, replicate, year, sum(persons)::BIGINT AS persons, sum(births)::BIGINT AS births,
    sum(deaths)::BIGINT AS deaths, sum(arrivals)::BIGINT AS arrivals, sum(departures)::BIGINT AS departures
FROM persons JOIN runs USING (scenario, replicate)
GROUP BY ALL ORDER BY min(position), year
"""
_LIMITS = """
SELECT scenario, replicate, year, policy, fsum(given_yuan) AS given_yuan, fsum(spent_yuan) AS spent_yuan,
    sum(slots)::BIGINT AS slots, sum(candidates)::BIGINT AS candidates, sum(willing)::BIGINT AS willing,
    sum(funded)::BIGINT AS funded, sum(served)::BIGINT AS served, sum(enrolled)::BIGINT AS enrolled,
    arg_max(reason, (coalesce(given_yuan - spent_yuan, 0), reason)) AS reason
FROM limits JOIN runs USING (scenario, replicate)
GROUP BY ALL ORDER BY min(position), year, policy
"""
_PAIRS = """
SELECT scenario, replicate, measure, fsum(value) AS value
FROM pairs JOIN runs USING (scenario, replicate)
GROUP BY ALL ORDER BY min(position), measure
"""
_SPELLS = """
SELECT scenario, replicate, view, kind, start_year, years, ended, left_censored,
    sum(households)::BIGINT AS households, sum(persons)::BIGINT AS persons
FROM spells JOIN runs USING (scenario, replicate)
GROUP BY ALL ORDER BY min(position), view, kind, start_year, years, ended, left_censored
"""
