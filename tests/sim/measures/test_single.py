"""Figures for everybody and for groups of their own: which incomes, which status and which weights they are of.

Four households of 1, 2, 3 and 4 persons at a line of 1,000 yuan. The second is under it but for a programme's money;
the survey takes the others for poor than the truth does.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from tuopin.sim.measures.multidimensional import DIMENSIONS
from tuopin.sim.measures.single import of_programmes, whole_county
from tuopin.sim.measures.state import Lives, Programme, YearState


def flags(text: str) -> np.ndarray:
    return np.array([letter == "y" for letter in text])


NONE = dict.fromkeys(DIMENSIONS, flags("----"))
STATE = YearState(
    year=2018,
    line=1_000.0,
    members=np.array([1, 2, 3, 4], dtype=np.int16),
    income=np.array([500.0, 1_200.0, 900.0, 3_000.0]),
    net_income=np.array([600.0, 700.0, 5_000.0, 800.0]),
    market_income=np.array([100.0, 100.0, 100.0, 100.0]),
    policy_transfers=np.array([100.0, 400.0, 0.0, 0.0]),
    poor={"true": flags("y-y-"), "survey": flags("-y-y"), "registry": flags("yy--")},
    registered=flags("yy--"),
    deprivations={**NONE, "income": flags("y-y-"), "schooling": flags("-y--"), "safe_water": flags("---y")},
    medical_payment=np.zeros(4),
    subsistence_food=500.0,
    alone=np.array([400.0, 800.0, 900.0, 3_000.0]),
    vulnerability=np.array([0.9, 0.5, 0.45, 0.4], dtype=np.float32),
    programmes={
        "a": Programme(np.array([10_000, 20_000, 0, 40_000]), flags("-yy-")),
        "b": Programme(np.array([0, 0, 5_000, 0]), flags("----")),
    },
    reports={"a": {"benefit_to_standard": 0.7}},
)


def lives(years: int) -> Lives:
    return Lives(
        years,
        np.array([(1 << years) - 1, 1, 2, 0]),
        np.array([0.5, 0.9, 1.05, 3.0], dtype=np.float32) * years,
        np.array([0.25, 0.5, 0.125, 0.0], dtype=np.float32) * years,
    )


def test_shares_are_of_persons_and_the_truth_is_the_true_view() -> None:
    found = whole_county(dataclasses.replace(STATE, lives=lives(2)))
    assert found["all", "deprivation_income"] == pytest.approx(0.4)
    assert found["all", "deprivation_schooling"] == pytest.approx(0.2)
    assert found["all", "deprivation_safe_water"] == pytest.approx(0.4)
    assert found["all", "deprivation_medical_cover"] == 0.0
    assert found["all", "vulnerable_share"] == pytest.approx(0.3)  # .5 is vulnerable: one person and two
    # .9 is above .5 and .4, .45 above .4 only
    assert found["all", "vulnerability_auc"] == pytest.approx(3 / 4)


@pytest.mark.parametrize("years", [1, 3, 4])
def test_the_estimate_is_held_against_the_next_year_alone(years: int) -> None:
    found = whole_county(dataclasses.replace(STATE, lives=lives(years)))
    assert not {("all", "vulnerability_auc"), ("all", "chronic_gap")} & set(found)
    assert ("all", "vulnerable_share") in found


def test_the_long_run_is_told_from_five_years_on() -> None:
    found = whole_county(dataclasses.replace(STATE, lives=lives(5)))
    total = (1 * 0.25 + 2 * 0.5 + 3 * 0.125) / 10
    chronic = (1 * 0.5**2 + 2 * 0.1**2) / 10
    assert found["all", "chronic_gap"] == pytest.approx(chronic, abs=1e-7)
    assert found["all", "transient_share"] == pytest.approx(1 - chronic / total, abs=1e-6)
    patterns = {group: value for (group, name), value in found.items() if name == "poverty_pattern"}
    assert patterns == {
        "pattern=always": 0.1,
        "pattern=usually": 0.2,
        "pattern=churning": 0.3,
        "pattern=occasionally": 0.0,
        "pattern=never": 0.4,
    }
    nobody = dataclasses.replace(STATE, lives=lives(5)._replace(squared_gap_sum=np.zeros(4, dtype=np.float32)))
    assert math.isnan(whole_county(nobody)["all", "transient_share"])


def test_programmes_are_judged_by_income_without_them() -> None:
    found = of_programmes(STATE)
    a = {name: value for (group, name), value in found.items() if group == "policy=a"}
    assert a == pytest.approx(
        {
            "coverage": 3 / 6,  # without programmes one, two and three persons are poor
            "poor_before_persons": 6,
            "beneficiaries_persons": 7,
            "adequacy": 700 / (400 + 2 * 800 + 4 * 3_000),
            "income_before_yuan": 14_000,
            "leakage_share": 400 / 700,
            "benefits_yuan": 700,
            "retention": 2 / 5,
            "beneficiaries_before_persons": 5,
            "benefit_to_standard": 0.7,
        }
    )
    assert found["policy=b", "coverage"] == 3 / 6 and ("policy=b", "benefit_to_standard") not in found
    # money of both: in the order without them the middles stand at .5, 2, 4.5 and 8 of ten persons
    fifths = [found[f"fifth={k}", "benefit_incidence"] for k in range(1, 6)]
    assert fifths == pytest.approx([100 / 750, 200 / 750, 50 / 750, 0.0, 400 / 750])
    reported = {("policy=a", "benefit_to_standard"): 0.7}  # what a policy says of itself needs no programme
    assert of_programmes(dataclasses.replace(STATE, alone=None)) == reported
    assert of_programmes(dataclasses.replace(STATE, programmes={})) == reported


def test_what_the_year_noted_of_the_whole_county_is_told() -> None:
    noted = {"exits_on_paper_persons": 12.0, "hours_demanded_share": 0.4}
    found = whole_county(dataclasses.replace(STATE, notes=noted))
    assert {name: found["all", name] for name in noted} == noted
    assert "exits_on_paper_persons" not in {name for _, name in whole_county(STATE)}


def test_who_has_just_the_line_is_not_poor_before_programmes() -> None:
    alone = np.array([400.0, 1_000.0, 999.0, 3_000.0])
    assert of_programmes(dataclasses.replace(STATE, alone=alone))["policy=a", "poor_before_persons"] == 4
