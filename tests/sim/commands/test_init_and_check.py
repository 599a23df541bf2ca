from __future__ import annotations

import re
from pathlib import Path

import pytest

from tuopin.sim.cli import status_of
from tuopin.sim.commands.check import summary
from tuopin.sim.commands.init import slug
from tuopin.sim.study.shipped import shipped_places
from tuopin.sim.study.study import Study
from tuopin.sim.study.yaml_file import read_document


def test_template_passes_check_and_says_what_was_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["init", str(tmp_path / "Xihe County")]) == 0
    study = tmp_path / "Xihe County" / "study.yaml"
    assert f"tuopin check {study}" in capsys.readouterr().out
    assert status_of(["check", str(study)]) == 0
    said = capsys.readouterr().out
    assert "xihe-county" in said and "none (baseline): no policy" in said
    # 2,000 registered and 25,600 / 3.34 other households, 9 steps, 20 replicates
    scenarios = len(Study.load(study).scenarios)
    assert f"about {9665 * 9 * 20 * scenarios:,} household-years" in said
    assert "good: no mistakes found" in said


@pytest.mark.parametrize(("replicates", "told"), [(5_000, ""), (100_000, "about 9.8 GiB")])
def test_check_says_what_memory_very_many_replicates_take(replicates: int, told: str) -> None:
    data = {"name": "many", "place": "lushi", "years": "2016-2018", "baseline": "none", "scenarios": {"none": {}}}
    lines = summary(Study.from_dict({**data, "replicates": replicates}))
    assert [told in line for line in lines if line.startswith("memory")] == ([True] if told else [])


def test_every_policy_is_in_the_template_and_its_comments_are_valid_settings(tmp_path: Path) -> None:
    from tuopin.policies.catalogue import catalogue

    status_of(["init", str(tmp_path / "c")])
    file = tmp_path / "c" / "study.yaml"
    text = file.read_text(encoding="utf-8")
    assert set(read_document(file).data["scenarios"]["all"]) == set(catalogue())
    file.write_text(re.sub(r"(?m)^      # ", "      ", text), encoding="utf-8")
    study = Study.load(file)
    for name, policy in catalogue().items():
        # money or slots are a rate where the programme has one by default: of each pair a scenario gives one
        rated = {pair: policy.parameters[f"{pair}_rate"].value is not None for pair in ("budget", "slots")}
        other = {pair if by_rate else f"{pair}_rate" for pair, by_rate in rated.items()}
        assert set(study.scenarios[name][name]) == set(policy.parameters) - other


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status_of(["init", str(tmp_path / "c")])
    (tmp_path / "c" / "study.yaml").write_text("mine")
    (tmp_path / "c" / "places" / "c.yaml").unlink()
    capsys.readouterr()
    assert status_of(["init", str(tmp_path / "c")]) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path}/c/study.yaml:1: (whole file): is there already; "
        "allowed: a directory without it; nothing is overwritten\n"
    )
    assert (tmp_path / "c" / "study.yaml").read_text() == "mine"
    assert not (tmp_path / "c" / "places" / "c.yaml").exists()
    (tmp_path / "file").write_text("")
    assert status_of(["init", str(tmp_path / "file")]) == 2
    assert "is a file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Xihe 2", "xihe-2"),
        ("卢氏", "卢氏"),
        ("嵩县", "嵩县"),
        ("栾川县 2", "栾川县-2"),
        ("...", "county"),
        ("é", "é"),
        ("\u0301a", "a"),
        ("县" * 90, "县" * 64),
        ("_a", "a"),
        ("x" * 90, "x" * 64),
    ],
)
def test_slug(name: str, expected: str, tmp_path: Path) -> None:
    assert slug(tmp_path / name) == expected


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    from tuopin.policies.catalogue import catalogue

    assert status_of(["list", "policies", "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0] == "policy,label,label_zh,acts_at,parameters"
    assert [row.split(",")[0] for row in rows[1:]] == sorted(catalogue())
    assert status_of(["list", "places"]) == 0
    said = capsys.readouterr().out
    assert all(file.stem in said for file in shipped_places()) and "lushi" in said
    assert status_of(["list", "studies", "--format", "json"]) == 0
