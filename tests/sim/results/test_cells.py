from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.results.cells import neutral, original

words = st.text(max_size=12) | st.text(alphabet="'=+-@\t\r5e.", max_size=6)


@given(words)
def test_a_word_comes_back(word: str) -> None:
    assert original(neutral(word)) == word


@given(words)
def test_no_cell_begins_a_formula(word: str) -> None:
    cell = neutral(word)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or float(cell) == float(word)


@pytest.mark.parametrize("word", ["-5", "+1.5", "-1e-3", "2017", "plain", "a=b", "嵩县"])
def test_numbers_and_plain_words_stay(word: str) -> None:
    assert neutral(word) == word


@pytest.mark.parametrize("word", ["=HYPERLINK(1)", "+cmd", "-a", "@SUM(1)", "\tx", "\r=1", "-5=1", "\uff1d1"])
def test_formulas_are_made_harmless(word: str) -> None:
    assert neutral(word) == "'" + word
