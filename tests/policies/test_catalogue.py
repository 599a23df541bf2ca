"""Which policies there are, and which are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tuopin.agents.columns import Column
from tuopin.agents.county import County
from tuopin.policies import catalogue as module
from tuopin.policies.catalogue import catalogue
from tuopin.policies.ledger import Ledger
from tuopin.policies.older_protocols import changes_missed
from tuopin.policies.places.relocation import Relocation
from tuopin.policies.protocol import Policy

ROOT = Path(__file__).parents[2]


class _Point:
    """An installed entry point, as `importlib.metadata` would give it."""

    def __init__(self, value: str, loaded: Any) -> None:
        self.value, self._loaded = value, loaded

    def load(self) -> Any:
        return self._loaded


class _Impostor(Relocation):
    pass


class _Homeless(Relocation):
    name = "homeless"
    family = "charity"


class _Dated(Relocation):
    name = "dated"
    protocol = 1


class _Old(Policy):
    """As the guide had it before protocol 2."""

    name = "old"
    own_columns = (Column("old_x", "programme", "bool", "flag", 0, 1, "x", "x"),)  # type: ignore[assignment]

    def eligible(self, county: County) -> Any:  # type: ignore[override]
        return super().eligible(county)  # type: ignore[call-arg]

    def enrol(self, county: County, rows: Any) -> None:  # type: ignore[override]
        self.rows = rows

    def serve(self, county: County, ledger: Ledger) -> None: ...


@pytest.mark.parametrize(
    ("loaded", "complaint"),
    [
        (_Impostor, "other:X: the policy name 'relocation' is already taken"),
        (object, "other:X: a policy must be a subclass"),
        ("text", "other:X: a policy must be a subclass"),
        (_Homeless, "other:X: the family 'charity' is not one of finding, staff"),
        (_Old, "the policy 'old' is not written for protocol 2: `serve` is now `change_terms`"),
        (_Old, "`eligible` now takes \\(county, observed\\)"),
        (_Old, "`enrol` now takes \\(county, rows, places\\), where `places` is what `room` returned"),
        (_Old, "`own_columns` is now a subclass of `OwnColumns`"),
        (_Dated, "the policy 'dated' is not written for protocol 2: it declares protocol 1"),
    ],
)
def test_a_foreign_or_clashing_policy_is_refused(monkeypatch: pytest.MonkeyPatch, loaded: Any, complaint: str) -> None:
    monkeypatch.setattr(module, "entry_points", lambda group: [_Point("other:X", loaded)])
    with pytest.raises(ValueError, match=complaint):
        catalogue.__wrapped__()


def test_the_shipped_policies_are_there_in_order_of_names() -> None:
    found = catalogue()
    assert list(found) == sorted(found)
    assert {"cooperative", "health_insurance", "low_income_support", "relocation"} <= set(found)
    for name, policy in found.items():
        assert issubclass(policy, Policy) and policy.name == name and policy.label and policy.label_zh
        assert changes_missed(policy) == []
        if policy.__module__.startswith("tuopin."):
            assert policy.__module__ == f"tuopin.policies.{policy.family}.{name}.rules"


def test_every_module_has_its_folder_numbers_and_hand_worked_cases() -> None:
    for name, policy in catalogue().items():
        if policy.__module__.startswith("tuopin."):
            assert (ROOT / "policies" / policy.family / name / "parameters.yaml").is_file()
            assert (ROOT / "tests" / "policies" / policy.family / name / "cases.yaml").is_file()


def test_no_two_policies_write_the_same_column() -> None:
    written = [column for policy in catalogue().values() for column in policy.writes]
    assert len(set(written)) == len(written)
