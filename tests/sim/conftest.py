from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

_SUPPORT = str(Path(__file__).parent / "batch" / "support")
if _SUPPORT not in sys.path:  # workers get this process's path, so they find the stand-in too
    sys.path.insert(0, _SUPPORT)


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """`run_study` on the fake county, silent, in this process unless told otherwise."""
    from fake_county import TASK

    from tuopin.sim.batch.engine import run_study

    def go(plan: Any, out: Path | None = None, **options: Any) -> Any:
        options = {"workers": 1, "progress": False, "task": TASK} | options
        return run_study(plan, out or tmp_path / "out", **options)

    return go


def tables_of(out: Path) -> dict[str, pa.Table]:
    return {path.name: pq.read_table(path) for path in sorted(out.glob("*.parquet"))}


@pytest.fixture
def assert_same() -> Any:
    """Two directories hold the same tables, comparison and manifest, byte for byte in values."""

    def same(one: Path, other: Path) -> None:
        first, second = tables_of(one), tables_of(other)
        assert list(first) == list(second)
        for name, table in first.items():
            assert table.schema.equals(second[name].schema, check_metadata=True), name
            pd.testing.assert_frame_equal(table.to_pandas(), second[name].to_pandas(), check_exact=True, obj=name)
        for name in ("comparison.csv", "manifest.json"):
            assert (one / name).read_bytes() == (other / name).read_bytes(), name

    return same
