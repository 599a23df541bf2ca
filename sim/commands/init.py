"""``tuopin init``: a commented study and place for a new county."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path
from typing import Annotated, Any

import typer

TEMPLATE = Path(__file__).parent / "template"


def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="Directory to write into.")]) -> None:
    """Write a commented template of a study and a place into DIR; never over what is there."""
    from tuopin.sim.results.durable import make_folder

    name = slug(directory)
    study, place = directory / "study.yaml", directory / "places" / f"{name}.yaml"
    _refuse_overwriting(directory, study, place)
    texts = {study: study_text(name), place: _fill(TEMPLATE / "place.yaml", name=name, zh=_chinese(name))}
    make_folder(place.parent)
    for file, text in texts.items():
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    sys.stdout.write(
        f"wrote {study}\nwrote {place}\n"
        f"next: put your county's figures into {place}, then: tuopin check {study}; tuopin run {study}\n"
    )


def slug(directory: Path) -> str:
    """A study and place name from the directory's name: its letters, of any script, in lower case."""
    from tuopin.sim.study.names import is_name

    letters = unicodedata.normalize("NFC", directory.resolve().name.lower())
    name = re.sub("-+", "-", "".join(c if is_name(f"_{c}") else "-" for c in letters)).strip("-_")[:64]
    while name and not is_name(name):
        name = name[:-1] if is_name(name[0]) else name[1:]
    return name or "county"


def _chinese(name: str) -> str:
    """The label in Chinese: the name itself where it is written so."""
    return name if any("CJK" in unicodedata.name(c, "") for c in name) else "我的县"


def study_text(name: str) -> str:
    """The study template with every installed policy as a scenario and its parameters as comments."""
    from tuopin.sim.study.declarations import declared

    policies = sorted(declared().policies.items())
    scenarios = [line for key, policy in policies for line in _scenario(key, policy)]
    scenarios += ["  all:  # all of them together", *(f"    {key}: {{}}" for key, _ in policies)]
    return _fill(TEMPLATE / "study.yaml", name=name, scenarios="\n".join(scenarios))


def _other_ways(policy: Any) -> set[str]:
    """Of money and slots a scenario gives nominal yuan or a rate: the one that does not decide by default."""
    rates = {name: policy.parameters.get(f"{name}_rate") for name in ("budget", "slots")}
    rated = {name for name, rate in rates.items() if rate is not None and rate.value is not None}
    return rated | {f"{name}_rate" for name in {"budget", "slots"} - rated}


def _scenario(name: str, policy: Any) -> list[str]:
    from tuopin.sim.study.values import allowed_values

    lines = [f"  {name}:  # {policy.label}", f"    {name}:"]
    for key, parameter in policy.parameters.items():
        if key in _other_ways(policy):
            continue
        allowed = allowed_values(parameter).removeprefix("allowed: ")
        lines.append(f"      # {key}: {_yaml(parameter.value)}  # {parameter.meaning or key}; {allowed}")
    return lines


def _yaml(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_yaml(item) for item in value) + "]"
    return str(value)


def _fill(file: Path, **values: str) -> str:
    text = file.read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def _refuse_overwriting(directory: Path, *files: Path) -> None:
    from tuopin.sim.study.problems import WHOLE, Problem, StudyError

    problems = []
    if directory.exists() and not directory.is_dir():
        problems.append(Problem(str(directory), 1, WHOLE, "is a file", "allowed: a new or existing directory"))
    else:
        problems = [
            Problem(str(file), 1, WHOLE, "is there already", "allowed: a directory without it; nothing is overwritten")
            for file in files
            if file.exists()
        ]
    if problems:
        raise StudyError(problems)
