from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tuopin.sim.cli import status_of


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
        (folder / "small" / "study.yaml").write_text(study)

    return write
