"""Whatever the file holds, the answer is a study or a StudyError, one printable line per mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tuopin.sim.study.declarations import Declarations
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study
from tuopin.sim.study.yaml_file import parse_document, read_document

GOOD = (Path(__file__).parent / "data" / "good.yaml").read_text(encoding="utf-8")
LINES = GOOD.splitlines(keepends=True)
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def survive(path: Path, raw: bytes, declarations: Declarations) -> None:
    path.write_bytes(raw)
    try:
        Study.load(path, declarations=declarations)
    except StudyError as error:
        for line in str(error).split("\n"):
            assert line.isprintable() and line.startswith(f"{path}:") and "; " in line


@quick
@given(raw=st.binary(max_size=200))
@example(raw=b"%YAML 1.1\n---\nname: yes\n")
@example(raw=b"%TAG ! !\n---\na: !<x> 1\n")
@example(raw=b'a: "\\xZZ"\n')
@example(raw=b"a: !!timestamp x\nb: !!float x\nc: !!bool maybe\n")
@example(raw=b"? !!binary x\n: 1\n")
@example(raw=b"{[a]: b, {c: d}: e}")
@example(raw=b"&a : *a\n")
@example(raw=b"<<: *x\n")
@example(raw="years: 2016-2020\u2028name: x".encode())
def test_bytes(raw: bytes, declarations: Declarations, write: Any, tmp_path: Path) -> None:
    survive(tmp_path / "study.yaml", raw, declarations)


@quick
@given(text=st.text(alphabet="ab:{}[],&*!<>|-?#%@'\"\n\t \\0019.~=", max_size=80))
def test_yaml_like_text(text: str, declarations: Declarations, write: Any, tmp_path: Path) -> None:
    survive(tmp_path / "study.yaml", text.encode(), declarations)


@quick
@given(
    line=st.integers(0, len(LINES) - 1),
    junk=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    ),
)
def test_any_value_at_any_key(line: int, junk: object, declarations: Declarations, write: Any, tmp_path: Path) -> None:
    key = LINES[line].partition(":")[0]
    text = "".join([*LINES[:line], f"{key}: {junk!r}\n", *LINES[line + 1 :]])
    survive(tmp_path / "study.yaml", text.encode("utf-8", "surrogatepass"), declarations)


@quick
@given(
    data=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=2)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.one_of(st.text(max_size=5), st.integers(), st.none()), inner, max_size=3),
        ),
        max_leaves=8,
    ),
    key=st.sampled_from(sorted(Study.model_fields)),
)
def test_any_python_value(data: object, key: str, declarations: Declarations, write: Any, tmp_path: Path) -> None:
    good = dict(parse_document(GOOD, "good").data)
    beside = write(GOOD).parent if not (tmp_path / "study.yaml").exists() else tmp_path
    try:
        Study.from_dict({**good, key: data}, beside=beside, declarations=declarations)
    except StudyError as error:
        assert all(problem.path.startswith((key, "baseline")) for problem in error.problems), str(error)


@settings(max_examples=60, deadline=None)
@given(
    data=st.dictionaries(
        st.text("abcdefg", min_size=1, max_size=4),
        st.one_of(st.integers(-9, 9), st.booleans(), st.lists(st.integers(0, 5), max_size=3)),
        min_size=1,
        max_size=5,
    )
)
def test_lines_are_those_of_the_keys(data: dict[str, object]) -> None:
    text = "# top\n" + "\n".join(f"{key}: {str(value).lower()}" for key, value in data.items())
    document = parse_document(text, "x")
    assert document.data == data
    assert [document.line((key,)) for key in data] == list(range(2, len(data) + 2))


def test_special_files_are_refused(tmp_path: Path) -> None:
    for path in (Path("/dev/null"), Path("/dev/zero"), tmp_path / ("x" * 300), Path("a\0b")):
        with pytest.raises(StudyError, match="allowed: the path of a study file"):
            read_document(path)
