"""Of several committed files that hold one run: which of them stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tuopin.sim.batch.committed import add_receipt
from tuopin.sim.results.receipts import Receipt, Records, RunRecord

FAILED = RunRecord("east", "help", 2, "h", "failed", error="first")
FAILED_AGAIN = replace(FAILED, error="second")
DONE = RunRecord("east", "help", 2, "h", "done", rows={"indicators": 9})
PANEL = replace(DONE, rows={"indicators": 9, "panel": 99})
STATE = replace(DONE, rows={"indicators": 9, "state-2018": 1})


def standing(*runs: RunRecord) -> RunRecord:
    """The record after files a, b, ... with these runs, each behind another run of its file."""
    records: Records = {}
    for name, run in zip("abc", runs, strict=False):
        add_receipt(
            records, Receipt("i", "east", 2, run.panel, (replace(DONE, scenario=f"other {name}"), run), file=name)
        )
    assert all(records[key].position == (key.scenario == "help") for key in records)
    return records[DONE.key]


@pytest.mark.parametrize(
    ("runs", "file"),
    [
        ((DONE, DONE), "a"),  # the first result stands
        ((PANEL, PANEL), "a"),
        ((FAILED, DONE), "b"),  # done supersedes failed
        ((DONE, FAILED), "a"),
        ((PANEL, FAILED), "a"),
        ((DONE, PANEL), "b"),  # a panel supersedes none
        ((PANEL, DONE), "a"),
        ((FAILED, PANEL, DONE), "b"),
        ((FAILED, FAILED_AGAIN), "b"),  # of failures the last is told
    ],
)
def test_which_result_stands(runs: tuple[RunRecord, ...], file: str) -> None:
    found = standing(*runs)
    assert (found.file, found.error) == (file, runs["abc".index(file)].error)


def test_saved_states_are_kept_from_every_file() -> None:
    other = replace(STATE, rows={"indicators": 9, "state-2019": 1, "state-2018": 1})
    found = standing(STATE, PANEL, other)
    assert found.file == "b" and found.states == {2018: ("c", 1), 2019: ("c", 1)}
    assert standing(STATE, FAILED).states == {2018: ("a", 1)}
