from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tuopin.sim.cli import status_of

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


@pytest.fixture(scope="session")
def write_small_study() -> Callable[[Path, str], None]:
    """Write the study of a county of some 900 households, a tenth of the template's, to `folder`/small."""

    def write(folder: Path, study: str) -> None:
        assert status_of(["init", str(folder / "small")]) == 0
        place = folder / "small" / "places" / "small.yaml"
        text = place.read_text(encoding="utf-8")
        for old, new in (
            ("2000, unit: households", "200, unit: households"),
            ("[1500, 2500]", "[150, 250]"),
            ("6400", "640"),
            ("[5000, 8000]", "[500, 800]"),
            ("32000", "3200"),
            ("[30000, 34000]", "[3000, 3400]"),
            ("value: 40", "value: 8"),
            ("[30, 50]", "[5, 10]"),
        ):
            assert old in text
            text = text.replace(old, new)
        place.write_text(text, encoding="utf-8")
        (folder / "small" / "study.yaml").write_text(study, encoding="utf-8")

    return write
