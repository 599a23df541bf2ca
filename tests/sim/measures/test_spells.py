from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures import spells

A = 2016


def run(histories: list[str], members: list[int], *, exited: list[bool] | None = None) -> dict[str, np.ndarray]:
    """Follow households whose yearly status is written as a string: p poor, . not poor."""
    poor = np.array([[c == "p" for c in h] for h in histories])
    m = np.array(members, dtype=np.int16)
    last = A + poor.shape[1] - 1
    counts = spells.new_counts(A, last)
    start, left = spells.begin(
        poor=poor[:, 0], exited=np.zeros(len(m), dtype=bool) if exited is None else np.array(exited), year=A
    )
    for k in range(1, poor.shape[1]):
        spells.advance(counts, A, A + k, spells.Running(poor[:, k], m, start, left), poor[:, k - 1])
    spells.close(counts, A, last, spells.Running(poor[:, -1], m, start, left))
    return spells.merged(counts, A)


def rows(columns: dict[str, np.ndarray]) -> list[tuple[object, ...]]:
    return list(zip(*(values.tolist() for values in columns.values()), strict=True))


def test_one_household_out_and_back() -> None:
    assert rows(run(["p..pp"], [4])) == [
        ("poor", 2016, 1, True, True, 1, 4),  # ran when first seen: beginning unknown
        ("poor", 2019, 1, False, False, 1, 4),  # still running at the last assessment, a year after it began
        ("exited", 2017, 2, True, False, 1, 4),  # relapsed two years after the exit
    ]


def test_a_household_never_poor_has_no_spell() -> None:
    assert rows(run(["....."], [3])) == []


def test_first_poverty_after_the_start_is_not_left_censored_and_ends_no_exit() -> None:
    assert rows(run([".pp."], [2])) == [
        ("poor", 2017, 2, True, False, 1, 2),
        ("exited", 2019, 0, False, False, 1, 2),
    ]


def test_registered_exit_before_the_start_is_left_censored() -> None:
    assert rows(run(["..p"], [5], exited=[True])) == [
        ("poor", 2018, 0, False, False, 1, 5),
        ("exited", 2016, 2, True, True, 1, 5),
    ]


def test_equal_spells_are_merged_and_counted() -> None:
    assert rows(run(["p..", "p..", "p.p"], [4, 1, 2])) == [
        ("poor", 2016, 1, True, True, 3, 7),
        ("poor", 2018, 0, False, False, 1, 2),
        ("exited", 2017, 1, False, False, 2, 5),
        ("exited", 2017, 1, True, False, 1, 2),
    ]


def test_persons_are_those_at_the_end_of_the_spell() -> None:
    counts = spells.new_counts(A, A + 1)
    start, left = spells.begin(poor=np.array([True]), exited=np.array([False]), year=A)
    now = spells.Running(np.array([False]), np.array([3]), start, left)
    spells.advance(counts, A, A + 1, now, np.array([True]))
    assert spells.merged(counts, A)["persons"].tolist() == [3]


def test_a_leaver_is_censored_at_its_last_assessment() -> None:
    counts = spells.new_counts(A, A + 5)
    start, left = np.array([2018], dtype=np.int16), np.array([False])
    spells.close(counts, A, 2020, spells.Running(np.array([False]), np.array([2]), start, left))
    assert rows(spells.merged(counts, A)) == [("exited", 2018, 2, False, False, 1, 2)]


def test_a_year_outside_the_table_is_refused() -> None:
    counts = spells.new_counts(A, A + 2)
    one, year = np.array([True]), np.array([A], dtype=np.int16)
    with pytest.raises(ValueError, match="2016 to 2018"):
        spells.advance(counts, A, 2019, spells.Running(~one, np.array([1]), year, one.copy()), one)


HISTORIES = st.lists(st.tuples(st.text("p.", min_size=6, max_size=6), st.integers(1, 9)), min_size=1, max_size=20)


@given(HISTORIES)
def test_merging_conserves_spells_persons_and_years(households: list[tuple[str, int]]) -> None:
    histories, members = [h for h, _ in households], [m for _, m in households]
    found = run(histories, members)
    poor = found["kind"] == "poor"
    runs = [part for h in histories for part in h.split(".") if part]
    assert found["households"][poor].sum() == len(runs)
    weighted = sum(m * len([part for part in h.split(".") if part]) for h, m in households)
    assert found["persons"][poor].sum() == weighted
    # years in poverty: an ended spell of k years holds k poor assessments, a running one k + 1
    years = (found["years"] + ~found["ended"])[poor]
    assert (years * found["persons"][poor]).sum() == sum(m * h.count("p") for h, m in households)


@given(HISTORIES, st.randoms(use_true_random=False))
def test_row_order_and_chunks_do_not_matter(households: list[tuple[str, int]], shuffler: object) -> None:
    shuffled = list(households)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    whole = rows(run([h for h, _ in households], [m for _, m in households]))
    assert rows(run([h for h, _ in shuffled], [m for _, m in shuffled])) == whole
