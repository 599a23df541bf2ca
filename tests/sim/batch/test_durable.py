"""What is committed is on the disk: in a whole batch no name is given before the bytes are, and none is taken as given
before its directory is.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from fake_county import TASK, fake_plan

from tuopin.sim.batch.engine import run_study
from tuopin.sim.results import durable

Event = tuple[str, int, int]
"""What happened, to which file (its inode) of how many bytes."""


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Every write without a stream, every fsync and every rename of this process, in order."""
    seen: list[Event] = []
    fsync, write, replace = os.fsync, os.write, Path.replace

    def noted(what: str, state: os.stat_result) -> None:
        if stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode):
            seen.append((what, state.st_ino, state.st_size if stat.S_ISREG(state.st_mode) else 0))

    def fsync_noted(descriptor: int) -> None:
        fsync(descriptor)
        noted("sync", os.fstat(descriptor))

    def write_noted(descriptor: int, content: Any) -> int:
        written = write(descriptor, content)
        noted("write", os.fstat(descriptor))
        return written

    def replace_noted(self: Path, target: Any) -> Path:
        noted("rename", self.stat())
        placed = replace(self, target)
        noted("directory", Path(target).parent.stat())
        return placed

    monkeypatch.setattr(os, "fsync", fsync_noted)
    monkeypatch.setattr(os, "write", write_noted)
    monkeypatch.setattr(Path, "replace", replace_noted)
    return seen


def assert_in_order(events: list[Event]) -> None:
    """Whole on the disk before its name is given, the name before anything else; and so with what is appended."""
    for at, (what, inode, size) in enumerate(events):
        if what == "rename":
            synced = [length for done, file, length in events[:at] if done == "sync" and file == inode]
            assert synced and synced[-1] == size, "a file got its name before its bytes were on the disk"
        elif what == "directory":
            assert events[at + 1][:2] == ("sync", inode), "a name was not made durable"
        elif what == "write":
            assert events[at + 1] == ("sync", inode, size), "an appended line was not made durable"


def test_a_batch_gives_no_name_to_what_is_not_on_the_disk(tmp_path: Path, events: list[Event]) -> None:
    run_study(fake_plan(replicates=2), tmp_path / "out", workers=1, progress=False, task=TASK)
    assert_in_order(events)
    happened = [what for what, _, _ in events]
    assert happened.count("rename") >= 4 + 5  # task files; tables, manifest and comparison
    assert happened.count("write") >= 4  # a receipt for each task


def test_a_new_file_and_an_appended_line(tmp_path: Path, events: list[Event]) -> None:
    durable.write_atomically(tmp_path / "a", b"one")
    durable.append_durably(tmp_path / "b", b"two")
    assert [what for what, _, _ in events] == ["sync", "rename", "directory", "sync", "write", "sync"]
    assert_in_order(events)
