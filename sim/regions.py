"""A region in results: what its counties add up to, worked out from the tables without holding them in memory.

Counts and money of the counties are summed; shares are put together with the persons they are shares of, so that a figure
of the region is what it would be had the region been one place. What cannot be put together from the counties' figures
(Gini, Sen-Shorrocks-Thon, moves between income classes, shares of income) is not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.measures.labels import INDICATORS

if TYPE_CHECKING:
    import pandas as pd

OF_PERSONS = (
    "headcount_ratio", "poverty_gap", "squared_poverty_gap", "watts", "mean_income_per_person", "net_income_headcount_ratio",
    "any_deprivation_headcount", "multidimensional_headcount", "adjusted_multidimensional_headcount",
    "catastrophic_health_spending_rate",
)  # fmt: skip
"""Means over all persons."""
OF_OTHERS = {"exclusion_error": ("true", "poor_persons"), "inclusion_error": ("registry", "registered_persons")}
"""Share -> view and indicator of the persons it is a share of."""
OF_MOVES = {"exit_rate": "exits_persons", "reentry_rate": "reentries_persons"}
"""Rate -> persons who moved; the persons at risk are their quotient. Where nobody moved they are unknown and left out."""

_MEMBERS = "members"
_KEY = "i.scenario, i.replicate, i.year, i.view, i.\"group\", i.indicator"
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


def region_tables(directory: Path, region: str, counties: Sequence[str]) -> Tables:
    """Return the tables of a region as of one place; a run counts only where all its counties are done.

    Sums are taken in one order by one thread: equal files give equal figures to the last digit.
    """
    import duckdb
    import pandas as pd

    with duckdb.connect() as connection:
        connection.execute("SET threads TO 1")
        connection.register(_MEMBERS, pd.DataFrame({"place": list(counties)}))
        for name in Tables._fields:
            # quoted as in SQL text; brackets keep DuckDB from expanding a pattern
            path = "".join(f"[{c}]" if c in "*?[" else c for c in str((directory / f"{name}.parquet").resolve()))
            source = f"read_parquet('{path.replace(chr(39), chr(39) * 2)}')"
            connection.execute(f"CREATE VIEW all_{name} AS SELECT * FROM {source}")
            connection.execute(
                f"CREATE VIEW {name} AS SELECT t.* FROM all_{name} t SEMI JOIN {_MEMBERS} USING (place)"
                f" WHERE (t.scenario, t.replicate) IN (SELECT (scenario, replicate) FROM all_indicators"
                f" SEMI JOIN {_MEMBERS} USING (place) WHERE indicator = 'persons' AND \"group\" = 'all'"
                f" GROUP BY scenario, replicate HAVING count(DISTINCT place) = {len(counties)})"
            )
        found = [connection.sql(query).df() for query in (_indicators(), _COSTS, _SPELLS)]
    frames = [frame.assign(place=region) for frame in found]
    return Tables(*(_typed(frame) for frame in frames))


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
        f" AND i.year = m.year AND i.view = m.view AND i.\"group\" = m.\"group\" AND m.indicator = '{moved}'"
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
        f"WITH w AS (SELECT place, scenario, replicate, year, \"group\", {persons} FROM indicators"
        f" WHERE indicator IN ({_words(['persons', *(name for _, name in OF_OTHERS.values())])}) GROUP BY ALL)"
        f" SELECT * FROM ({' UNION ALL '.join(parts)})"
        f" ORDER BY scenario, replicate, year, CASE indicator {order} END, view, \"group\""
    )


_COSTS = (
    "SELECT scenario, replicate, year, policy, payer, sum(households)::BIGINT AS households, sum(persons)::BIGINT AS persons,"
    " fsum(yuan) AS yuan, fsum(budget_yuan) AS budget_yuan, sum(slots)::BIGINT AS slots FROM costs"
    " GROUP BY ALL ORDER BY scenario, replicate, year, policy, payer"
)
_SPELLS = (
    "SELECT scenario, replicate, view, kind, start_year, years, ended, left_censored, sum(households)::BIGINT AS households,"
    " sum(persons)::BIGINT AS persons FROM spells"
    " GROUP BY ALL ORDER BY scenario, replicate, view, kind, start_year, years, ended, left_censored"
)
