"""Groups of the indicators: the rule of each trait on households made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tuopin.agents.groups import NO_YES, START, TRAITS, groups_of
from tuopin.agents.households import Households


def test_every_trait_parts_the_households_by_its_rule() -> None:
    h = Households(4)
    h.members[:], h.elderly[:] = [2, 2, 1, 3], [2, 1, 0, 3]
    h.disabled[:] = [0, 2, 0, 1]
    h.settlement[:] = [0, 1, 2, 3]
    h.start_poor[:] = [False, False, True, False]
    h.registered_at_start[:] = [True, False, True, True]
    found = groups_of(h)
    assert list(found) == [*(trait.name for trait in TRAITS), START]
    assert {name: codes.tolist() for name, (codes, _) in found.items()} == {
        "elderly_only": [1, 0, 0, 1],
        "disabled": [0, 1, 0, 1],
        "remote": [1, 0, 0, 0],
        "registered": [1, 0, 1, 1],
        "start": [0, 0, 1, 0],
    }
    assert all(codes.dtype == np.int8 for codes, _ in found.values())
    assert [labels for _, labels in found.values()] == [NO_YES] * len(TRAITS) + [("not_poor", "poor")]


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_every_group_has_a_label_in_both_languages(trait: object) -> None:
    assert all(trait.yes) and all(trait.no) and trait.yes != trait.no  # type: ignore[attr-defined]
