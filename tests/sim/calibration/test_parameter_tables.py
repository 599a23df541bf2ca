from __future__ import annotations

from pathlib import Path

import pytest

from tuopin.sim.calibration.parameter_tables import groups, renewed, rules, table_of

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
    assert "| tier_b | 0.5 |" in table
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


def test_the_odd_document_tells_every_rule_of_every_mechanism() -> None:
    """Every function marked `@rule`; to renew: python -m tuopin.sim.calibration.parameter_tables docs/odd.md."""
    text = ODD.read_text(encoding="utf-8")
    assert len(rules()) >= 16
    for file, said in rules().items():
        assert f"`{file}`" in text, file
        for name, says in said.items():
            assert says, f"{file}: {name} says nothing"
            assert f"| `{name}` | {says} | `{file}` |" in text, f"{file}: {name}"


NOT_FUNCTIONS = {
    "agents/composition.py": ("nobody is in college at the start",),
    "agents/demography.py": ("young families", "Children left without adults"),
    "agents/economy.py": ("yuan of 2016",),
    "agents/finance.py": ("usual", "three years"),
    "agents/groups.py": ("settlement", "registered_at_start"),
    "agents/income.py": ("elderly_unsupported_share",),
    "agents/registry.py": ("exited-unstable", "two verified incomes in a row", "lasting_misjudgement"),
    "agents/status.py": ("official_income_multiple", "official_consumption_multiple"),
    "policies/cycle.py": ("passed on",),
    "policies/livelihood/cooperative/rules.py": ("by lot", "paid for once"),
    "policies/places/relocation/rules.py": ("keeps the better house", "return_years", "rent_per_mu"),
    "policies/protection/eco_compensation/rules.py": ("retired_share", "paid_year_1"),
    "policies/protection/health_insurance/rules.py": ("paid ratio",),
    "policies/protection/low_income_support/rules.py": ("five-guarantee households first", "retest_margin"),
    "policies/work/public_jobs/rules.py": ("holders first",),
    "policies/work/training/rules.py": ("entry_gain",),
    "sim/measures/catastrophic.py": ("capacity to pay",),
    "sim/measures/multidimensional.py": ("two of the five",),
    "sim/comparison": ("discounted",),
}
"""Rules that are no function of their own, by where they are, and words by which the document must tell them."""


@pytest.mark.parametrize("file", NOT_FUNCTIONS)
def test_the_odd_document_tells_what_is_no_function(file: str) -> None:
    assert (ODD.parents[1] / file).exists(), file
    text = " ".join(ODD.read_text(encoding="utf-8").split())
    for words in NOT_FUNCTIONS[file]:
        assert words in text, f"{file}: {words}"
