"""What modules say of documented systems is held against names and against what moves when it is simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuopin.sim.cli import status_of
from tuopin.sim.evidence.check import faults
from tuopin.sim.evidence.systems import CARRIED, NO_MECHANISM, OPEN, all_facts, all_systems, register
from tuopin.sim.evidence.systems import status_of as status

SOUND = """\
ls-flood-recovery:
  parameters: struck_share by year
  study: lushi
  on: {struck_share: {2017: 0.5}}
  moves: {indicator: mean_income_per_person, direction: down}
"""


def entries(tmp_path: Path, text: str, module: str = "circumstances") -> Path:
    folder = tmp_path / "family" / module
    folder.mkdir(parents=True)
    (folder / "evidence.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def told(tmp_path: Path, text: str, module: str = "circumstances") -> list[str]:
    return faults(register(entries(tmp_path, text, module)), all_systems())


def test_every_documented_system_is_listed_once_with_facts_that_there_are() -> None:
    systems = all_systems()
    assert len(systems) == len({system.system for system in systems}) == 175
    assert {system.kind for system in systems} == {"mechanism", "bundle", NO_MECHANISM}
    assert len(all_facts()) == 551
    assert all(set(system.facts) <= all_facts() and system.name_zh and system.place for system in systems)


def test_what_is_shipped_holds() -> None:
    found = register()
    assert len(found.carriers) >= 60 and faults(found, all_systems()) == []


def test_a_sound_entry_passes_and_the_rest_is_open(tmp_path: Path) -> None:
    found = register(entries(tmp_path, SOUND))
    assert faults(found, all_systems()) == []
    statuses = [status(system, found.carriers) for system in all_systems()]
    assert [statuses.count(word) for word in (CARRIED, OPEN, NO_MECHANISM)] == [1, 169, 5]


WRONG = {
    "ls-flood-recovery.moves: mean_income_per_person of all": ("direction: down", "direction: up"),
    "ls-flood-recovery.study: there is no study 'lush'": ("study: lushi", "study: lush"),
    "ls-flood-recovery.moves.indicator: there is no 'income'": ("mean_income_per_person", "income"),
    "evidence.yaml:1: ls-flood: there is no system 'ls-flood'": ("ls-flood-recovery", "ls-flood"),
    "unknown parameter 'struck'": ("struck_share: {", "struck: {"),
    "ls-flood-recovery.moves.direction": ("direction: down", "direction: sideways"),
    "ls-flood-recovery.parameters": ("parameters: struck_share by year", "parameters: 3"),
}


@pytest.mark.parametrize("complaint", WRONG)
def test_what_does_not_hold_is_told(tmp_path: Path, complaint: str) -> None:
    lines = told(tmp_path, SOUND.replace(*WRONG[complaint]))
    assert len(lines) == 1 and complaint in lines[0]


def test_nothing_switched_on_moves_nothing(tmp_path: Path) -> None:
    (line,) = told(tmp_path, SOUND.replace("{struck_share: {2017: 0.5}}", "{}"))
    assert "ls-flood-recovery.moves" in line and "allowed: what moves down" in line


BESIDE = """\
mc-dibao:
  parameters: measure allowance on referral
  study: lushi
  with: {monitoring: {}}
  on: {}
  moves: {indicator: served_allowance_households, group: policy=monitoring, direction: up}
"""
NUMBERS = """\
js-edge-relapse:
  parameters: registry.exit_margin
  study: lushi
  on: {}
  against: {}
  numbers: {registry.exit_margin: 1.0}
  moves: {indicator: registered_persons, view: registry, direction: down}
"""


@pytest.mark.parametrize(
    ("text", "module", "less"),
    [
        (BESIDE, "low_income_support", ("  with: {monitoring: {}}\n", "")),
        (NUMBERS, "identification", ("exit_margin: 1.0}", "exit_margin: 1.1}")),
    ],
)
def test_policies_beside_and_numbers_of_the_model_are_in_what_is_tried(
    tmp_path: Path, text: str, module: str, less: tuple[str, str]
) -> None:
    assert told(tmp_path / "all", text, module) == []
    (line,) = told(tmp_path / "less", text.replace(*less), module)
    assert ".moves" in line


def test_a_study_that_is_not_there_does_not_hide_what_does_not_move(tmp_path: Path) -> None:
    wrong = SOUND.replace("study: lushi", "study: lush").replace("direction: down", "direction: up")
    lines = told(tmp_path, wrong)
    assert [line.split(": ")[1] for line in lines] == ["ls-flood-recovery.study", "ls-flood-recovery.moves"]


def test_another_module_than_the_list_says_and_two_modules_are_told(tmp_path: Path) -> None:
    (line,) = told(tmp_path, SOUND, "relocation")
    assert "ls-flood-recovery.module: is relocation; allowed: circumstances" in line
    found = register(entries(tmp_path, SOUND))
    (line,) = found.problems
    assert "carried by circumstances already" in line or "carried by relocation already" in line


def test_the_command_lists_counts_and_ends_with_one_where_something_does_not_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert status_of(["evidence", "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 176 and lines[0].startswith("system,status,kind,module")
    assert any(line.startswith("ls-five-zone-relocation,carried,mechanism,relocation") for line in lines)
    module = "tuopin.sim.evidence.systems.policies.__file__"
    monkeypatch.setattr(module, str(entries(tmp_path / "sound", SOUND) / "__init__.py"))
    assert status_of(["evidence", "--check"]) == 0
    printed = capsys.readouterr()
    assert "175 documented systems: 1 carried, 169 open, 5 no mechanism." in printed.out
    assert "every observable moves" in printed.err
    wrong = entries(tmp_path, SOUND.replace("direction: down", "direction: up"))
    monkeypatch.setattr(module, str(wrong / "__init__.py"))
    assert status_of(["evidence", "--check"]) == 1
    assert "ls-flood-recovery.moves" in capsys.readouterr().err
