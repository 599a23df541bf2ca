"""Hand-worked cases: what each programme does to a few households, as an economist writes it down in `cases.yaml`.

A file holds what is common to its cases, and the cases. A case reads::

    - name: own payment below its cap
      shows: the household pays 2,500 yuan a person, the centre 7,775, local bonds the rest
      year: 2017                          # else 2017
      programme: {effect: 1.0}            # settings of the programme; else its parameters.yaml
      parameters: {labour.months: 10}     # parameters of the model
      mechanisms: [vacancies]             # switched on; all others are off
      market: {fruit: 0.6}                # prices against trend; else 1
      villages: [{crop_left: 0.6}]        # one village in good weather if there are none
      households:
        - given: {members: 2, registry_status: registered_poor}     # columns and quantities of the year
          expect: {relocation_since: 2017, own_payment_term: 5000}  # columns and terms of the year
      accounts: {household: 5000}         # yuan by payer, all of them: a payer that is not named pays nothing

A household is one able adult unless `given` says otherwise. The county has no growth and no inflation: prices are 1,
the statistical line is 3,000 yuan and the migrant wage 1,000 yuan a month. The programme lives one year: its
institutions may fail, then the programme step, jobs, reimbursement and transfers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from tuopin.agents import firm_life
from tuopin.agents.columns import CAUSES, HEALTH_STATES, LINES, REGISTRY_STATUSES, SETTLEMENTS, ZONES
from tuopin.agents.county import County
from tuopin.agents.flows import QUANTITIES, TERMS
from tuopin.policies.catalogue import catalogue
from tuopin.policies.cycle import open_programmes, run_programmes
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy

FILES = sorted(Path(__file__).parent.glob("*/*/cases.yaml"))
KEYS = {
    "name",
    "shows",
    "year",
    "programme",
    "parameters",
    "mechanisms",
    "place",
    "market",
    "villages",
    "households",
    "accounts",
}
CODES: Mapping[str, tuple[str, ...]] = {
    "line": LINES,
    "zone": ZONES,
    "settlement": SETTLEMENTS,
    "registry_status": REGISTRY_STATUSES,
    "cause": CAUSES,
    "health": HEALTH_STATES,
}
"""Columns that a case may fill by a word in place of its code."""


def read(path: Path) -> list[dict[str, Any]]:
    """Every case of a file, what is common to all of them filled in. Raises ValueError for a key there is not."""
    content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    common = content.get("common", {})
    cases = []
    for case in content["cases"]:
        if unknown := (set(case) | set(common)) - KEYS:
            raise ValueError(f"{path}: {case.get('name')}: unknown keys {sorted(unknown)}; known are {sorted(KEYS)}")
        merged = {**common, **case}
        for key in ("programme", "parameters", "market"):
            merged[key] = {**common.get(key, {}), **case.get(key, {})}
        cases.append(merged)
    return cases


def code(name: str, value: Any) -> Any:
    return CODES[name].index(value) if isinstance(value, str) else value


def array(county: County, name: str) -> np.ndarray:
    """The column, quantity or term of that name; raises ValueError if there is none."""
    if name in county.households.table:
        return county.households.column(name)
    if name in TERMS or name in QUANTITIES:
        return np.asarray(getattr(county.flows, name))
    raise ValueError(f"{name!r} is no column of a household and no quantity of the year")


def county_of(case: Mapping[str, Any], policy: Policy, by_hand: Callable[..., County]) -> County:
    villages = case.get("villages", [{}])
    county = by_hand(
        len(case["households"]),
        case["parameters"],
        dict.fromkeys(case.get("mechanisms", ()), True),
        year=case.get("year", 2017),
        villages=len(villages),
        policies=(policy,),
        place=case.get("place"),
    )
    for line, price in case["market"].items():
        county.markets.price[LINES.index(line)] = price
    for k, village in enumerate(villages):
        for name, value in village.items():
            getattr(county.villages, name)[k] = value
    for row, household in enumerate(case["households"]):
        for name, value in household.get("given", {}).items():
            array(county, name)[row] = code(name, value)
    return county


def live_a_year(county: County, policy: Policy) -> dict[str, float]:
    """One year of the programme; return the yuan it cost by payer."""
    ledger = Ledger()
    firm_life.fail(county)
    policy.strike(county)
    open_programmes(county, [policy], ledger)
    run_programmes(county, [policy], ledger)
    policy.employ(county)
    policy.reimburse(county, ledger)
    policy.transfer(county, ledger)
    return {e.payer: e.fen / 100 for e in ledger.close_year(county.households.members) if e.fen}


@pytest.mark.parametrize(
    ("path", "case"),
    [pytest.param(path, case, id=f"{path.parent.name}: {case['name']}") for path in FILES for case in read(path)],
)
def test_hand_worked(path: Path, case: dict[str, Any], by_hand: Callable[..., County]) -> None:
    unlimited = {} if "budget_rate" in case["programme"] else {"budget": None}  # unless the case says otherwise
    policy = catalogue()[path.parent.name]({**unlimited, **case["programme"]})
    county = county_of(case, policy, by_hand)
    paid = live_a_year(county, policy)
    for row, household in enumerate(case["households"]):
        for name, expected in household["expect"].items():
            got = array(county, name)[row]
            assert got == pytest.approx(code(name, expected), rel=1e-6, abs=0.005), f"household {row}: {name}"
    assert paid == pytest.approx(case["accounts"], abs=0.005)


SEEN = {"low_income_support": {"tested_transfer_term"}, "training": {"distance_factor", "motivation_term"}}
"""Terms that a rule may look at: relief sees the year's allowance, training a household's own rate of entry."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_what_other_programmes_have_written_stays(path: Path, by_hand: Callable[..., County]) -> None:
    """Each programme adds yuan and persons and multiplies ratios, in every case: no term of another is overwritten."""
    names = TERMS.keys() - SEEN.get(path.parent.name, set())
    for case in read(path):
        found = []
        for there in (0.0, 8.0):
            unlimited = {} if "budget_rate" in case["programme"] else {"budget": None}
            policy = catalogue()[path.parent.name]({**unlimited, **case["programme"]})
            county = county_of(case, policy, by_hand)
            for name in names:
                array(county, name)[:] += there
            live_a_year(county, policy)
            found.append({name: array(county, name).astype(float) for name in names})
        alone, beside = found
        for name in alone:
            expected = alone[name] * (1.0 + 8.0) if TERMS[name].neutral == 1 else alone[name] + 8.0
            np.testing.assert_allclose(beside[name], expected, rtol=1e-5, err_msg=f"{case['name']}: {name}")


def test_every_case_expects_something_and_says_what_it_shows() -> None:
    for path in FILES:
        cases = read(path)
        assert len(cases) >= 6 and len({case["name"] for case in cases}) == len(cases)
        for case in cases:
            assert case["shows"] and case["households"] and "accounts" in case
            assert all(household["expect"] for household in case["households"])


def test_a_wrong_amount_and_a_misspelt_name_are_found(by_hand: Callable[..., County]) -> None:
    path = next(path for path in FILES if path.parent.name == "relocation")
    case = read(path)[0]
    household = case["households"][0]
    for expect, error in (({"own_payment_term": 4999.0}, AssertionError), ({"own_paymnet_term": 5000.0}, ValueError)):
        wrong = {**case, "households": [{**household, "expect": expect}]}
        with pytest.raises(error):
            test_hand_worked(path, wrong, by_hand)
    with pytest.raises(AssertionError):
        test_hand_worked(path, {**case, "accounts": {}}, by_hand)
