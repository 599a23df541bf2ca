"""The yearly review of the register: exits by plan, falls and additions seen, verified incomes that err."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from tests.agents.registry_cases import EXACT, HARD, ON, crowd
from tuopin.agents.columns import CAUSES, EXITED, EXITED_UNSTABLE, NEAR_POOR, OUTSIDE, REGISTERED_POOR, RELAPSED
from tuopin.agents.county import County
from tuopin.agents.judgement import judgement_shares, misjudgement
from tuopin.agents.randomness import VERIFICATION
from tuopin.agents.registry import has_exited, judged_poverty, registered
from tuopin.agents.review import review


def _reviewed(county: County) -> list[int]:
    review(county)
    status: list[int] = county.households.registry_status.tolist()
    return status


def test_exits_go_in_order_of_verified_income_within_the_persons_planned(by_hand: Callable[..., County]) -> None:
    # registered persons 2+3+1+2+2 = 10, planned .5 of them; the margin is 1.1 x 3,000
    county = by_hand(
        6,
        HARD,
        ON,
        members=[2, 3, 1, 2, 2, 4],
        registry_status=[1, 1, 1, 5, 1, 0],
        net_income_pp=[4000.0, 5000.0, 3400.0, 3299.0, 3500.0, 9000.0],
    )
    assert _reviewed(county) == [EXITED, EXITED, REGISTERED_POOR, RELAPSED, REGISTERED_POOR, OUTSIDE]
    assert county.households.registry_exit_year.tolist() == [2017, 2017, 0, 0, 0, 0]
    # the next year plans a quarter of the 5 who are left: one person, and the next in line has two
    county.year = 2018
    assert _reviewed(county)[2:5] == [REGISTERED_POOR, RELAPSED, REGISTERED_POOR]
    # from the deadline on everybody over the lower margin leaves, the relapsed too
    county.year = 2019
    assert _reviewed(county)[2:5] == [EXITED, EXITED, EXITED]


def test_the_plan_is_never_exceeded(by_hand: Callable[..., County]) -> None:
    for seed in range(12):
        county = crowd(by_hand, 200, 4, seed, **HARD)
        h = county.households
        h.registry_status[:120] = REGISTERED_POOR
        before = int(h.members[registered(county)].sum())
        review(county)
        left = h.registry_status == EXITED
        assert 0 < int(h.members[left].sum()) <= int(0.5 * before)
        assert (h.net_income_pp[left] >= 1.1 * 3000).all()
        assert h.net_income_pp[left].min() >= h.net_income_pp[registered(county)].max()


def test_without_spillovers_the_plan_is_a_share_for_each_alone(by_hand: Callable[..., County]) -> None:
    def left(incomes: float) -> np.ndarray:
        county = by_hand(4000, HARD, registry_status=1, net_income_pp=incomes)
        county.households.net_income_pp[:2000] = 4000.0
        review(county)
        result: np.ndarray = county.households.registry_status == EXITED
        return result

    poor, rich = left(1000.0), left(9000.0)
    assert not poor[2000:].any()
    np.testing.assert_array_equal(poor[:2000], rich[:2000])  # whatever the neighbours earn
    assert rich.mean() == pytest.approx(0.5, abs=0.04)


def test_falls_and_additions_are_detected_with_their_probability(by_hand: Callable[..., County]) -> None:
    # the fall margin is .9 x 3,000 of verified income; the first of the exited is in doubt and returns a year later,
    # the second was in doubt and is found above the line
    county = by_hand(
        7,
        EXACT,
        ON,
        year=2018,
        registry_status=[EXITED, EXITED, OUTSIDE, OUTSIDE, REGISTERED_POOR, EXITED_UNSTABLE, NEAR_POOR],
        net_income_pp=[2600.0, 2800.0, 2600.0, 2800.0, 1000.0, 2800.0, 2600.0],
        registered_since=[2014, 2014, 0, 0, 2014, 2014, 0],
        cause=[3, 3, 0, 0, 1, 3, 0],
    )
    added = REGISTERED_POOR
    assert _reviewed(county) == [EXITED_UNSTABLE, EXITED, added, OUTSIDE, REGISTERED_POOR, EXITED, added]
    h = county.households
    assert h.registered_since.tolist() == [2014, 2014, 2018, 0, 2014, 2014, 2018]
    county.year = 2020
    assert _reviewed(county)[0] == RELAPSED and h.registered_since[0] == 2020
    causes = ["schooling", "schooling", "lack_of_technology_or_funds", "none", "illness", "schooling"]
    assert [CAUSES[c] for c in h.cause[:6]] == causes
    n = 20_000
    some = {**EXACT, "registry.fall_detected": 0.25, "registry.addition_detected": 0.05}
    for status, probability, after in (
        (EXITED, 0.25, EXITED_UNSTABLE),
        (EXITED_UNSTABLE, 1.0, RELAPSED),
        (OUTSIDE, 0.05, REGISTERED_POOR),
    ):
        county = by_hand(n, some, ON, registry_status=status, net_income_pp=100.0)
        review(county)
        share = float((county.households.registry_status == after).mean())
        assert share == pytest.approx(probability, abs=4.5 * (probability * (1 - probability) / n) ** 0.5)


def test_verification_errs_and_never_sees_a_negative_income(by_hand: Callable[..., County]) -> None:
    n = 30_000
    noisy = {**HARD, "registry.verification_noise": 0.25}
    county = by_hand(n, noisy, ON, registry_status=1, net_income_pp=np.r_[-500.0, np.full(n - 1, 4000.0)])
    review(county)
    verified = county.flows.verified_income
    assert verified[0] == 0.0
    assert np.log(verified[1:] / 4000.0).std() == pytest.approx(0.25, rel=0.03)
    assert (county.households.net_income_pp[1:] == 4000.0).all()


def test_who_exits_this_year_does_not_relapse_this_year(by_hand: Callable[..., County]) -> None:
    falling = {**EXACT, "registry.fall_margin": 2.0}  # everyone under 6,000 is seen to fall
    county = by_hand(2, falling, ON, year=2019, registry_status=[1, 2], net_income_pp=4000.0)
    assert _reviewed(county) == [EXITED, EXITED_UNSTABLE]


LINES_APART = {
    "economy.rural_cpi": {2016: 0.0, 2017: 0.10, 2018: 0.20},
    "economy.registry_line": {2016: 2_000.0, 2017: 5_000.0, 2018: 6_000.0},
}


"""Prices 1.1 and 1.32: the statistical line is 3,300 and 3,960 yuan, the registry's 5,000 and 6,000."""


def test_exits_are_held_against_the_registrys_line_and_falls_against_the_statistical_one(
    by_hand: Callable[..., County],
) -> None:
    # exits need 1.1 x 5,000 = 5,500, not 1.1 x 3,300; falls are under .9 x 3,300 = 2,970, not .9 x 5,000
    county = by_hand(
        6,
        {**EXACT, **LINES_APART, "registry.exit_share": {2017: 1.0}},
        ON,
        members=[2, 3, 1, 4, 2, 5],
        registry_status=[1, 1, 2, 2, 0, 0],
        net_income_pp=[5_499.0, 5_501.0, 2_969.0, 2_971.0, 2_969.0, 2_971.0],
    )
    assert _reviewed(county) == [REGISTERED_POOR, EXITED, EXITED_UNSTABLE, EXITED, REGISTERED_POOR, OUTSIDE]


def test_the_plan_is_of_persons_and_each_village_errs_by_its_own_team(by_hand: Callable[..., County]) -> None:
    # half of 12 persons leave: the best-off two of four households hold 6; two households would be half of four too,
    # but three of one member each would fit into 6 as well
    county = by_hand(
        4, HARD, ON, members=[5, 1, 3, 3], registry_status=1, net_income_pp=[4_000.0, 9_000.0, 8_000.0, 7_000.0]
    )
    assert _reviewed(county) == [REGISTERED_POOR, EXITED, EXITED, REGISTERED_POOR]
    n = 20_000
    noisy = {
        **HARD,
        "registry.verification_noise": 0.5,
        "registry.cadre_error": 0.4,
        "registry.exit_share": {2017: 0.0},
    }
    county = by_hand(2 * n, noisy, ON, villages=2, village=np.repeat([0, 1], n), registry_status=1, net_income_pp=4e3)
    county.villages.cadre_quality[:] = [1.0, -1.0]
    review(county)
    error = np.log(county.flows.verified_income / 4e3)
    assert (error[:n].std(), error[n:].std()) == (pytest.approx(0.3, rel=0.03), pytest.approx(0.7, rel=0.03))


def test_an_error_is_of_the_household_for_life_and_of_the_year(by_hand: Callable[..., County]) -> None:
    shares = judgement_shares(by_hand(1, EXACT))
    assert shares == pytest.approx((0.8**0.5, 0.2**0.5))  # shares of variance: their squares add up to one
    assert misjudgement(1.0, 0.0, shares) == pytest.approx(0.894427, abs=1e-6)
    assert misjudgement(2.0, -1.0, shares) == pytest.approx(2 * 0.894427 - 0.447214, abs=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.8, 1.0])
def test_verified_incomes_of_two_years_err_alike_by_the_lasting_share(
    by_hand: Callable[..., County], share: float
) -> None:
    n = 20_000
    county = by_hand(
        n,
        {
            **HARD,
            "registry.verification_noise": 0.25,
            "registry.lasting_misjudgement": share,
            "registry.exit_share": 0.0,
        },
        ON,
        registry_status=REGISTERED_POOR,
        net_income_pp=1000.0,
    )
    errors = []
    for county.year in (2017, 2018):
        review(county)
        errors.append(np.log(county.flows.verified_income / 1000.0))
    assert [error.std() for error in errors] == pytest.approx([0.25, 0.25], rel=0.03)
    assert np.corrcoef(errors)[0, 1] == pytest.approx(share, abs=0.03)
    lasting = county.luck.normals(VERIFICATION, 0, county.households.uid)
    assert np.corrcoef(errors[0], lasting)[0, 1] == pytest.approx(share**0.5, abs=0.03)


def test_the_first_register_and_later_reviews_misjudge_alike(by_hand: Callable[..., County]) -> None:
    n = 20_000
    same = {"net_income_pp": 4000.0, "net_income_pp_1": 4000.0, "net_income_pp_2": 4000.0}
    county = by_hand(
        n,
        {**HARD, "registry.registration_noise": 0.5, "registry.verification_noise": 0.25, "registry.exit_share": 0.0},
        registry_status=REGISTERED_POOR,
        **same,
    )
    judged = judged_poverty(county) - np.log(4000.0)
    assert judged.std() == pytest.approx(0.5, rel=0.03)
    county.year = 2018
    review(county)
    assert np.corrcoef(judged, np.log(county.flows.verified_income))[0, 1] == pytest.approx(0.8, abs=0.03)


def test_one_mistaken_income_returns_nobody(by_hand: Callable[..., County]) -> None:
    """Exited households at 1.5 lines; only a team that errs by log(1 / 1.5) in two years in a row returns one."""
    n = 20_000
    noisy = {
        **EXACT,
        "registry.verification_noise": 0.25,
        "registry.fall_margin": 1.0,
        "registry.lasting_misjudgement": 0.0,
    }
    county = by_hand(n, noisy, ON, registry_status=EXITED, net_income_pp=4500.0)
    first = np.asarray(_reviewed(county))
    once = stats.norm.cdf(np.log(1 / 1.5) / 0.25)
    assert set(first.tolist()) == {EXITED, EXITED_UNSTABLE}
    assert float((first == EXITED_UNSTABLE).mean()) == pytest.approx(once, abs=4 * (once / n) ** 0.5)
    county.year = 2018
    second = np.asarray(_reviewed(county))
    assert float((second == RELAPSED).mean()) == pytest.approx(once**2, abs=4 * (once**2 / n) ** 0.5)
    assert (second[first == EXITED] != RELAPSED).all()


def test_who_has_exited() -> None:
    codes = np.arange(6, dtype=np.int8)
    assert np.flatnonzero(has_exited(codes)).tolist() == [EXITED, EXITED_UNSTABLE]
