"""The switches: known names and offered values only; no spill-overs means none of their channels."""

from __future__ import annotations

import pytest

from tuopin.agents.mechanisms import MECHANISMS, resolve_mechanisms


def test_defaults_and_choices() -> None:
    resolved = resolve_mechanisms({})
    assert resolved == {name: m.default for name, m in MECHANISMS.items()}
    for name, mechanism in MECHANISMS.items():
        assert mechanism.default in mechanism.choices and mechanism.meaning and mechanism.zh, name
        for choice in mechanism.choices:
            assert resolve_mechanisms({name: choice})[name] == choice
    assert MECHANISMS["asset_trap"].choices == ("none", "concave", "threshold")


def test_unknown_names_and_values_are_refused() -> None:
    with pytest.raises(KeyError):
        resolve_mechanisms({"magic": True})
    for name, value in (
        ("illness", 1),
        ("illness", "yes"),
        ("asset_trap", True),
        ("asset_trap", "convex"),
        ("weather", None),
    ):
        with pytest.raises(ValueError, match=f"{name}: .* is not one of"):
            resolve_mechanisms({name: value})  # type: ignore[dict-item]


def test_without_spillovers_no_channel_is_open() -> None:
    resolved = resolve_mechanisms({"spillovers": False, "supply_price": True, "demonstration": True, "vacancies": True})
    assert [resolved[n] for n in ("spillovers", "supply_price", "demonstration", "vacancies")] == [False] * 4
