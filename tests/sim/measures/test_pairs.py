"""A scenario against the baseline on the same households: relapse, relief and prevention, who is helped and harmed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.pairs import MEASURES, Histories, first_exits, pair_measures


def bits(history: str) -> int:
    """Years of poverty as bits of a history, p poor, . not."""
    return sum(1 << year for year, status in enumerate(history) if status == "p")


def histories(rows: dict[int, tuple[float, str]]) -> Histories:
    return Histories(
        np.array(list(rows), dtype=np.int64),
        np.array([persons for persons, _ in rows.values()], dtype=np.float64),
        np.array([bits(history) for _, history in rows.values()], dtype=np.int64),
    )


def test_a_pair_by_hand() -> None:
    baseline = histories(
        {
            1: (2.0, "pppppp"),
            2: (3.0, ".ppppp"),
            3: (1.0, "......"),
            4: (4.0, "p..p.."),
            5: (5.0, "pppppp"),
            7: (9.0, "p....."),  # dies out under the scenario
        }
    )
    scenario = histories(
        {
            6: (8.0, "p....."),  # there under the scenario only
            5: (5.0, "pppppp"),
            4: (4.0, "p....p"),
            3: (1.0, ".....p"),
            2: (3.0, "......"),
            1: (2.0, "p....."),
        }
    )
    found = pair_measures(baseline, scenario, 5)
    assert found == {
        "exited_in_both_persons": 4.0,  # the fourth: in year 1, which can be followed for three years
        "relapsed_persons": 0.0,  # it falls in the fourth year after, in the baseline in the second
        "relapsed_in_baseline_persons": 4.0,
        "relief_person_years": 2.0 * 5,
        "prevention_person_years": 3.0 * 5 - 1.0,
        "lifted_persons": 2.0,
        "stayers_persons": 5.0,
        "prevented_persons": 3.0,
        "induced_persons": 1.0 + 4.0,
        "helped_persons": 2.0 + 3.0,
        "harmed_persons": 1.0,
    }
    assert tuple(found) == MEASURES


@pytest.mark.parametrize(
    ("history", "year", "relapsed"),
    [
        ("......", 0, False),
        ("pppppp", 0, False),
        ("p.....", 1, False),
        ("p...p.", 1, True),
        ("p....p", 1, False),
        (".pp.p.", 3, True),
        ("p.p...", 1, True),
    ],
)
def test_first_exits_by_hand(history: str, year: int, relapsed: bool) -> None:
    found = first_exits(np.array([bits(history)], dtype=np.int64), 5)
    assert (found.year.tolist(), found.relapsed.tolist()) == ([year], [relapsed])


history = st.text("p.", min_size=7, max_size=7)


@given(st.lists(st.tuples(history, history, st.integers(1, 9)), min_size=1, max_size=20))
def test_a_pair_is_counted_as_its_words_say(rows: list[tuple[str, str, int]]) -> None:
    rows = [(without, without[0] + under[1:], persons) for without, under, persons in rows]  # one initial state
    found = pair_measures(
        histories({k: (persons, without) for k, (without, _, persons) in enumerate(rows)}),
        histories({k: (persons, under) for k, (_, under, persons) in enumerate(rows)}),
        6,
    )

    def exit_of(text: str) -> int:
        return text.find("p.") + 1 if "p." in text else 0

    expected = dict.fromkeys(MEASURES, 0)
    for without, under, persons in rows:
        fewer = without[1:].count("p") - under[1:].count("p")
        expected["relief_person_years" if without[0] == "p" else "prevention_person_years"] += persons * fewer
        expected["helped_persons"] += persons * (fewer > 0)
        expected["harmed_persons"] += persons * (fewer < 0)
        if 0 < exit_of(without) <= 3 and 0 < exit_of(under) <= 3:
            expected["exited_in_both_persons"] += persons
            for name, text in (("relapsed_persons", under), ("relapsed_in_baseline_persons", without)):
                after = exit_of(text) + 1
                expected[name] += persons * ("p" in text[after : after + 3])
        kind = {"pp.": "lifted_persons", "ppp": "stayers_persons", ".p.": "prevented_persons"}
        if name := kind.get(without[0] + without[-1] + under[-1]):
            expected[name] += persons
        expected["induced_persons"] += persons * (without[-1] == "." and under[-1] == "p")
    assert found == expected


def test_arrays_of_one_run_are_of_one_length() -> None:
    sound = histories({1: (1.0, "p.")})
    with pytest.raises(ValueError, match="persons"):
        pair_measures(sound, sound._replace(persons=np.ones(2)), 1)
