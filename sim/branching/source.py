"""The result a branch begins from: its inputs, the histories of its scenarios and its saved states."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuopin.agents.place import Place
from tuopin.sim.batch.taskfile import checksum
from tuopin.sim.branching.plan import Histories, Saved, Settings, Stage, branch_digest
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.manifest import MANIFEST, SCENARIO_PARAMETERS, differences
from tuopin.sim.results.receipts import Receipt
from tuopin.sim.results.results import Results
from tuopin.sim.results.schemas import state_frame
from tuopin.sim.study.plan import digest, make_plan, scenario_digest
from tuopin.sim.study.study import Study
from tuopin.sim.study.versions import PACKAGE, versions

_AGAIN = "run its study again with this version into a new directory and branch that"


@dataclass(frozen=True)
class Source:
    """A result that can be continued: `study` as resolved there, and per scenario the stages of its history.

    `notes` are what a planner should know of it before going on.
    """

    results: Results
    identity: str
    study: Study
    scale: float
    inputs: Mapping[str, Any]
    hashes: Mapping[str, str]
    histories: Histories
    notes: tuple[str, ...] = ()

    def study_with(
        self,
        name: str,
        scenarios: Mapping[str, Settings],
        baseline: str,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Study:
        """The study under another name with other scenarios, values in the types a study file gives them.

        `parameters` are the model's numbers that scenarios have for themselves: scenario -> id -> value.
        """
        changed = {"name": name, "scenarios": scenarios, "baseline": baseline}
        study = Study.model_validate({**self.study.model_dump(), **changed})
        study._places = self.study.places
        study._scenario_parameters = dict(parameters or {})
        return study


def open_source(directory: Path) -> Source:
    """Read what a result was made from; nothing in it is changed and its runs need not be complete.

    Raises
    ------
    ResultsError
        If it is no result, or was made by another version or other numbers than this installation has.
    """
    results = Results.open(directory, finished=False)
    try:
        source = _source(results)
        wrong = _differences(source, results.manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise ResultsError(f"{directory}: its {MANIFEST} does not say how to go on ({reason}); {_AGAIN}") from error
    if wrong:
        raise ResultsError(
            *(f"{directory}: was made by other inputs or another version: {line}; {_AGAIN}" for line in wrong)
        )
    return source


def _source(results: Results) -> Source:
    directory, manifest = results.directory, results.manifest
    inputs = manifest["inputs"]
    known = set(manifest["scenario_hashes"])  # others left the study before they were run
    policies = {name: _settings(given) for name, given in manifest["policies"].items() if name in known}
    earlier = {
        name: tuple(
            Stage(stage["last_year"], _settings(stage["policies"]), _with_years(stage.get("parameters", {})))
            for stage in past["earlier"]
        )
        for name, past in manifest.get("continues", {}).items()
        if name in known
    }
    study = Study.model_validate(
        {
            "name": manifest["study"],
            "place": tuple(inputs["place"]),
            "years": tuple(manifest["years"]),
            "seed": manifest["seed"],
            "replicates": manifest["replicates"],
            "baseline": manifest["baseline"],
            "draw_parameters": inputs["parameters"]["draw"],
            "mechanisms": inputs["mechanisms"],
            "parameters": _with_years(inputs["parameters"]["overrides"]),
            "scenarios": policies,
            "discount_rate": manifest["comparison"]["discount_rate"],
            "groups": tuple(inputs.get("groups", ())),
        }
    )
    own = {name: _with_years(values) for name, values in manifest.get(SCENARIO_PARAMETERS, {}).items() if name in known}
    study._scenario_parameters = own
    study._places = {name: Place.model_validate_json(json.dumps(data)) for name, data in inputs["place"].items()}
    histories = {
        name: (*earlier.get(name, ()), Stage(study.last_year, given, own.get(name, {})))
        for name, given in policies.items()
    }
    notes: tuple[str, ...] = ()
    if manifest["versions"] != versions():
        notes = (
            f"{directory}: was made with other versions of libraries; equal years up to the branch are not assured",
        )
    hashes = manifest["scenario_hashes"]
    return Source(results, manifest["identity"], study, manifest["scale"], inputs, hashes, histories, notes)


def _differences(source: Source, manifest: Mapping[str, Any]) -> list[str]:
    """Where this installation would make something else of the source's inputs, in words; empty if nowhere."""
    if any(manifest["versions"].get(name) != number for name, number in versions().items() if name == "tuopin"):
        return [f"Tuopin {manifest['versions'].get('tuopin')} there, {versions()['tuopin']} here"]
    now = json.loads(json.dumps(make_plan(source.study, source.scale).inputs))
    if digest(source.inputs) != source.identity:
        return ["its inputs are not those of its identity: the manifest was changed by hand"]
    before = {name: value for name, value in source.inputs.items() if name != "branch"}
    lines = differences(before, now)
    for name, history in source.histories.items():
        *earlier, last = history
        own = (last.settings, last.parameters)
        hashed = branch_digest(tuple(earlier), *own) if earlier else scenario_digest(*own)
        if hashed != source.hashes[name]:
            lines.append(f"the policies of scenario {name} have other numbers or code in their own files now")
    return lines


def _settings(given: Mapping[str, Any]) -> Settings:
    return {policy: _with_years(values) for policy, values in given.items()}


def _with_years(values: Mapping[str, Any]) -> dict[str, Any]:
    """Years as numbers again: JSON has made text of the keys of dated values."""
    return {
        name: {int(year): number for year, number in value.items()} if isinstance(value, Mapping) else value
        for name, value in values.items()
    }


def saved_states(source: Source, year: int, scenarios: set[str], note: Callable[[str], None]) -> Saved:
    """Where states at the end of `year` are: (place, scenario, replicate) -> file and position in it.

    Only whole ones that this very version and machine type made; what is wrong with the others goes to `note`. Whoever
    lacks a state simulates the years again.
    """
    runs = source.results.runs
    found: dict[tuple[str, str, int], tuple[str, int]] = {}
    for receipt in source.results.receipts():
        wanted = [
            (position, run.scenario)
            for position, run in enumerate(receipt.runs)
            if run.scenario in scenarios
            and state_frame(year) in run.rows
            and run.scenario_hash == source.hashes[run.scenario]
        ]
        if not wanted:
            continue
        wrong = _fault(runs / receipt.file, receipt, source)
        if wrong:
            note(f"{runs / receipt.file}: {wrong}; its years to {year} are simulated again")
            continue
        for position, scenario in wanted:
            found[receipt.place, scenario, receipt.replicate] = (receipt.file, position)
    return found


def _fault(path: Path, receipt: Receipt, source: Source) -> str | None:
    """Why the states in a committed file cannot be used; None if they can."""
    if receipt.identity != source.identity:
        return "is of other inputs"
    if {k: v for k, v in receipt.versions.items() if not k.startswith(PACKAGE)} != versions():
        return "was made with other versions of libraries or on another type of machine"
    try:
        whole = path.is_file() and path.stat().st_size == receipt.size and checksum(path) == receipt.sha256
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    return None if whole else "is missing or damaged"
