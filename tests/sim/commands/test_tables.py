from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.commands.layout import PAGE, page, width, wrapped
from tuopin.sim.commands.options import Format
from tuopin.sim.commands.tables import as_csv, cell_text, plain, show

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


def test_plain_text_keeps_identifiers_whole_in_blocks() -> None:
    lines = plain("title", COLUMNS, ROWS, ids=["id"]).splitlines()
    assert lines == ["title", ROWS[0]["id"], "    label: 卢氏县; value: 1,234,567", "b", "    label: two lines"]


@given(
    st.lists(st.lists(st.text("ab 卢氏县\u0301", max_size=80), min_size=4, max_size=4), max_size=5),
    st.text("ab 卢", max_size=300),
)
def test_no_line_is_wider_than_a_page_and_no_word_is_lost(rows: list[list[str]], title: str) -> None:
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    text = page(title, ["one", "two", "three", "four"], cells, [False, True, False, False], ["one"])
    widest = max([width(row[0]) for row in cells], default=0)
    assert all(width(line) <= max(PAGE, widest) for line in text.splitlines())
    plain_letters = [c for row in cells for cell in row for c in cell if c in "卢氏县"]
    assert sum(c in "卢氏县" for c in text) == len(plain_letters) + title.count("卢")


@pytest.mark.parametrize("size", [2, 3, 7, 40])
def test_wrapped_text_has_all_characters_and_no_wider_line(size: int) -> None:
    text = "a programme of 卢氏县 with averylongwordthatcannotstand whole"
    lines = wrapped(text, size)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(0 < width(line) <= size for line in lines)


def test_plain_text_is_aligned() -> None:
    rows = [{**ROWS[0], "id": "a_long_identifier"}, ROWS[1]]
    text = plain("title", COLUMNS, rows)
    lines = text.splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("a_long_identifier")
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


def test_without_a_terminal_identifiers_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    show("t", COLUMNS, ROWS, ids=["id"])
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
