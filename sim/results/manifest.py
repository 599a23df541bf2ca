"""The manifest: what a directory holds and from which inputs, in a form that people and scripts read.

It is a function of the plan and of the runs' states alone (no times, no numbers of workers), so that equal results have
equal manifests, and the tables can carry its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tuopin.sim.results.receipts import FORMAT, RunKey, RunRecord
from tuopin.sim.study.plan import Plan
from tuopin.sim.study.versions import versions

MANIFEST = "manifest.json"
SCENARIO_PARAMETERS = "scenario_parameters"
"""Key of the model's numbers that scenarios have for themselves; there only if some do."""


def command_to_repeat(plan: Plan, key: RunKey) -> str:
    """The one command that repeats the run `key` alone, beside its study's results."""
    only = f"{key.scenario}:{key.replicate}" if len(plan.places) == 1 else f"{key.place}:{key.scenario}:{key.replicate}"
    if plan.command:
        words = [*plan.command, "--only", only]
    else:
        study = plan.study_file or plan.study_name
        words = ["tuopin", "run", study, "--only", only, "--seed", str(plan.seed)]
        words += ["--years", f"{plan.first_year}-{plan.last_year}", "--scale", _exact(plan.asked_scale)]
        if key.replicate > 1:
            words += ["--replicates", str(plan.replicates)]
    name = f"{plan.study_name}-{key.scenario}-{key.replicate}"
    return shlex.join([*words, "--out", str(Path("results") / name)])


def _exact(number: float) -> str:
    """A number as short as it can be read back: ``1``, ``0.05``."""
    text = f"{number:g}"
    return text if float(text) == number else repr(number)


def ordered_scenarios(plan: Plan, records: Mapping[RunKey, RunRecord]) -> list[str]:
    """The study's scenarios in its order, then those that only earlier runs had, by name."""
    return [*plan.scenarios, *sorted({key.scenario for key in records} - set(plan.scenarios))]


def canonical(plan: Plan, keys: Iterable[RunKey], scenarios: list[str]) -> list[RunKey]:
    """`keys` in the order of the tables: place, scenario in study order, replicate."""
    place = {name: at for at, name in enumerate(plan.places)}
    scenario = {name: at for at, name in enumerate(scenarios)}
    return sorted(keys, key=lambda key: (place[key.place], scenario[key.scenario], key.replicate))


def build_manifest(
    plan: Plan, records: Mapping[RunKey, RunRecord], asked: Iterable[RunKey], *, panel: bool, extra: Mapping[str, Any]
) -> dict[str, Any]:
    """The manifest as JSON data: `records` are done or failed, other `asked` runs pending."""
    scenarios = ordered_scenarios(plan, records)
    keys = canonical(plan, {*records, *asked}, scenarios)
    rows = [_run_row(plan, key, records.get(key)) for key in keys]
    hashes = {key.scenario: record.scenario_hash for key, record in records.items()} | dict(plan.scenario_hashes)
    inputs = json.loads(json.dumps(dict(plan.inputs), default=str))
    return {
        "tuopin": "results",
        "format": FORMAT,
        "study": plan.study_name,
        "identity": plan.identity,
        "versions": versions(),
        "seed": plan.seed,
        "years": [plan.first_year, plan.last_year],
        "scale": plan.scale,
        "baseline": plan.baseline,
        "places": list(plan.places),
        "scenarios": scenarios,
        "replicates": max([plan.replicates, *(key.replicate for key in records)]),
        "panel": panel,
        "fingerprint": fingerprint(records),
        "scenario_hashes": {name: hashes[name] for name in scenarios},
        "inputs_sha256": digest(inputs),
        "counts": {status: sum(row["status"] == status for row in rows) for status in ("done", "failed", "pending")},
        **extra,
        "inputs": inputs,
        "runs": rows,
    }


def fingerprint(records: Mapping[RunKey, RunRecord]) -> str:
    """The SHA-256 of the values that the runs done gave: equal results have equal fingerprints."""
    return digest([[*key, sorted(record.digests.items())] for key, record in sorted(records.items()) if record.done])


def scenario_facts(plan: Plan, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the scenarios are, for the manifest: their policies, parameters of their own, what a branch continues.

    Scenarios that left the study keep what the manifest `found` says of them.
    """
    own: dict[str, Mapping[str, Any]] = {
        "policies": plan.scenario_settings,
        SCENARIO_PARAMETERS: plan.scenario_parameters,
        **plan.branched,
    }
    facts = {}
    for name, mapping in own.items():
        earlier = found.get(name, {})
        left = sorted(set(earlier) - set(plan.scenarios))
        facts[name] = {**mapping, **{scenario: earlier[scenario] for scenario in left}}
    return {name: mapping for name, mapping in facts.items() if mapping}


def _run_row(plan: Plan, key: RunKey, record: RunRecord | None) -> dict[str, Any]:
    row: dict[str, Any] = {"place": key.place, "scenario": key.scenario, "replicate": key.replicate}
    if record is None:
        return row | {"status": "pending"}
    if record.done:
        return row | {"status": "done"} | ({"states": sorted(record.states)} if record.states else {})
    details = {"error": record.error, "seed": plan.seed, "traceback": record.traceback}
    return row | {"status": "failed"} | details | {"command": command_to_repeat(plan, key)}


def digest(data: Any) -> str:
    """The SHA-256 of JSON data in its canonical form."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as it is written: indented, but one line per run."""
    head = json.dumps({**manifest, "runs": []}, ensure_ascii=False, indent=1)
    runs = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in manifest["runs"])
    body, _, end = head.rpartition("[]")
    return f"{body}[\n{runs}\n ]{end}\n".encode()


def read_manifest(directory: Path) -> dict[str, Any] | None:
    """The manifest of `directory`, or None if there is none that can be read."""
    path = directory / MANIFEST
    try:
        data = json.loads(path.read_bytes()) if path.is_file() else None  # a FIFO would be waited for
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and data.get("tuopin") == "results" else None


_SHAPES: tuple[tuple[str, type | tuple[type, ...], type | tuple[type, ...] | None], ...] = (
    ("study", str, None),
    ("identity", str, None),
    ("fingerprint", str, None),
    ("inputs_sha256", str, None),
    ("versions", dict, str),
    ("seed", int, None),
    ("years", list, int),
    ("scale", (int, float), None),
    ("baseline", str, None),
    ("places", list, str),
    ("scenarios", list, str),
    ("replicates", int, None),
    ("panel", bool, None),
    ("scenario_hashes", dict, str),
    ("counts", dict, int),
    ("comparison", dict, None),
    ("inputs", dict, None),
    ("runs", list, dict),
)
"""Keys of a manifest, what each is, and what a list or mapping holds."""
_MAPPINGS = ("policies", SCENARIO_PARAMETERS, "continues")
_STATUSES = ("done", "failed", "pending")


def manifest_faults(manifest: Mapping[str, Any]) -> list[str]:
    """What no run has written in a manifest, in words; empty if it can be worked with."""
    found = []
    for key, kind, held in _SHAPES:
        value = manifest.get(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            found.append(f"{key} is {_short(value)}")
            continue
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        found += [f"{key} holds {_short(item)}" for item in items if held is not None and not isinstance(item, held)]
    found += [
        f"{key} is {_short(manifest[key])}"
        for key in _MAPPINGS
        if key in manifest and not _holds_mappings(manifest[key])
    ]
    others = manifest.get("also_made_with", [])
    if not isinstance(others, list) or not all(isinstance(other, dict) for other in others):
        found.append(f"also_made_with is {_short(others)}")
    return found or _faults_within(manifest)


def _faults_within(manifest: Mapping[str, Any]) -> list[str]:
    found = []
    if len(manifest["years"]) != 2 or manifest["years"][0] > manifest["years"][1]:
        found.append(f"years is {_short(manifest['years'])}")
    if digest(manifest["inputs"]) != manifest.get("inputs_sha256"):
        found.append("inputs do not have the checksum beside them")
    for run in manifest["runs"]:
        words = [run.get("place"), run.get("scenario")]
        known = words[0] in manifest["places"] and words[1] in manifest["scenarios"]
        replicate = run.get("replicate")
        if not known or run.get("status") not in _STATUSES or type(replicate) is not int or replicate < 1:
            found.append(f"runs holds {_short(run)}")
            break
    counts = {status: sum(run.get("status") == status for run in manifest["runs"]) for status in _STATUSES}
    if manifest["counts"] != counts:
        found.append(f"counts is {_short(manifest['counts'])}")
    index = manifest["comparison"].get("price_index", {})
    if not isinstance(index, dict) or not all(isinstance(value, int | float) for value in index.values()):
        found.append(f"comparison.price_index is {_short(index)}")
    for where, value in (("", manifest["baseline"]), ("comparison.", manifest["comparison"].get("baseline"))):
        if value not in manifest["scenarios"]:
            found.append(f"{where}baseline is {_short(value)}")
    if not _holds_mappings(manifest["inputs"].get("place", {})):
        found.append("inputs.place is no mapping of places")
    return found


def _holds_mappings(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, dict) for item in value.values())


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Where two sets of inputs differ, as ``a.b: was X, now Y``."""
    before, after = _flat("", old), _flat("", new)
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    return [f"{name}: was {_short(before.get(name))}, now {_short(after.get(name))}" for name in names]


def _flat(prefix: str, data: Any) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        return {prefix: data}
    flat: dict[str, Any] = {}
    for key, value in data.items():
        flat |= _flat(f"{prefix}.{key}" if prefix else str(key), value)
    return flat


def _short(value: Any) -> str:
    text = "absent" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
