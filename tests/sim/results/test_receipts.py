from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.results.receipts import (
    Receipt,
    RunRecord,
    append_receipt,
    file_name,
    from_json,
    parse_name,
    read_journal,
    to_json,
    write_journal,
)

words = st.text(min_size=1, max_size=12)
records = st.builds(
    RunRecord,
    place=st.just(""),
    replicate=st.just(0),
    scenario=words,
    scenario_hash=words,
    status=st.sampled_from(["done", "failed"]),
    seconds=st.floats(0, 1e6),
    rows=st.dictionaries(st.sampled_from(["indicators", "costs"]), st.integers(0, 10**9)),
    household_years=st.none() | st.floats(0, 1e12),
    error=st.none() | words,
    traceback=st.none() | words,
    file=st.just(""),
    position=st.just(0),
    states=st.just({}),
)


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    place, replicate, part = draw(words), draw(st.integers(1, 10**6)), draw(st.integers(0, 200))
    runs = draw(st.lists(records, max_size=3))
    return Receipt(
        identity=draw(words),
        place=place,
        replicate=replicate,
        panel=draw(st.booleans()),
        runs=tuple(replace(run, place=place, replicate=replicate) for run in runs),
        versions={"numpy": "2"},
        file=file_name(place, replicate, part),
        size=draw(st.integers(0, 10**12)),
        sha256="ab" * 32,
    )


@given(receipts())
def test_a_receipt_survives_json(receipt: Receipt) -> None:
    assert from_json(json.loads(json.dumps(to_json(receipt)))) == receipt


@given(words, st.integers(0, 10**7), st.integers(0, 10**4))
def test_names_of_files_stay_in_the_directory_and_can_be_read(place: str, replicate: int, part: int) -> None:
    name = file_name(place, replicate, part)
    assert Path(name).name == name and not name.startswith(".")
    assert parse_name(name)[1:] == (replicate, part)


@given(words, words)
def test_two_places_never_share_a_file_name(one: str, other: str) -> None:
    assert (file_name(one, 1, 0) == file_name(other, 1, 0)) == (one == other)


@pytest.mark.parametrize(
    "name", ["../x-r00001-p00.zip", "x-r1-p00.zip", "x-r00001-p00.zip.tmp", "a/b-r00001-p00.zip", ""]
)
def test_other_names_are_not_committed_files(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a committed file"):
        parse_name(name)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"runs": [{"scenario": "a"}]},
        {"runs": [{"scenario": "a", "scenario_hash": "h", "status": "done", "position": 3}]},
        {"runs": [{"scenario": "a", "scenario_hash": "h", "status": "perhaps"}]},
        {"file": "elsewhere-r00001-p00.zip"},
        {"file": "../../etc/passwd"},
        {"surprise": 1},
    ],
)
def test_what_contradicts_itself_is_no_receipt(change: dict[str, object]) -> None:
    good = to_json(Receipt("id", "east", 1, False, (), file="east-r00001-p00.zip"))
    assert from_json(good).place == "east"
    with pytest.raises(ValueError):
        from_json(good | change)


def test_every_cut_of_a_journal_keeps_its_whole_lines(tmp_path: Path) -> None:
    kept = [Receipt("id", "east", number, False, (), file=file_name("east", number, 0)) for number in (1, 2)]
    write_journal(tmp_path, "id", kept[:1])
    append_receipt(tmp_path, kept[1])
    whole = (tmp_path / "receipts.jsonl").read_bytes()
    header, first = (len(part) for part in whole.splitlines(keepends=True)[:2])
    for cut in range(len(whole) + 1):
        (tmp_path / "receipts.jsonl").write_bytes(whole[:cut])
        journal = read_journal(tmp_path)
        assert journal.identity == ("id" if cut >= header else None)
        lines = [position for position in (header, header + first, len(whole)) if position <= cut]
        assert len(journal.receipts) == max(0, len(lines) - 1)
        assert journal.torn == (0 if cut == 0 or cut in lines else 1)
