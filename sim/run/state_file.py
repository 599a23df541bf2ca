"""The file of a saved state: numpy's NPZ of plain arrays, one of them JSON, one a checksum; reading it runs no code."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from tuopin.agents.columns import Column, ColumnName
from tuopin.agents.county import County, Markets, Villages
from tuopin.agents.demography import Movement
from tuopin.agents.firms import Firm
from tuopin.agents.groups import group_columns
from tuopin.agents.households import Households
from tuopin.agents.parameters import Parameters
from tuopin.agents.place import Place
from tuopin.agents.place_sample import simulated_place
from tuopin.agents.randomness import Luck
from tuopin.policies.catalogue import catalogue
from tuopin.policies.ledger import Entry
from tuopin.policies.limits import Limit
from tuopin.sim.run.packing import Arrays, PackingError, dataclasses_of, pack, unpack
from tuopin.sim.run.recorder import VIEWS, Recorder
from tuopin.sim.run.state import State, StateError
from tuopin.sim.run.year_state import Start

FORMAT = 3
_NOTE, _CHECKSUM, _HOUSEHOLD, _SPELLS, _START = "note", "sha256", "household.", "spells.", "start."
_UID: ColumnName = "uid"
_GIVEN = ("place", "parameters", "mechanisms", "luck", "households", "flows", "referrals")
World = tuple[Place, Parameters, dict[str, bool | str], Luck]


@dataclass(frozen=True)
class Origin:
    """Whose state it is: the identity of the inputs, the run, the year whose end it shows, and what made it."""

    identity: str
    place: str
    scenario: str
    scenario_hash: str
    replicate: int
    year: int
    versions: Mapping[str, str]

    def differs_from(self, other: Origin | None) -> str:
        """What is wrong with using this state where `other` (None: no such run) is expected."""
        if other is None:
            return f"is of {self.place} {self.scenario}:{self.replicate}, which the plan does not have"
        if self.versions != other.versions:
            mine = ", ".join(f"{k} {v}" for k, v in self.versions.items() if other.versions.get(k) != v)
            return f"was saved with {mine}; run the study again with this version"
        if self.identity != other.identity or self.scenario_hash != other.scenario_hash:
            return "was saved by a run with other inputs or policies; run this study with --save-state"
        return f"is of {self.place} {self.scenario}:{self.replicate} at the end of {self.year}; another one is wanted"


def to_bytes(state: State, origin: Origin) -> bytes:
    """Return a state as the content of its file.

    Raises
    ------
    StateError
        If a policy holds something that cannot be saved, naming it.
    """
    county, recorder = state.county, state.recorder
    arrays: Arrays = {_HOUSEHOLD + name: column for name, column in county.households.as_mapping().items()}
    arrays |= {_SPELLS + view: counts for view, counts in recorder.spell_counts.items()}
    arrays |= {_START + name: values for name, values in recorder.initial._asdict().items()}
    rows = [(year, _key_list(keys)) for year, keys, _ in recorder.rows]
    arrays |= {f"rows.{k}": values for k, (_, _, values) in enumerate(recorder.rows)}
    known = {"Villages": Villages, "Markets": Markets, "Firm": Firm}
    kept = {f.name: getattr(county, f.name) for f in fields(County) if f.name not in _GIVEN}
    try:
        note = {
            "tuopin": "state",
            "format": FORMAT,
            "origin": asdict(origin),
            "columns": {name: [asdict(c) for c in columns] for name, columns in state.own_columns.items()},
            "county": {name: pack(value, f"county.{name}", arrays, known) for name, value in kept.items()},
            "policies": {
                name: {key: pack(value, f"policy {name}.{key}", arrays, _known_to(name)) for key, value in held.items()}
                for name, held in state.held.items()
            },
            "years": [recorder.first_year, recorder.last_year],
            "groups": list(recorder.groups),
            "rows": rows,
            "persons": recorder.persons,
            "entries": [list(asdict(entry).values()) for entry in state.entries],
            "limits": [list(asdict(limit).values()) for limit in state.limits],
        }
    except PackingError as error:
        raise StateError(str(error)) from None
    arrays[_NOTE] = np.frombuffer(json.dumps(note, ensure_ascii=False).encode(), dtype=np.uint8)
    arrays[_CHECKSUM] = np.frombuffer(_checksum(arrays), dtype=np.uint8)
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def from_bytes(data: bytes, where: str, world: Callable[[Origin], World]) -> tuple[Origin, State]:
    """Return whose state the content of a file is, and the state, in the surroundings that `world` gives for it.

    Panels are not part of a file.

    Raises
    ------
    StateError
        If it is no state, is damaged or of another format; it names `where`.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        if arrays.pop(_CHECKSUM).tobytes() != _checksum(arrays):
            raise StateError(f"{where}: is damaged: its checksum differs")
        note = json.loads(arrays[_NOTE].tobytes())
        if note["format"] != FORMAT:
            raise StateError(
                f"{where}: has format {note['format']}, not {FORMAT}; run the study again with this version"
            )
        origin = Origin(**note["origin"])
        return origin, _state(note, arrays, world(origin))
    except StateError:
        raise
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise StateError(f"{where}: is not a saved state, or is damaged: {error}") from error


def _state(note: Mapping[str, Any], arrays: Arrays, world: World) -> State:
    own_columns = {name: tuple(Column(**c) for c in columns) for name, columns in note["columns"].items()}
    groups = tuple(note["groups"])
    extra = [*group_columns(groups), *(c for columns in own_columns.values() for c in columns)]
    households = Households(len(arrays[_HOUSEHOLD + _UID]), extra)
    for name in households.table:
        households.set(name, arrays[_HOUSEHOLD + name])
    place, parameters, mechanisms, luck = world
    known = {"Villages": Villages, "Markets": Markets, "Firm": Firm}
    kept = {name: unpack(value, arrays, known) for name, value in note["county"].items()}
    first_year, last_year = note["years"]
    recorder = Recorder(first_year, last_year, groups=groups)
    recorder.spell_counts = {view: arrays[_SPELLS + view] for view in VIEWS}
    recorder.initial = Start(*(arrays[_START + name] for name in Start._fields))
    recorder.rows = [
        (year, tuple(tuple(key) for key in keys), arrays[f"rows.{k}"]) for k, (year, keys) in enumerate(note["rows"])
    ]
    recorder.persons = [
        (year, persons, None if moved is None else Movement(*moved)) for year, persons, moved in note["persons"]
    ]
    return State(
        county=County(simulated_place(place, len(kept["villages"])), parameters, mechanisms, luck, households, **kept),
        recorder=recorder,
        entries=tuple(Entry(*values) for values in note["entries"]),
        limits=tuple(Limit(*values) for values in note["limits"]),
        own_columns=own_columns,
        held={
            name: {key: unpack(value, arrays, _known_to(name)) for key, value in held.items()}
            for name, held in note["policies"].items()
        },
    )


def _key_list(keys: Any) -> list[list[str]]:
    return [list(key) for key in keys]


def _known_to(policy: str) -> dict[str, Any]:
    found = catalogue().get(policy)
    return {} if found is None else dataclasses_of(found)


def _checksum(arrays: Arrays) -> bytes:
    """SHA-256 over name, type, shape and bytes of every array, in order of names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.data)
    return digest.digest()
