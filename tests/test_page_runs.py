"""Figures of the pages that take a run: the burn-in of Lushi, and the README's first command with what it prints."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tests.page_templates import ROOT, SCENARIOS, all_of, flat_page, lushi, percent
from tuopin.agents import demography, registry
from tuopin.agents.county import County
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.agents.population import synthesise
from tuopin.agents.randomness import Luck
from tuopin.sim.comparison.precision import precision
from tuopin.sim.results.results import Results
from tuopin.sim.run import burn_in
from tuopin.sim.study.study import Study


@pytest.fixture(scope="module")
def burnt_in() -> dict[str, Any]:
    """What the pages say of the burn-in of Lushi, replicate 0 of the shipped study."""
    luck, parameters = Luck(Study.load(SCENARIOS / "lushi.yaml").seed, 0), resolve_parameters({})
    years: list[tuple[float, float]] = []

    def each_year(county: County) -> None:
        h = county.households
        in_debt = float((h.debt_due_1 + h.debt_due_2 + h.debt_due_3 > 0).mean())
        years.append((in_debt, float(h.members[h.poor_true].sum() / h.members.sum())))

    county = burn_in.initial_county(lushi(), parameters, resolve_mechanisms({}), luck, each_year=each_year)
    h, wanted = county.households, lushi().registered_persons.value
    poorest = np.argsort(registry.judged_poverty(county), kind="stable")[: int(lushi().registered_households.value)]
    debt = float((h.debt_due_1.astype(float) + h.debt_due_2 + h.debt_due_3).sum() / h.members.sum())
    persons, households = demography_alone(luck)
    return {
        "owe": percent((h.net_income_pp * h.members < h.medical_out_of_pocket).mean(), 1),
        "in_debt": percent(years[-1][0]),
        "in_debt_first": percent(years[0][0]),
        "poor": percent(years[-1][1]),
        "poor_first": percent(years[0][1]),
        "debt": f"{debt:.0f}",
        "poorest": f"{h.members[poorest].sum():,}",
        "too_many": percent(h.members[poorest].sum() / wanted - 1, 1),
        "persons_change": f"{persons:+.1%}",
        "households_change": f"{households:+.1%}",
        "households_more": percent(households, 1),
    }


def demography_alone(luck: Luck) -> tuple[float, float]:
    """Change of persons and of households in the five years of the burn-in, if demography were on in it."""
    county = synthesise(lushi(), resolve_parameters({}), resolve_mechanisms({}), luck)
    households, persons = len(county.households), int(county.households.members.sum())
    while county.year < county.start:
        county.year += 1
        demography.age_a_year(county)
        demography.bury(county)
    return county.households.members.sum() / persons - 1, len(county.households) / households - 1


@pytest.mark.slow
@pytest.mark.parametrize(("page", "template"), all_of("burn_in"))
def test_figures_of_the_burn_in(page: str, template: str, burnt_in: dict[str, Any]) -> None:
    assert template.format(**burnt_in) in flat_page(page)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, str]:
    """The README's first command, whole, and what it printed."""
    out = tmp_path_factory.mktemp("whole") / "lushi"
    command = [sys.executable, "-m", "tuopin", "run", str(SCENARIOS / "lushi.yaml"), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-500:]
    return Results.open(out), done.stdout


@pytest.mark.slow
def test_the_readmes_table_is_what_its_command_prints(whole_run: tuple[Results, str]) -> None:
    (shown,) = re.findall(r"^```text\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), flags=re.M | re.S)
    shown_rows, printed = rows_of(shown), rows_of(whole_run[1])
    assert shown_rows[0] == printed[0] and "scenario" in shown_rows[0]
    left_out = [row for row in printed if row.startswith("all_but_")]
    assert shown_rows == [row for row in printed if row not in left_out][: len(shown_rows)] and len(left_out) == 4


def rows_of(text: str) -> list[str]:
    """The title with the head of the table, then its rows, each with the lines that go on with it."""
    table = text[text.index("Simulated, given these assumptions") :].partition("\npoverty years: ")[0]
    lines = table.splitlines()
    starts = [at for at, line in enumerate(lines) if re.match(r"\w+ {2,}", line) and not line.startswith("scenario")]
    return ["\n".join(lines[a:b]) for a, b in zip([0, *starts], [*starts, len(lines)], strict=True)]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "template"), all_of("run"))
def test_figures_of_the_readmes_run(page: str, template: str, whole_run: tuple[Results, str]) -> None:
    results, _ = whole_run
    assert template.format(**figures_of(results)) in flat_page(page)


def figures_of(results: Results) -> dict[str, Any]:
    pairing = precision(results, indicator="headcount_ratio").query("view == 'true'").set_index("scenario")
    spent = results.costs.query("scenario == 'all' and kind == 'spent'")
    ordinary = spent["policy"].isin(["basic_insurance", "resident_pension", "grain_subsidy"])
    replicates = results.costs["replicate"].nunique()
    cooperative = results.limits.query("scenario == 'cooperative'").groupby("year")[["given_yuan", "spent_yuan"]].sum()
    used = cooperative["spent_yuan"] / cooperative["given_yuan"]
    return {
        "replicates": replicates,
        "all_reduction": f"{pairing['variance_reduction']['all']:,.0f}",
        "cooperative_reduction": f"{pairing['variance_reduction']['cooperative']:,.0f}",
        "fewest": int(pairing["replicates_needed"].min()),
        "most": int(pairing["replicates_needed"].max()),
        "ordinary": f"{spent['yuan'][ordinary].sum() / replicates / 1e9:.1f}",
        "spent": f"{spent['yuan'].sum() / replicates / 1e9:.1f}",
        **{name: percent(used[year]) for name, year in (("first", 2017), ("second", 2018), ("third", 2019))},
    }
