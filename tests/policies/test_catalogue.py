"""Which policies there are, and which are refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tuopin.agents.columns import Column
from tuopin.agents.county import County
from tuopin.policies import catalogue as module
from tuopin.policies.catalogue import built_in, catalogue
from tuopin.policies.ledger import Ledger
from tuopin.policies.older_protocols import changes_missed
from tuopin.policies.places.relocation import Relocation
from tuopin.policies.protocol import Policy
from tuopin.policies.writes import COMBINED, root

ROOT = Path(__file__).parents[2]


class _Point:
    """An installed entry point, as `importlib.metadata` would give it."""

    def __init__(self, value: str, loaded: Any, name: str = "x") -> None:
        self.name, self.value, self._loaded = name, value, loaded

    def load(self) -> Any:
        if isinstance(self._loaded, BaseException):
            raise self._loaded
        return self._loaded


class _Impostor(Relocation):
    pass


class _Homeless(Relocation):
    name = "homeless"
    family = "charity"


class _Dated(Relocation):
    name = "dated"
    protocol = 1


class _Old(Relocation):
    """As the guide had it before protocol 2."""

    name = "old"
    protocol = 1
    own_columns = (Column("old_x", "programme", "bool", "flag", 0, 1, "x", "x"),)  # type: ignore[assignment]

    def eligible(self, county: County) -> Any:  # type: ignore[override]
        return super().eligible(county)  # type: ignore[call-arg]

    def enrol(self, county: County, rows: Any) -> None:  # type: ignore[override]
        self.rows = rows

    def serve(self, county: County, ledger: Ledger) -> None: ...


def _variant(**attributes: Any) -> type[Policy]:
    return type("Variant", (Relocation,), {"name": "good", "family": "", "writes": (), **attributes})


NEEDED = ("base", "use", "every", "parameters", "basic_insurance", "resident_pension", "grain_subsidy")


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
        (SystemExit(0), "other:X: cannot be imported: SystemExit: 0"),
        (ImportError("no module called x"), "other:X: cannot be imported: ImportError: no module"),
        (SyntaxError("half\na line \udcff"), r"cannot be imported: SyntaxError: half a line \\udcff$"),
        (GeneratorExit(), "other:X: cannot be imported: GeneratorExit"),
        (_variant(name="../up"), "its name is '../up'; allowed: up to 64 lower-case letters"),
        (_variant(name=7), "its name is 7"),
        *((_variant(name=name), f"its name is '{name}', which a scenario or the accounts need") for name in NEEDED),
        (_variant(label=None), "it has no label"),
        (_variant(capital_years=-1), "its capital_years are -1; allowed: whole years from 0 to 100"),
        (_variant(capital_years=True), "its capital_years are True; allowed: whole years from 0 to 100"),
        (_variant(steps="programmes"), "its steps are 'programmes'; allowed: a tuple of texts"),
        (_variant(writes=(1,)), "its writes are"),
        (_variant(parameters={"cost": 5}), "its parameters are none"),
        (_variant(parameters={}), "its parameters lack budget"),
        (_variant(block=0), "it overrides block; allowed: the rules of docs/plugin.md"),
        (_variant(since=lambda self, county: None), "it overrides since"),
        (_variant(columns=classmethod(lambda cls: ())), "it overrides columns"),
        (_variant(own_columns=object), "`own_columns` is now a subclass of `OwnColumns`"),
        (_variant(writes=("lande",)), "it writes 'lande', which is no column of all households"),
        (_Dated, "the policy 'dated' is not written for protocol 2: it declares protocol 1"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_left_out_and_told_of(
    monkeypatch: pytest.MonkeyPatch, loaded: Any, complaint: str
) -> None:
    points = [_Point("other:X", loaded), _Point("other:Good", _variant(), "good")]
    monkeypatch.setattr(module, "entry_points", lambda group: points)
    monkeypatch.setattr(module, "dead_plug_ins", lambda points: {})
    found = module._discover.__wrapped__()
    assert set(found.policies) == {*built_in(), "good"} and set(found.broken) == {"x"}
    assert re.search(complaint, found.broken["x"]) and len(found.broken["x"].splitlines()) == 1


def test_two_plug_ins_of_one_name_are_both_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [_Point("a:X", _variant(), "good"), _Point("b:X", _variant(), "good")]
    monkeypatch.setattr(module, "entry_points", lambda group: points)
    monkeypatch.setattr(module, "dead_plug_ins", lambda points: {})
    found = module._discover.__wrapped__()
    assert "good" not in found.policies
    assert found.broken == {"good": "a:X and b:X: both claim the policy name 'good'"}


def test_the_shipped_policies_are_there_in_order_of_names() -> None:
    found = catalogue()
    assert list(found) == sorted(found)
    assert {"cooperative", "health_insurance", "low_income_support", "relocation"} <= set(found)
    for name, policy in found.items():
        assert issubclass(policy, Policy) and policy.name == name and policy.label and policy.label_zh
        assert changes_missed(policy) == []
        if policy.__module__.startswith("tuopin."):
            assert policy.__module__ == f"tuopin.policies.{policy.family}.{root(name)}.rules"


def test_every_module_has_its_folder_numbers_and_hand_worked_cases() -> None:
    for variant, policy in catalogue().items():
        if policy.__module__.startswith("tuopin."):
            name = root(variant)
            assert (ROOT / "policies" / policy.family / name / "parameters.yaml").is_file()
            tests = ROOT / "tests" / "policies" / policy.family / name
            assert (tests / "cases.yaml").is_file() if policy.enrols else list(tests.glob("test_*.py")), name


def test_two_shipped_policies_share_only_columns_whose_changes_combine() -> None:
    """Whatever a study puts together; variants of one policy, and holders of one process, stand in for each other."""
    writers: dict[str, set[str]] = {}
    for name, policy in catalogue().items():
        for column in policy.writes:
            writers.setdefault(column, set()).add(root(name))
    assert {column for column, names in writers.items() if len(names) > 1} <= set(COMBINED)
