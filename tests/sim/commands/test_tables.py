from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from tuopin.sim.commands.options import Format
from tuopin.sim.commands.tables import as_csv, cell_text, plain, show, width

ROWS = [
    {"id": "a_long_identifier_that_must_never_be_cut_" + "x" * 100, "label": "卢氏县", "value": 1234567.0},
    {"id": "b", "label": "two\nlines", "value": float("nan")},
]
COLUMNS = ["id", "label", "value"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, "true"),
        (0, "0"),
        (1234567, "1,234,567"),
        (0.123456, "0.1235"),
        (12.3456, "12.35"),
        (0.0110, "0.011"),
        (100.0, "100"),
        (123456.7, "123,457"),
        (-0.0001234567, "-0.0001235"),
        (6.0e8, "600,000,000"),
        (np.float32(0.5), "0.5"),
        (np.int64(7), "7"),
        ({2017: 1.5, 2018: 2e3}, "2017: 1.5; 2018: 2000"),
        (["a", "b"], "a, b"),
        ("x\ny", "x y"),
    ],
)
def test_written(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_plain_text_keeps_identifiers_whole_and_columns_aligned() -> None:
    text = plain("title", COLUMNS, ROWS)
    lines = text.splitlines()
    assert len(lines) == 4
    assert lines[2].startswith(ROWS[0]["id"])  # type: ignore[arg-type]
    assert lines[2].endswith("1,234,567")
    labels = ("label", "卢氏县", "two lines")
    starts = [width(line[: line.index(label)]) for line, label in zip(lines[1:], labels, strict=True)]
    assert len(set(starts)) == 1


def test_csv_and_json_carry_values_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show("t", COLUMNS, ROWS, format=Format.CSV)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["value"] for row in rows] == ["1234567.0", ""]
    assert rows[1]["label"] == "two\nlines"
    show("t", COLUMNS, ROWS, format=Format.JSON)
    data = json.loads(capsys.readouterr().out)
    assert [row["value"] for row in data] == [1234567.0, None]


def test_nested_values_in_csv_are_json() -> None:
    assert as_csv(["v"], [{"v": {2017: 1.0}}]) == 'v\n"{""2017"": 1.0}"\n'


def test_without_a_terminal_nothing_wraps(capsys: pytest.CaptureFixture[str]) -> None:
    show("t", COLUMNS, ROWS)
    assert str(ROWS[0]["id"]) in capsys.readouterr().out


@pytest.mark.parametrize("columns", ["60", "42", "20"])
def test_terminal_keeps_identifiers_whole(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    name = "relocation_with_a_long_name_of_forty_ch"
    show("t", ["id", "text"], [{"id": name, "text": "word " * 40}], ids=["id"])
    assert name in capsys.readouterr().out
