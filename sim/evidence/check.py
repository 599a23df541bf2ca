"""Whether what the modules say of documented systems holds: names exist, and what is to move moves when simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tuopin.policies.catalogue import catalogue
from tuopin.sim.evidence.systems import Carrier, Register, System, all_facts
from tuopin.sim.measures.known import known_indicators
from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.problems import Problem, StudyError
from tuopin.sim.study.shipped import shipped_studies
from tuopin.sim.study.study import Study

PLACE, FIRST_YEAR, SCALE, REPLICATE = "lushi", 2016, 0.05, 1
"""Where it is tried: a twentieth of the shipped county, one replicate of common luck."""
NONE = "none"


def faults(found: Register, systems: tuple[System, ...]) -> list[str]:
    """One line for each entry that names what does not exist, or whose observable does not move."""
    lines = list(found.problems)
    sound: dict[str, Carrier] = {}
    for system in systems:
        unknown = sorted(set(system.facts) - all_facts())
        if unknown:
            lines.append(f"{system.system}: there are no facts {', '.join(unknown)}; allowed: ids of facts.csv")
        if (carrier := found.carriers.get(system.system)) is None:
            continue
        wrong = _names(system, carrier)
        lines += wrong.values()
        if set(wrong) <= {"study"}:  # what moves does not hang on the study that is to show it
            sound[system.system] = carrier
    return lines + _unmoved(sound)


def _names(system: System, carrier: Carrier) -> dict[str, str]:
    """A line for each key of an entry that names what there is not."""
    entry = carrier.entry
    studies = [file.stem for file in shipped_studies()]
    wrong = []
    if carrier.module not in catalogue():
        wrong.append(("module", f"there is no policy '{carrier.module}'", "allowed: those of `tuopin list policies`"))
    if system.module and system.module != carrier.module:
        wrong.append(("module", f"is {carrier.module}", f"allowed: {system.module}, as the list of systems says"))
    if entry.study not in studies:
        wrong.append(("study", f"there is no study '{entry.study}'", f"allowed: {', '.join(studies)}"))
    if entry.moves.indicator not in known_indicators():
        wrong.append(("moves.indicator", f"there is no '{entry.moves.indicator}'", "allowed: indicators of the tables"))
    return {
        path: str(Problem(str(carrier.file), carrier.line, f"{system.system}.{path}", said, allowed))
        for path, said, allowed in wrong
    }


def _unmoved(carriers: Mapping[str, Carrier]) -> list[str]:
    """A line for each of these entries whose observable, when simulated, stays or moves the other way."""
    lines: list[str] = []
    for years in sorted({carrier.entry.years for carrier in carriers.values()}):
        group = {name: carrier for name, carrier in carriers.items() if carrier.entry.years == years}
        scenarios: dict[str, Any] = {NONE: {}}
        for name, carrier in group.items():
            scenarios |= _scenarios(name, carrier)
        try:
            values = _simulated(scenarios, years)
        except StudyError as error:
            return [
                *lines,
                *(f"evidence: {problem.path}: {problem.wrong}; {problem.allowed}" for problem in error.problems),
            ]
        lines += [line for name, carrier in group.items() if (line := _stays(name, carrier, values))]
    return lines


def _scenarios(name: str, carrier: Carrier) -> dict[str, Any]:
    """The scenario in which a system is on, and that it is held against where that is not doing nothing."""
    entry = carrier.entry
    with_it: dict[str, Any] = {**entry.beside, carrier.module: entry.on}
    if entry.numbers:
        with_it["parameters"] = entry.numbers
    found = {f"{name}_on": with_it}
    if entry.against is not None:
        found[f"{name}_against"] = {**entry.beside, carrier.module: entry.against}
    elif entry.beside:
        found[f"{name}_against"] = entry.beside
    return found


def _simulated(scenarios: Mapping[str, Any], years: int) -> pd.DataFrame:
    study = {
        "name": "evidence",
        "place": PLACE,
        "years": f"{FIRST_YEAR}-{FIRST_YEAR + years}",
        "replicates": REPLICATE,
        "baseline": NONE,
        "scenarios": scenarios,
    }
    plan = make_plan(Study.from_dict(study, label="evidence"), SCALE)
    frames: list[pd.DataFrame] = []
    for outcome in simulate_task(plan, PLACE, REPLICATE, list(scenarios)):
        if outcome.error:
            raise RuntimeError(f"{outcome.scenario}: {outcome.error}")
        frames.append(outcome.frames["indicators"].to_pandas())
    whole: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return whole


def _stays(name: str, carrier: Carrier, values: pd.DataFrame) -> str:
    """What is wrong with an entry as simulated, or nothing."""
    moves = carrier.entry.moves
    rows = values[
        (values["indicator"] == moves.indicator) & (values["group"] == moves.group) & (values["view"] == moves.view)
    ]
    other = f"{name}_against" if f"{name}_against" in set(rows["scenario"].astype(str)) else NONE
    on, against = (float(rows.loc[rows["scenario"] == one, "value"].sum()) for one in (f"{name}_on", other))
    change = on - against
    if (change > 0 and moves.direction == "up") or (change < 0 and moves.direction == "down"):
        return ""
    said = f"{moves.indicator} of {moves.group} over the years is {on:.6g} with it and {against:.6g} without"
    allowed = f"allowed: what moves {moves.direction}"
    return str(Problem(str(carrier.file), carrier.line, f"{name}.moves", said, allowed))
