"""The money of a study before it is run: by year, over all places, and warnings of what is never spent."""

from __future__ import annotations

from typing import Any

import pytest

from tuopin.sim.study.money import money_lines, money_of, money_text
from tuopin.sim.study.names import years_text
from tuopin.sim.study.study import Study


def study(**scenarios: Any) -> Study:
    data = {"name": "x", "place": "lushi", "years": "2016-2020", "baseline": "none"}
    return Study.from_dict({**data, "scenarios": {"none": {}, **scenarios}})


def lines(**policy: Any) -> str:
    return "\n".join(money_lines(study(a={"cooperative": policy})))


def test_money_by_year_in_words() -> None:
    assert lines(budget={2017: 2.0e7, 2018: 2.0e7, 2020: 1.0e6}) == (
        "money       cooperative (a): 20 M yuan in 2017-2018; 1 M yuan in 2020; no money in 2019;"
        " 41 M yuan in all, nominal"
    )
    assert lines(budget=None) == "money       cooperative (a): unlimited in 2017-2020"


def test_equal_programmes_are_told_once() -> None:
    told = money_lines(study(a={"cooperative": {}}, b={"cooperative": {}}, c={"cooperative": {"budget": 5.0}}))
    assert len(told) == 2 and "cooperative (a, b): 42.3 M yuan in 2017" in told[0]


def test_what_has_no_money_of_its_own_is_not_told_as_unlimited() -> None:
    assert money_lines(study(a={"circumstances": {"separation": 1.5}})) == []


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        ({"budget": {2016: 5.0, 2017: 1.0}}, "money in the initial year (never spent): 2016 is not simulated"),
        ({"budget": {2016: 5.0}}, "has no money in any simulated year: it will do nothing"),
        ({"budget": {2017: 0.0, 2018: 0.0}}, "has no money in any simulated year: it will do nothing"),
        ({"budget_rate": 0}, "has no money in any simulated year: it will do nothing"),
        ({"start": 2019, "budget": {2017: 5.0, 2019: 1.0}}, "money before its start in 2019 (never spent): 2017"),
        ({"slots": {2018: 0, 2019: 7}}, "no slots in 2017-2018: nobody enrols then"),
        ({"slots": 0}, "no slots in 2017-2020: nobody enrols then"),
    ],
)
def test_warnings(given: dict[str, Any], warning: str) -> None:
    assert f"warning     cooperative (a): {warning}" in lines(**given)


def test_what_is_spent_is_not_warned_of() -> None:
    assert "warning" not in "\n".join(money_lines(study(a={"cooperative": {}, "relocation": {}})))


def test_counties_of_a_region_share_the_budget() -> None:
    data = {"name": "x", "place": "guizhou", "years": "2014-2016", "baseline": "a"}
    of_region = Study.from_dict({**data, "scenarios": {"a": {"cooperative": {"budget": {2015: 1.0e9}}}}})
    (row,) = money_of(of_region)
    assert row.yuan == {2015: 1.0e9, 2016: 0.0}
    assert money_of(of_region, scale=0.1)[0].yuan[2015] == pytest.approx(1.0e8, abs=1)


def test_years_and_amounts_in_words() -> None:
    assert years_text([2020, 2016, 2017, 2019]) == "2016-2017, 2019-2020"
    assert money_text({2017: 0.0, 2018: 0.0}) == "no money in 2017-2018"
    assert money_text({2017: None, 2018: 5.5e6}) == "unlimited in 2017; 5.5 M yuan in 2018"
