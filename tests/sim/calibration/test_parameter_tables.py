from __future__ import annotations

from pathlib import Path

import pytest

from tuopin.sim.calibration.parameter_tables import groups, renewed, table_of

ODD = Path(__file__).parents[3] / "docs" / "odd.md"


def test_the_odd_document_prints_every_parameter_as_it_is() -> None:
    """To renew: python -m tuopin.sim.calibration.parameter_tables docs/odd.md."""
    text = ODD.read_text(encoding="utf-8")
    for name in groups():
        assert f"<!-- parameters: {name} -->" in text
    assert renewed(text) == text, "run: python -m tuopin.sim.calibration.parameter_tables docs/odd.md"


def test_free_parameters_are_marked_and_years_of_equal_value_are_one_run() -> None:
    support = groups()["low_income_support"]
    table = table_of(support)
    assert (
        "| budget_rate | 1: 2810 | yuan of 2016/registered household/year | 0.5 to 2 | **free** (modelling-choice) |"
        in table
    )
    assert "| tier_b | 0.55 |" in table
    assert table.count("\n") == len(support) + 2


def test_only_marked_places_change_and_an_unknown_group_is_named() -> None:
    text = "before\n<!-- parameters: learning -->\nold\n<!-- end -->\nafter\n"
    new = renewed(text)
    assert new.startswith("before\n<!-- parameters: learning -->\n| parameter |")
    assert new.endswith("<!-- end -->\nafter\n")
    assert "old" not in new
    assert renewed(new) == new
    with pytest.raises(ValueError, match="no parameters are called nonsense"):
        renewed("<!-- parameters: nonsense -->\n<!-- end -->")
