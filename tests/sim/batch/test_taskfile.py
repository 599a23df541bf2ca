"""A task file that was altered anywhere is told from a whole one, and never ends in a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_county import fake_plan

from tuopin.sim.batch.taskfile import read_receipt


def test_an_altered_byte_is_a_fault_or_changes_nothing(run: Any, tmp_path: Path) -> None:
    """Every byte from the last members on: headers, receipt and directory; 0x08 makes a stored member look
    compressed.
    """
    run(fake_plan(), tmp_path / "out")
    path = min((tmp_path / "out" / "runs").glob("*.zip"))
    whole, receipt = path.read_bytes(), read_receipt(path)
    other = tmp_path / path.name
    refused = 0
    for at in [*range(64), *range(whole.index(b"receipt.json") - 40, len(whole))]:
        for bit in (0x01, 0x08, 0xFF):
            other.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            try:
                assert read_receipt(other).runs == receipt.runs
            except ValueError:
                refused += 1
    assert refused > 300
    with pytest.raises(FileNotFoundError):
        read_receipt(tmp_path / "nowhere.zip")
