"""The table of industry lines: codes, what follows from a row, and the numbers each row needs in YAML."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from tuopin.agents import lines, place
from tuopin.agents.columns import COLUMNS
from tuopin.agents.lines import COOPERATIVE_LINES, GRAIN, INDUSTRY, LINES, OWN_LINES_FROM
from tuopin.agents.parameters import model_parameters


def named(flags: np.ndarray) -> set[str]:
    return {LINES[k] for k in np.flatnonzero(flags)}


def test_codes_are_those_of_every_earlier_release() -> None:
    """Saved states, panels and luck of markets go by them."""
    assert (
        *("none", "grain", "tea", "livestock", "silk", "vegetables", "herbs"),
        *("mushrooms", "fruit", "konjac", "tourism", "trade"),
    ) == LINES
    assert COLUMNS["line"].high == len(LINES) - 1 and all(line.zh for line in INDUSTRY)


def test_what_follows_from_the_rows() -> None:
    assert named(lines.WEATHERPROOF) == {"none", "livestock", "tourism", "trade"}
    assert named(lines.SOLD_OUTSIDE) == {"none", "grain", "tourism", "trade"}
    assert named(lines.ANIMALS) == {"livestock"}
    assert [LINES[k] for k in COOPERATIVE_LINES] == ["fruit", "herbs", "mushrooms", "vegetables", "livestock", "tea"]


def test_every_line_finds_its_numbers() -> None:
    known = model_parameters()
    for line in INDUSTRY:
        assert f"production.price_sd_{line.price_risk}" in known
        assert (f"production.{line.name}_gestation" in known) == line.gestation
        for part in ("share", "income"):
            assert (f"production.{part}_{line.name}" in known) == (LINES.index(line.name) >= OWN_LINES_FROM)


def test_a_place_may_name_any_line_but_none() -> None:
    names = TypeAdapter(place.Line)
    for name in LINES[GRAIN:]:
        assert names.validate_python(name) == name
    for other in ("none", "cattle"):
        with pytest.raises(ValidationError):
            names.validate_python(other)


def test_the_table_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        lines.WEATHERPROOF[0] = False
