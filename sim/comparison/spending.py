"""Money given, spent and left: of each programme by year, and which scenarios' programmes spent nothing at all."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from tuopin.policies.ledger import BACKGROUND, SPENT
from tuopin.policies.limits import REASONS
from tuopin.sim.results.full_size import samples_of, scale_of, share_of
from tuopin.sim.results.results import Results
from tuopin.sim.study.money import million
from tuopin.sim.study.names import years_text

NOTHING_SPENT = "nothing spent"
LITTLE = 0.01
"""Share of the money given that may be left without a word."""
MOST_LINES = 60
"""Lines of a table of money; a study of very many scenarios has the rest in `limits.parquet`."""
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

    At full size where a part of the households was simulated; a region is one place. `given` is NaN where the budget is
    unlimited; `reason` (a code of `tuopin.policies.limits.REASONS`) is that of the most money left. No rows for a
    result without a table of limits.
    """
    columns = [*_RUN_YEAR, "given", "spent", "reason"]
    if not (results.directory / "limits.parquet").is_file():
        return pd.DataFrame(columns=columns)
    rows = results.sql(_BY_REASON)
    region = {county: name for name, counties in results.regions.items() for county in counties}
    rows["runs"] = rows.groupby(_RUN_YEAR)["runs"].transform("sum")
    samples = samples_of(results)
    rows["place"] = rows["place"].map(lambda place: region.get(place, place))
    part = rows["runs"] * scale_of(results) / rows["place"].map(samples).fillna(1.0)
    rows["given_yuan"], rows["spent_yuan"] = rows["given_yuan"] / part, rows["spent_yuan"] / part
    amounts = ["given_yuan", "spent_yuan"]
    money = rows.groupby(_RUN_YEAR, sort=False)[amounts].sum(min_count=1).reset_index()
    stopped = rows.groupby([*_RUN_YEAR, "reason"], sort=False)["remaining"].sum().reset_index()
    most = stopped.sort_values("remaining", kind="stable").groupby(_RUN_YEAR, sort=False)["reason"].last().reset_index()
    money = money.merge(most, on=_RUN_YEAR, how="left")
    return money.rename(columns={"given_yuan": "given", "spent_yuan": "spent"})[columns]


def money_rows(results: Results) -> list[dict[str, str]]:
    """Money of each scenario in lines of a table: given, spent, caused elsewhere, left and why; M yuan of the day.

    Over all simulated years, means over replicates. What is caused elsewhere is the difference from the baseline in
    what every scenario pays (pensions, subsidies, basic insurance). At most `MOST_LINES` rows; a last one says how many
    scenarios are not told.
    """
    money = programme_money(results)
    baseline = str(results.manifest.get("comparison", {}).get("baseline", ""))
    elsewhere = caused_elsewhere(results, baseline)
    rows = []
    for (place, scenario), programmes in money.groupby(["place", "scenario"], sort=False):
        given, spent = float(programmes["given"].sum()), float(programmes["spent"].sum())
        unlimited = bool(programmes["given"].isna().any())
        caused = elsewhere.get((str(place), str(scenario)))
        whys = [f"{policy}: {left}" for policy, own in programmes.groupby("policy", sort=False) if (left := _left(own))]
        rows.append(
            {
                "place": str(place),
                "scenario": str(scenario),
                "given": "unlimited" if unlimited else million(given),
                "spent": million(spent),
                "caused elsewhere": "" if caused is None else million(caused),
                "unspent": "" if unlimited else million(given - spent),
                "why": "; ".join(whys),
            }
        )
    if len({row["place"] for row in rows}) <= 1:
        rows = [{key: value for key, value in row.items() if key != "place"} for row in rows]
    more = len(rows) - MOST_LINES
    if more > 0:
        rest = dict.fromkeys(rows[0], "") | {"scenario": f"{more} more", "why": "see limits.parquet"}
        rows = [*rows[:MOST_LINES], rest]
    return rows


def caused_elsewhere(results: Results, baseline: str) -> dict[tuple[str, str], float]:
    """Return by (place, scenario) what the programmes cause in accounts that every scenario pays, nominal yuan.

    It is the mean paired difference from the baseline over all years, at full size; a region is one place. Nothing
    without a table of costs or runs of the baseline.
    """
    if not (results.directory / "costs.parquet").is_file():
        return {}
    accounts = ", ".join(f"'{name}'" for name in BACKGROUND)
    rows = results.sql(
        f"SELECT place, scenario, replicate, sum(yuan) FILTER (policy IN ({accounts}) AND kind = '{SPENT}') AS yuan"
        " FROM costs GROUP BY ALL ORDER BY ALL"
    ).fillna({"yuan": 0.0})
    by_run = rows.pivot_table("yuan", ["place", "replicate"], "scenario", observed=True)
    if baseline not in by_run:
        return {}
    differences = by_run.drop(columns=baseline).sub(by_run[baseline], axis=0).groupby(level="place").mean()
    region = {county: name for name, counties in results.regions.items() for county in counties}
    found: dict[tuple[str, str], float] = {}
    for place, row in differences.iterrows():
        for scenario, yuan in row.dropna().items():
            key = (region.get(str(place), str(place)), str(scenario))
            found[key] = found.get(key, 0.0) + float(yuan) / share_of(results, key[0])
    return found


EQUAL = 0.02
"""Money is called equal where scenarios differ by no more than this share of the largest."""


def unequal_notes(results: Results) -> list[str]:
    """What to say where scenarios were given equal money and did not spend equal money, place by place."""
    money = programme_money(results)
    notes = []
    for place, rows in money.groupby("place", sort=False):
        totals = rows.groupby("scenario", sort=False)[["given", "spent"]].sum(min_count=1)
        if len(totals) < 2 or totals["given"].isna().any() or not _equal(totals["given"]) or _equal(totals["spent"]):
            continue
        least, most = str(totals["spent"].idxmin()), str(totals["spent"].idxmax())
        notes.append(
            f"{place}: equal money was given but not spent: from {million(totals['spent'][least])} ({least}) to"
            f" {million(totals['spent'][most])} M yuan ({most}); what is left is a programme's own doing, so compare"
            " yuan per poverty-year, not totals."
        )
    return notes


def _equal(amounts: pd.Series) -> bool:
    return float(amounts.max() - amounts.min()) <= EQUAL * float(amounts.max())


def _left(rows: pd.DataFrame) -> str:
    """What a programme of a scenario left of its money and why; "" where it was spent but for little."""
    given, spent = float(rows["given"].sum()), float(rows["spent"].sum())
    if rows["given"].isna().any():
        return f"{NOTHING_SPENT}: {_reasons(rows)}" if spent == 0.0 else ""
    if spent == 0.0:
        return f"{NOTHING_SPENT} of {million(given)}: {_reasons(rows)}"
    left = given - spent
    return "" if left <= LITTLE * given else f"{million(left)} left: {_reasons(rows)}"


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
