"""A region in results: what its counties add up to, worked out from the tables without holding them in memory.

Counts and money of the counties are summed; shares are put together with the persons they are shares of, so that a
figure
of the region is what it would be had the region been one place. What cannot be put together from the counties' figures
(Gini, Sen-Shorrocks-Thon, moves between income classes, shares of income) is not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tuopin.sim.measures.labels import INDICATORS

if TYPE_CHECKING:
    import pandas as pd

OF_PERSONS = (
    "headcount_ratio",
    "poverty_gap",
    "squared_poverty_gap",
    "watts",
    "mean_income_per_person",
    "net_income_headcount_ratio",
    "any_deprivation_headcount",
    "multidimensional_headcount",
    "adjusted_multidimensional_headcount",
    "catastrophic_health_spending_rate",
)
"""Means over all persons."""
OF_OTHERS = {"exclusion_error": ("true", "poor_persons"), "inclusion_error": ("registry", "registered_persons")}
"""Share -> view and indicator of the persons it is a share of."""
OF_MOVES = {"exit_rate": "exits_persons", "reentry_rate": "reentries_persons"}
"""Rate -> persons who moved; the persons at risk are their quotient. Where nobody moved they are unknown and left
out.
"""

_KEY = 'i.scenario, i.replicate, i.year, i.view, i."group", i.indicator'
_SAME = " AND ".join(f'i."{name}" = w."{name}"' for name in ("place", "scenario", "replicate", "year", "group"))


class Tables(NamedTuple):
    """Indicators, costs and spells of a region, in the columns of the tables of those names."""

    indicators: pd.DataFrame
    costs: pd.DataFrame
    spells: pd.DataFrame


def regions_of(places: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the counties of each region among `places`: name -> place data or what a manifest keeps of it."""
    found: dict[str, list[str]] = {}
    for name, place in places.items():
        region = place.get("region") if isinstance(place, Mapping) else getattr(place, "region", None)
        if region is not None:
            owner = region["name"] if isinstance(region, Mapping) else region.name
            found.setdefault(str(owner), []).append(name)
    return found


def manifest_regions(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the counties of each region of a result, from its manifest."""
    places = manifest.get("inputs", {}).get("place", {})
    return regions_of(places) if isinstance(places, Mapping) else {}


def reported(directory: Path, manifest: Mapping[str, Any], indicators: Sequence[str] | None = None) -> Tables:
    """Return the tables as a planner reads them: each region as one place, and the places that are in none.

    Indicators are those named, else those of everybody. Nothing is read of single counties of a region.
    """
    import pandas as pd

    regions = manifest_regions(manifest)
    inside = {name for counties in regions.values() for name in counties}
    chosen: list[tuple[str, str, Any]] = [("place", "not in", sorted(inside))] if inside else []
    only = [("group", "==", "all")] if indicators is None else [("indicator", "in", list(indicators))]
    found = [_plain(pd.read_parquet(directory / "indicators.parquet", filters=[*chosen, *only]))]
    found += [
        _plain(pd.read_parquet(directory / f"{name}.parquet", filters=chosen or None)) for name in ("costs", "spells")
    ]
    parts = [Tables(*found)] + [region_tables(directory, region, counties) for region, counties in regions.items()]
    joined = [pd.concat([part[k] for part in parts if len(part[k])], ignore_index=True) for k in range(len(found))]
    table = joined[0]
    keep = table["group"] == "all" if indicators is None else table["indicator"].isin(list(indicators))
    return Tables(table[keep].reset_index(drop=True), joined[1], joined[2])


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Words as words: categories of different tables do not join."""
    return frame.astype(dict.fromkeys(frame.columns[frame.dtypes == "category"], str))


def region_tables(directory: Path, region: str, counties: Sequence[str]) -> Tables:
    """Return the tables of a region as of one place; a run counts only where all its counties are done.

    Sums are taken in one order by one thread: equal files give equal figures to the last digit.
    """
    import duckdb
    import pandas as pd

    with duckdb.connect() as connection:
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
        found = [connection.sql(query).df() for query in (_indicators(), _COSTS, _SPELLS)]
    frames = [frame.assign(place=region) for frame in found]
    return Tables(*(_typed(frame) for frame in frames))


def _source(directory: Path, name: str, options: str = "") -> str:
    """A table as DuckDB reads it; quoted as in SQL text, brackets keep it from expanding a pattern."""
    path = "".join(f"[{c}]" if c in "*?[" else c for c in str((directory / f"{name}.parquet").resolve()))
    quoted = path.replace("'", "''")
    return f"read_parquet('{quoted}'{options})"


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    whole = {name: "int64" for name in ("replicate", "year", "start_year", "years") if name in frame}
    return frame.astype(whole)


def _words(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _weighted(rates: Sequence[str], weight: str) -> str:
    """The mean of rates over counties, weighted by the column `weight` of w; counties without persons do not count."""
    return (
        f"SELECT {_KEY}, fsum(i.value * w.{weight}) / nullif(fsum(w.{weight}), 0) AS value"
        f" FROM indicators i JOIN w ON {_SAME} WHERE i.indicator IN ({_words(rates)})"
        f" AND isfinite(i.value) AND w.{weight} > 0 GROUP BY {_KEY}"
    )


def _indicators() -> str:
    sums = [name for name, label in INDICATORS.items() if label.over_years == "sum"]
    persons = " , ".join(
        f"max(value) FILTER (indicator = '{indicator}' AND view = '{view}') AS {indicator}"
        for view, indicator in [("true", "persons"), *OF_OTHERS.values()]
    )
    moves = " UNION ALL ".join(
        f"SELECT {_KEY}, fsum(m.value) / nullif(fsum(m.value / i.value), 0) AS value FROM indicators i"
        f" JOIN indicators m ON i.place = m.place AND i.scenario = m.scenario AND i.replicate = m.replicate"
        f' AND i.year = m.year AND i.view = m.view AND i."group" = m."group" AND m.indicator = \'{moved}\''
        f" WHERE i.indicator = '{rate}' AND isfinite(i.value) AND i.value > 0 GROUP BY {_KEY}"
        for rate, moved in OF_MOVES.items()
    )
    parts = [
        f"SELECT {_KEY}, fsum(i.value) AS value FROM indicators i WHERE i.indicator IN ({_words(sums)}) GROUP BY {_KEY}",
        _weighted(OF_PERSONS, "persons"),
        *(_weighted([rate], weight) for rate, (_, weight) in OF_OTHERS.items()),
        moves,
    ]
    order = " ".join(f"WHEN '{name}' THEN {k}" for k, name in enumerate(INDICATORS))
    return (
        f'WITH w AS (SELECT place, scenario, replicate, year, "group", {persons} FROM indicators'
        f" WHERE indicator IN ({_words(['persons', *(name for _, name in OF_OTHERS.values())])}) GROUP BY ALL)"
        f" SELECT f.* FROM ({' UNION ALL '.join(parts)}) f JOIN runs USING (scenario, replicate)"
        f' ORDER BY position, year, CASE indicator {order} END, view, "group"'
    )


_COSTS = (
    "SELECT scenario, replicate, year, policy, payer, sum(households)::BIGINT AS households, sum(persons)::BIGINT AS persons,"
    " fsum(yuan) AS yuan, fsum(budget_yuan) AS budget_yuan, sum(slots)::BIGINT AS slots FROM costs JOIN runs USING"
    " (scenario, replicate) GROUP BY ALL ORDER BY min(position), year, policy, payer"
)
_SPELLS = (
    "SELECT scenario, replicate, view, kind, start_year, years, ended, left_censored, sum(households)::BIGINT AS households,"
    " sum(persons)::BIGINT AS persons FROM spells JOIN runs USING (scenario, replicate)"
    " GROUP BY ALL ORDER BY min(position), view, kind, start_year, years, ended, left_censored"
)
