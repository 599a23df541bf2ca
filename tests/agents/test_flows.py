"""The year's arrays: terms begin every year neutral, whoever held them, and never hide behind an attribute."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from tuopin.agents.arrays import F64, Array
from tuopin.agents.flows import QUANTITIES, TERMS, Flows
from tuopin.agents.households import Households
from tuopin.agents.kernels import pick


def test_writing_an_attribute_writes_the_buffer() -> None:
    f = Flows()
    f.reset(3)
    f.wage_term += 2.0
    f.entry_factor *= 0.5
    assert f.wage_term.tolist() == [2.0] * 3 and f.entry_factor.tolist() == [0.5] * 3
    assert not {"wage_term", "entry_factor"} & set(vars(f))
    f.reset(5)
    for name, term in TERMS.items():
        values = getattr(f, name)
        assert values.dtype == np.dtype(term.dtype) and values.tolist() == [term.neutral] * 5, name
    for name, quantity in QUANTITIES.items():
        assert getattr(f, name).dtype == np.dtype(quantity.dtype) and len(getattr(f, name)) == 5
    with pytest.raises(AttributeError, match="no quantity"):
        _ = f.wages


@pytest.mark.parametrize("name", TERMS)
def test_what_is_written_to_a_term_taken_for_reading_is_neutral_again_next_year(name: str) -> None:
    flows = Flows()
    flows.reset(3)
    held = flows.array(name)
    held += 100  # by somebody who was only to read it
    flows.reset(3)
    assert getattr(flows, name).tolist() == [TERMS[name].neutral] * 3
    flows.reset(2)
    getattr(flows, name)[:] = 7
    flows.reset(3)  # a year with more households than the one in which it was written
    assert getattr(flows, name).tolist() == [TERMS[name].neutral] * 3


class _Pay(NamedTuple):
    """What a programme's kernel is given; one of the model's own would begin with tuopin.agents."""

    wage_term: F64


WAYS: dict[str, Callable[[Flows], Array]] = {
    "attribute": lambda flows: flows.wage_term,
    "array": lambda flows: flows.array("wage_term"),
    "mapping": lambda flows: flows.as_mapping()["wage_term"],
    "kernel": lambda flows: pick(_Pay, Households(3), flows).wage_term,
}


@pytest.mark.parametrize("way", WAYS)
def test_who_was_given_a_terms_array_once_may_write_to_it_in_any_year(way: str) -> None:
    flows = Flows()
    flows.reset(3)
    held = WAYS[way](flows)
    for size in (3, 2, 3, 3):
        flows.reset(size)
        assert flows.for_reading()["wage_term"].tolist() == [0.0] * size
        held += 5.0
        assert flows.for_reading()["wage_term"].tolist() == [5.0] * size


def test_terms_nobody_asked_for_are_neutral_in_years_of_any_size() -> None:
    flows = Flows()
    assert not flows.begun
    for size in (3, 2, 5, 40, 1, 44):
        flows.reset(size)
        assert flows.begun
        for name, term in TERMS.items():
            assert flows.for_reading()[name].tolist() == [term.neutral] * size, name


def test_every_flow_says_what_it_is() -> None:
    for name, flow in {**TERMS, **QUANTITIES}.items():
        assert flow.name == name and flow.unit and flow.meaning
    assert not set(TERMS) & set(QUANTITIES)
    assert {flow.neutral for flow in TERMS.values()} == {0, 1}
