"""Receipts: what a committed file holds, and the journal that lists them.

The journal ``runs/receipts.jsonl`` is the growing part of the manifest: one line of JSON per committed file, appended
after the file has its final name. Line 1 names the identity of the directory. The journal can be lost without losing a
run: every committed file carries its own receipt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from tuopin.sim.results.durable import append_durably, write_atomically

FORMAT = 1
RUNS = "runs"
"""Folder of a result that holds the committed files and their journal."""
JOURNAL = "receipts.jsonl"
TABLES_RECORD = "tables.json"
SET_ASIDE = ".damaged"
_NAME = re.compile(r"(?P<place>[A-Za-z0-9_%.~-]+)-r(?P<replicate>\d{5,})-p(?P<part>\d{2,})\.zip")


class RunKey(NamedTuple):
    """What a run is called: a scenario in one replicate in one place."""

    place: str
    scenario: str
    replicate: int


@dataclass(frozen=True)
class RunRecord:
    """One run on disk: done with the number of rows of each frame, or failed with its error.

    A receipt of a directory adds where it is: the committed `file`, its `position` in it, and by year the file and
    position of every saved state (which may be older than the run's other frames).
    """

    place: str
    scenario: str
    replicate: int
    scenario_hash: str
    status: str  # "done" or "failed"
    seconds: float = 0.0
    rows: Mapping[str, int] = field(default_factory=dict)
    household_years: float | None = None
    error: str | None = None
    traceback: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the values of each frame."""
    file: str = ""
    position: int = 0
    states: Mapping[int, tuple[str, int]] = field(default_factory=dict)

    @property
    def key(self) -> RunKey:
        """What the run is called."""
        return RunKey(self.place, self.scenario, self.replicate)

    @property
    def done(self) -> bool:
        """Whether the run succeeded."""
        return self.status == "done"

    @property
    def panel(self) -> bool:
        """Whether every household and year was kept."""
        return "panel" in self.rows


Records = dict[RunKey, RunRecord]

# What a receipt says of a run beside what it says of the whole file.
_OF_A_RUN = (
    "scenario",
    "scenario_hash",
    "status",
    "seconds",
    "rows",
    "household_years",
    "error",
    "traceback",
    "digests",
)


@dataclass(frozen=True)
class Receipt:
    """One task's file: whose it is, what it holds, and, once written, its name, size and checksum."""

    identity: str
    place: str
    replicate: int
    panel: bool
    runs: tuple[RunRecord, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    size: int = 0
    sha256: str = ""

    @property
    def part(self) -> int:
        """The number of this file among those of its place and replicate."""
        return parse_name(self.file)[2]


def file_stem(place: str, replicate: int) -> str:
    """What the names of a task's files begin with; a place's name cannot lead out of the directory."""
    safe = quote(place, safe="").replace(".", "%2E")
    return f"{safe}-r{replicate:05d}"


def file_name(place: str, replicate: int, part: int) -> str:
    """The name of a committed file."""
    return f"{file_stem(place, replicate)}-p{part:02d}.zip"


def parse_name(name: str) -> tuple[str, int, int]:
    """(quoted place, replicate, part) of a committed file's name.

    Raises
    ------
    ValueError
        If it is not such a name.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is not the name of a committed file")
    return match["place"], int(match["replicate"]), int(match["part"])


def to_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt as JSON data."""
    runs = [{name: getattr(run, name) for name in _OF_A_RUN} for run in receipt.runs]
    return {"format": FORMAT, **asdict(replace(receipt, runs=())), "runs": runs}


def from_json(data: Any) -> Receipt:
    """A receipt from JSON data.

    Raises
    ------
    ValueError
        If it is not a receipt of this format, or its parts contradict one another.
    """
    try:
        if data["format"] != FORMAT:
            raise ValueError(f"receipt of format {data['format']!r}, not {FORMAT}")
        values = {key: value for key, value in data.items() if key not in ("format", "runs")}
        runs = tuple(_run_from_json(values["place"], values["replicate"], run) for run in data["runs"])
        receipt = Receipt(**values, runs=runs)
        _check_types(receipt)
        if any(run.status not in ("done", "failed") for run in receipt.runs):
            raise ValueError("a run is neither done nor failed")
        if receipt.file:
            place, replicate, _ = parse_name(receipt.file)
            if file_stem(receipt.place, receipt.replicate) != f"{place}-r{replicate:05d}":
                raise ValueError(f"{receipt.file} holds another task's runs")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a receipt: {error!r}") from error
    return receipt


_TEXT = (str, type(None))
_TYPES: tuple[tuple[str, type | tuple[type, ...]], ...] = (
    ("scenario", str),
    ("scenario_hash", str),
    ("status", str),
    ("seconds", (int, float)),
    ("rows", dict),
    ("household_years", (int, float, type(None))),
    ("error", _TEXT),
    ("traceback", _TEXT),
    ("digests", dict),
)


def _check_types(receipt: Receipt) -> None:
    """Raise TypeError where a receipt holds what no run has written."""
    of_file = (("identity", str), ("place", str), ("replicate", int), ("panel", bool), ("versions", dict))
    of_file += (("file", str), ("size", int), ("sha256", str))  # type: ignore[assignment]
    wrong = [name for name, kind in of_file if not _is(getattr(receipt, name), kind)]
    wrong += [f"runs.{name}" for run in receipt.runs for name, kind in _TYPES if not _is(getattr(run, name), kind)]
    wrong += ["versions" for text in receipt.versions.values() if not isinstance(text, str)]
    for run in receipt.runs:
        wrong += ["runs.rows" for number in run.rows.values() if not _is(number, int) or number < 0]
        wrong += ["runs.rows" for frame in run.rows if not re.fullmatch(r"[a-z_]+(-\d{4})?", frame)]
    if wrong:
        raise TypeError(f"{', '.join(dict.fromkeys(wrong))} of another type")


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _run_from_json(place: str, replicate: int, data: Mapping[str, Any]) -> RunRecord:
    unknown = set(data) - set(_OF_A_RUN)
    if unknown:
        raise ValueError(f"a run says {', '.join(sorted(unknown))}")
    return RunRecord(place=place, replicate=replicate, **data)


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _header(identity: str) -> bytes:
    return _line({"tuopin": "receipts", "format": FORMAT, "identity": identity})


def append_receipt(runs: Path, receipt: Receipt) -> None:
    """Add the receipt of a file that has its final name."""
    append_durably(runs / JOURNAL, _line(to_json(receipt)))


def write_journal(runs: Path, identity: str, receipts: Iterable[Receipt]) -> None:
    """Write the whole journal anew: a new directory's, or one mended after a torn line."""
    write_atomically(runs / JOURNAL, _header(identity) + b"".join(_line(to_json(receipt)) for receipt in receipts))


@dataclass(frozen=True)
class Journal:
    """What was read: the directory's identity (None if unreadable), receipts by file, and whether a line was torn."""

    identity: str | None
    receipts: Mapping[str, Receipt]
    torn: int


def read_journal(runs: Path) -> Journal:
    """The journal of `runs`; lines that are not whole are left out and counted."""
    path = runs / JOURNAL
    if not path.is_file():  # a FIFO would be waited for
        return Journal(None, {}, 0)
    lines = path.read_bytes().split(b"\n")
    torn = 1 if lines.pop() else 0  # without its newline the last line may be half a line
    identity: str | None = None
    receipts: dict[str, Receipt] = {}
    for number, line in enumerate(lines):
        try:
            data = json.loads(line)
            if number == 0:
                identity = str(data["identity"])
                continue
            receipt = from_json(data)
            parse_name(receipt.file)
            receipts[receipt.file] = receipt
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            torn += 1
    return Journal(identity, receipts, torn)
