"""Packing returns what was put in, type by type, and refuses what it could not return."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.run.packing import PackingError, dataclasses_of, pack, unpack


@dataclass
class Well:
    depth: float
    users: list[int]


@dataclass
class Stranger:
    name: str


KNOWN = {"Well": Well}
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.integers() | st.text(), inner)
    ),
    max_leaves=8,
)


def there_and_back(value: Any) -> Any:
    arrays: dict[str, Any] = {}
    data = json.loads(json.dumps(pack(value, "it", arrays, KNOWN)))
    return unpack(data, arrays, KNOWN)


@given(VALUES)
def test_plain_values_come_back_in_their_types(value: Any) -> None:
    back = there_and_back(value)
    assert back == value and repr(back) == repr(value)  # repr tells 1 from 1.0, True and (1,) from [1]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(3, dtype=np.int8),
        np.zeros((2, 0)),
        np.array(2.5, dtype=np.float32),
        np.array([[True, False]]).T,
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(["tea", "silk"]),
    ],
)
def test_arrays_keep_type_and_shape(array: np.ndarray) -> None:
    back = there_and_back({"a": [array]})["a"][0]
    assert back.dtype == array.dtype and back.shape == array.shape
    np.testing.assert_array_equal(back, array)


def test_numpy_scalars_stay_numpy_scalars() -> None:
    back = there_and_back(np.float32(0.1))
    assert type(back) is np.float32 and back == np.float32(0.1)


def test_dataclasses_are_made_again() -> None:
    assert there_and_back([Well(1.5, [1, 2]), Well(0.1 + 0.2, [])]) == [Well(1.5, [1, 2]), Well(0.1 + 0.2, [])]


@pytest.mark.parametrize("value", [object(), {1, 2}, len, np.array([None]), Stranger("x"), {"a": [Stranger("x")]}, 1j])
def test_other_kinds_are_refused_by_place(value: Any) -> None:
    with pytest.raises(PackingError, match=r"^office\.desk.* is a \w+, which cannot be saved; allowed: "):
        pack({"k": value} if not isinstance(value, dict) else value, "office.desk", {}, KNOWN)


@pytest.mark.parametrize("data", [{"is": "Stranger", "fields": {}}, {"is": "print", "fields": {}}, {"pickle": "x"}, []])
def test_nothing_unknown_is_made(data: Any) -> None:
    with pytest.raises(PackingError, match="not a packed value"):
        unpack(data, {}, {**KNOWN, "print": print})


def test_an_owner_knows_the_dataclasses_of_its_module() -> None:
    class Owner:
        pass

    assert set(dataclasses_of(Owner)) == {"Well", "Stranger"}
