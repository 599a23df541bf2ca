from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from fake_county import _frames, fake_plan

from tuopin.sim.results.schemas import TABLES, TEXT, conform, describe, empty_schema, fit_schema, unite


@pytest.fixture
def frames() -> dict[str, Any]:
    return _frames(fake_plan(), "east", "b", 1)


def test_columns_come_in_the_contract_s_order_and_types(frames: dict[str, Any]) -> None:
    shuffled = frames["costs"].select(sorted(frames["costs"].column_names))
    table = conform("costs", shuffled)
    assert table.schema.equals(empty_schema("costs"))
    assert table.schema.field("payer").type == TEXT


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_words_may_come_in_any_form(frames: dict[str, Any], kind: Any) -> None:
    words = frames["indicators"].column("group").cast(pa.string()).cast(kind)
    at = frames["indicators"].column_names.index("group")
    table = conform("indicators", frames["indicators"].set_column(at, "group", words))
    assert table.column("group").type == TEXT and table.column("group").to_pylist() == ["all"] * 3


def test_a_missing_an_unknown_and_a_lossy_column_are_refused(frames: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"columns missing \['kind'\], unknown \[\]"):
        conform("spells", frames["spells"].drop_columns(["kind"]))
    with pytest.raises(ValueError, match=r"unknown \['in_b'\]"):
        conform("spells", frames["spells"].append_column("in_b", pa.array([True] * 3)))
    at = frames["costs"].column_names.index("persons")
    with pytest.raises(ValueError, match="truncated"):
        conform("costs", frames["costs"].set_column(at, "persons", pa.array([1.5, 2.0, 3.0])))


def test_panels_of_different_policies_fit_one_schema() -> None:
    tables = [conform("panel", _frames(fake_plan(), "east", name, 1)["panel"]) for name in ("none", "b", "a")]
    schema = unite([table.schema for table in tables])
    assert schema.names[-2:] == ["in_a", "in_b"]
    fit = fit_schema(tables[0], schema)
    assert fit.schema.equals(schema) and not any(fit.column("in_a").to_pylist())


def test_every_column_has_labels_in_both_languages() -> None:
    for frame in TABLES:
        schema = describe(frame, empty_schema(frame), {"tuopin.study": "x"})
        for field in schema:
            assert field.metadata[b"label_en"] and field.metadata[b"label_zh"], (frame, field.name)
    assert schema.metadata[b"tuopin.study"] == b"x"
