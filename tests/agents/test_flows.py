"""The year's arrays: terms begin every year neutral, whoever held them, and never hide behind an attribute."""

from __future__ import annotations

import numpy as np
import pytest

from tuopin.agents.flows import QUANTITIES, TERMS, Flows


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


def test_every_flow_says_what_it_is() -> None:
    for name, flow in {**TERMS, **QUANTITIES}.items():
        assert flow.name == name and flow.unit and flow.meaning
    assert not set(TERMS) & set(QUANTITIES)
    assert {flow.neutral for flow in TERMS.values()} == {0, 1}
