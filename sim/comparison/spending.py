"""Money given, spent and left: of each programme by year, and which scenarios' programmes spent nothing at all."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from tuopin.policies.ledger import BACKGROUND
from tuopin.policies.limits import REASONS
from tuopin.sim.results.results import Results
from tuopin.sim.study.money import million, money_text, years_text

NOTHING_SPENT = "nothing spent"
LITTLE = 0.01
"""Share of the money given that may be left without a word."""
MOST_LINES = 60
"""Lines of money below a table; a study of very many scenarios has the rest in `limits.parquet`."""
_RUN_YEAR = ["place", "scenario", "policy", "year"]
_BY_REASON = """
SELECT place, scenario, policy, year, reason, min(position) AS position, count(*) AS runs,
    sum(given_yuan) AS given_yuan, sum(spent_yuan) AS spent_yuan,
    sum(coalesce(given_yuan - spent_yuan, 0)) AS remaining
FROM (SELECT *, row_number() OVER () AS position FROM limits)
GROUP BY place, scenario, policy, year, reason ORDER BY position
"""


def where_programmes_spent(costs: pd.DataFrame) -> set[tuple[str, str]]:
    """The (place, scenario) among `costs` in which a programme spent something in some replicate.

    What every scenario pays (pensions and the like) is no programme's.
    """
    spends = ~costs["policy"].isin(BACKGROUND) & (costs["yuan"] > 0)
    pairs = costs.loc[spends, ["place", "scenario"]].drop_duplicates().astype(str)
    return set(pairs.itertuples(index=False, name=None))


def spent_nothing(results: Results) -> set[tuple[str, str]]:
    """The (place, scenario) of a result, a region as one place, that have programmes and spent nothing."""
    money = programme_money(results)
    if money.empty:
        return set()
    total = money.groupby(["place", "scenario"])["spent"].sum()
    return {(str(place), str(scenario)) for place, scenario in total.index[total == 0.0]}


def programme_money(results: Results) -> pd.DataFrame:
    """Money of each programme by year, means over replicates: place, scenario, policy, year, given, spent, reason.

    A region is one place. `given` is NaN where the budget is unlimited; `reason` (a code of
    `tuopin.policies.limits.REASONS`) is that of the most money left. No rows for a result without a table of limits.
    """
    columns = [*_RUN_YEAR, "given", "spent", "reason"]
    if not (results.directory / "limits.parquet").is_file():
        return pd.DataFrame(columns=columns)
    rows = results.sql(_BY_REASON)
    region = {county: name for name, counties in results.regions.items() for county in counties}
    rows["runs"] = rows.groupby(_RUN_YEAR)["runs"].transform("sum")
    rows["given_yuan"], rows["spent_yuan"] = rows["given_yuan"] / rows["runs"], rows["spent_yuan"] / rows["runs"]
    rows["place"] = rows["place"].map(lambda place: region.get(place, place))
    amounts = ["given_yuan", "spent_yuan"]
    money = rows.groupby(_RUN_YEAR, sort=False)[amounts].sum(min_count=1).reset_index()
    stopped = rows.groupby([*_RUN_YEAR, "reason"], sort=False)["remaining"].sum().reset_index()
    most = stopped.sort_values("remaining", kind="stable").groupby(_RUN_YEAR, sort=False)["reason"].last().reset_index()
    money = money.merge(most, on=_RUN_YEAR, how="left")
    return money.rename(columns={"given_yuan": "given", "spent_yuan": "spent"})[columns]


def money_notes(results: Results) -> list[str]:
    """What a planner should know of the money, in lines: given by year, and what was left in which scenario and why."""
    money = programme_money(results)
    several = len(set(money["place"])) > 1
    told: dict[tuple[str, str, str], list[str]] = {}
    for (place, scenario, policy), rows in money.groupby(["place", "scenario", "policy"], sort=False):
        given = {
            int(year): None if pd.isna(yuan) else float(yuan) for year, yuan in zip(rows.year, rows.given, strict=True)
        }
        key = (str(place), str(policy), money_text(given))
        left = _left(rows)
        told.setdefault(key, []).extend([f"{scenario}: {left}"] if left else [])
    lines = []
    for (place, policy, text), notes in told.items():
        where = f"{place}, " if several else ""
        lines += [f"money given to {where}{policy}: {text}", *(f"  {note}" for note in notes)]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"{more} more lines of money: see limits.parquet"] if more > 0 else [])]


def _left(rows: pd.DataFrame) -> str:
    """What a programme of a scenario left of its money and why; "" where it was spent but for little."""
    given, spent = float(rows["given"].sum()), float(rows["spent"].sum())
    if rows["given"].isna().any():
        return f"{NOTHING_SPENT}: {_reasons(rows)}" if spent == 0.0 else ""
    left = given - spent
    if spent == 0.0:
        return f"{NOTHING_SPENT} of {million(given)} M yuan: {_reasons(rows)}"
    if left <= LITTLE * given:
        return ""
    return f"{million(spent)} of {million(given)} M yuan spent; {million(left)} M left: {_reasons(rows)}"


def _reasons(rows: pd.DataFrame) -> str:
    """Reasons with their years, those of years with money first."""
    with_money = rows[(rows["given"].isna()) | (rows["given"] > 0)]
    used = with_money if len(with_money) else rows
    used = used[used["given"].isna() | (used["given"] - used["spent"] > LITTLE * used["given"]) | (used["given"] == 0)]
    parts = [
        f"{REASONS.get(str(reason), str(reason))} ({years_text(_years(years))})"
        for reason, years in used.groupby("reason", sort=False)["year"]
    ]
    return "; ".join(part for part in parts if not part.startswith(" ("))


def _years(years: Iterable[int]) -> list[int]:
    return [int(year) for year in years]
