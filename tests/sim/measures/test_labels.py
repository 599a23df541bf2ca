from __future__ import annotations

import subprocess
import sys

import pytest

from tuopin.sim.measures.labels import COLUMNS, INDICATORS, VIEW_LABELS, VIEWS, label


def test_every_label_is_complete_and_said_once() -> None:
    assert all(entry.unit and entry.english and entry.chinese for entry in INDICATORS.values())
    for language in ("english", "chinese"):
        said = [getattr(entry, language) for entry in INDICATORS.values()]
        assert len(set(said)) == len(said)
    assert set(VIEW_LABELS) == set(VIEWS)
    assert all(entry.english and entry.chinese for entry in COLUMNS.values())


def test_persons_and_money_add_up_over_years_and_rates_do_not() -> None:
    for name, entry in INDICATORS.items():
        if name.endswith(("_persons", "_households")):
            assert entry.over_years == "sum", name
        if name.endswith(("_rate", "_ratio", "_error", "_share")):
            assert entry.over_years == "mean", name


def test_unknown_names_list_what_there_is() -> None:
    with pytest.raises(KeyError, match="headcount_ratio"):
        label("headcount")


def test_labels_are_light() -> None:
    code = "import sys, tuopin.sim.measures.labels; sys.exit('numpy' in sys.modules or 'numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
