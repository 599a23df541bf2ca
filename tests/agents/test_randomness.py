"""Luck: published known answers, distributions on the very keys the model uses, and purity."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtri

from tuopin.agents import randomness
from tuopin.agents.identity import PLACE_SHIFT, SPLIT_OFF
from tuopin.agents.randomness import (
    MAXIMUM_SEED,
    STREAMS,
    Luck,
    declare_stream,
    normal,
    normals_of,
    philox4x32_10,
    uniform4,
)

ROOT = Path(__file__).parents[2]
PLACE = 411224
N = 100_000
TINY = 1e-6
"""Significance below which a test of a fixed key fails: keys are fixed, so it never fails by chance from run to run."""


def uids(n: int = N, first: int = 0) -> NDArray[np.int64]:
    """Household uids as the model numbers them."""
    return (np.int64(PLACE) << PLACE_SHIFT) + np.arange(first, first + n, dtype=np.int64)


# --- the published known-answer vectors of Random123 (kat_vectors, philox4x32 10)
# --------------------------------------

KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    words = philox4x32_10(*(np.uint32(w) for w in (*counter, *key)))
    assert tuple(int(w) for w in words) == answer


def test_uniform4_lays_the_key_out_as_documented() -> None:
    # counter: uid low, uid high, stream << 16 | year, block; key: seed, replicate; each word w becomes (w + 0.5) / 2^32
    uid = 0x85A308D3_243F6A88 & 0x7FFFFFFFFFFFFFFF
    words = philox4x32_10(
        np.uint32(0x243F6A88),
        np.uint32(0x05A308D3),
        np.uint32(0x1319 << 16 | 0x8A2E),
        np.uint32(3),
        np.uint32(5),
        np.uint32(6),
    )
    expected = tuple((int(w) + 0.5) / 2**32 for w in words)
    assert tuple(uniform4(Luck(5, 6).draws(0x1319, 0x8A2E), uid, 3)) == expected


def test_uniforms_are_the_same_numbers_as_the_kernels_see() -> None:
    some = uids(5)
    table = Luck(7, 3).uniforms(22, 2019, some, 10, block=4)
    for row, uid in zip(table, some, strict=True):
        blocks = [x for block in (4, 5, 6) for x in uniform4(Luck(7, 3).draws(22, 2019), uid, block)]
        assert row.tolist() == blocks[:10]


# --- distributions ---------------------------------------------------------------------------------------------------

USED_STREAMS = sorted(STREAMS.items())


@pytest.mark.parametrize(("name", "stream"), USED_STREAMS)
def test_every_stream_is_uniform_over_neighbouring_households(name: str, stream: int) -> None:
    u = Luck(20161231, 0).uniforms(stream, 2018, uids(), 4)
    for k in range(4):
        assert stats.kstest(u[:, k], "uniform").pvalue > TINY, (name, k)
    counts = np.bincount((u[:, 0] * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > TINY
    assert u.min() > 0.0 and u.max() < 1.0


def _families() -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Pairs of draws that differ in one part of the key, as the model meets them."""
    base = Luck(20161231, 0)
    u = base.uniforms(22, 2018, uids(), 8)
    return {
        "streams": (u[:, 0], base.uniform(23, 2018, uids())),
        "neighbouring streams' years": (u[:, 0], base.uniform(24, 2018, uids())),
        "years": (u[:, 0], base.uniform(22, 2019, uids())),
        "neighbouring uids": (u[:-1, 0], u[1:, 0]),
        "uids two apart": (u[:-2, 0], u[2:, 0]),
        "draws of a block": (u[:, 0], u[:, 1]),
        "blocks": (u[:, 0], u[:, 4]),
        "seeds": (u[:, 0], Luck(20161232, 0).uniform(22, 2018, uids())),
        "seeds one bit apart": (u[:, 0], Luck(20161231 ^ 0x80000000 & MAXIMUM_SEED, 0).uniform(22, 2018, uids())),
        "replicates": (u[:, 0], Luck(20161231, 1).uniform(22, 2018, uids())),
        "seed against replicate": (Luck(1, 2).uniform(22, 2018, uids()), Luck(2, 1).uniform(22, 2018, uids())),
        "places": (u[:, 0], base.uniform(22, 2018, uids() + (np.int64(1) << PLACE_SHIFT))),
        "parents and derived uids": (u[:, 0], base.uniform(22, 2018, uids() | SPLIT_OFF)),
    }


FAMILIES = _families()


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_draws_are_independent_across_one_part_of_the_key(family: str) -> None:
    a, b = FAMILIES[family]
    assert stats.pearsonr(a, b).pvalue > TINY
    assert stats.pearsonr((a - 0.5) ** 2, (b - 0.5) ** 2).pvalue > TINY
    table = np.zeros((16, 16))
    np.add.at(table, ((a * 16).astype(int), (b * 16).astype(int)), 1)
    assert stats.chisquare(table.ravel()).pvalue > TINY
    assert stats.kstest((a + b) % 1.0, "uniform").pvalue > TINY
    assert (a == b).mean() < 1e-3


def test_no_serial_correlation_along_uids_or_years() -> None:
    u = Luck(20161231, 0).uniform(24, 2018, uids())
    for lag in (1, 2, 3, 4, 7, 8, 16, 64, 350, 1024):
        assert stats.pearsonr(u[:-lag], u[lag:]).pvalue > TINY, lag
    years = np.stack([Luck(20161231, 0).uniform(24, year, uids(2000)) for year in range(2012, 2026)])
    for lag in (1, 2, 5):
        assert stats.pearsonr(years[:-lag].ravel(), years[lag:].ravel()).pvalue > TINY, lag


def test_one_household_over_replicates_is_uniform() -> None:
    one = uids(1)
    u = np.array([Luck(20161231, r).uniform(22, 2018, one)[0] for r in range(5000)])
    assert stats.kstest(u, "uniform").pvalue > TINY
    assert stats.pearsonr(u[:-1], u[1:]).pvalue > TINY


def test_normals_are_standard_normal_and_independent_of_one_another() -> None:
    luck = Luck(20161231, 0)
    z = normals_of(luck.uniforms(24, 2018, uids(), 2))
    for k in range(2):
        assert stats.kstest(z[:, k], "norm").pvalue > TINY
    assert stats.pearsonr(z[:, 0], z[:, 1]).pvalue > TINY
    assert stats.pearsonr(z[:, 0] ** 2, z[:, 1] ** 2).pvalue > TINY
    np.testing.assert_array_equal(luck.normals(24, 2018, uids()), z[:, 0])


def test_normals_are_the_published_quantiles() -> None:
    # Wichura (1988) prints these: PPND16 of 0.25, 0.001 and 1e-20; the last is beyond what 32-bit uniforms reach
    assert normal(0.25) == pytest.approx(-0.6744897501960817, rel=1e-15)
    assert normal(0.001) == pytest.approx(-3.090232306167814, rel=1e-15)
    assert normal(0.5) == 0.0
    u = np.concatenate(
        [(np.arange(20_000) + 0.5) / 20_000, 2.0 ** -np.arange(1.0, 34.0), 1.0 - 2.0 ** -np.arange(2.0, 34.0)]
    )
    np.testing.assert_allclose(normals_of(u), ndtri(u), rtol=1e-13, atol=1e-15)


# --- purity ----------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=40, unique=True),
    st.randoms(use_true_random=False),
    st.integers(1, 39),
    st.integers(1, 9),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 65535),
)
def test_a_row_depends_on_its_uid_alone(
    names: list[int], shuffle: object, cut: int, draws: int, seed: int, replicate: int, year: int
) -> None:
    luck, whole = Luck(seed, replicate), np.array(names, dtype=np.int64)
    table = luck.uniforms(22, year, whole, draws)
    order = list(range(len(names)))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(luck.uniforms(22, year, whole[order], draws), table[order])
    pieces = [luck.uniforms(22, year, part, draws) for part in (whole[:cut], whole[cut:])]
    np.testing.assert_array_equal(np.concatenate(pieces), table)
    np.testing.assert_array_equal(
        luck.uniforms(22, year, np.concatenate([whole, whole])[::2], draws),
        table[::2].tolist() + table[len(names) % 2 :: 2].tolist(),
    )
    np.testing.assert_array_equal(luck.uniforms(22, year, whole, 1)[:, 0], table[:, 0])


def test_numbers_are_those_of_every_earlier_release() -> None:
    """A change of these three numbers changes every published result."""
    luck = Luck(20161231, 4)
    got = luck.uniforms(22, 2019, uids(1, 12), 3)[0]
    assert [f"{x:.10f}" for x in got] == ["0.7893511133", "0.7704856790", "0.8396587538"]


# --- the register of streams -----------------------------------------------------------------------------------------


def test_a_stream_declared_twice_is_refused() -> None:
    taken = dict(STREAMS)
    with pytest.raises(ValueError, match="clashes"):
        declare_stream("illness", 1999)
    with pytest.raises(ValueError, match="clashes"):
        declare_stream("a name of its own", STREAMS["illness"])
    with pytest.raises(ValueError, match="Tuopin's own"):
        declare_stream("a name of its own", 999)
    for number in (0, -1, 65536):
        with pytest.raises(ValueError, match=r"1\.\.65535"):
            declare_stream("a name of its own", number)
    assert taken == STREAMS


def test_streams_are_distinct_and_below_those_of_other_packages() -> None:
    assert len(set(STREAMS.values())) == len(STREAMS)
    own = [
        v for k, v in STREAMS.items() if getattr(randomness, k.upper().replace(" ", "_").replace("-", "_"), None) == v
    ]
    assert max(own) < randomness.FIRST_EXTERNAL_STREAM


@pytest.mark.parametrize(("seed", "replicate"), [(-1, 0), (0, -1), (2**32, 0), (0, 2**32)])
def test_a_seed_or_replicate_beyond_its_word_is_refused(seed: int, replicate: int) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        Luck(seed, replicate)


def test_nothing_else_makes_random_numbers() -> None:
    """`numpy.random` and `random` appear in no module and no test; only the module of luck may draw.

    The plain-Mesa reference of the benchmarks is written the ordinary way, with Mesa's own generator.
    """
    offenders = []
    for folder in ("agents", "policies", "sim", "tests"):
        for path in sorted(set((ROOT / folder).rglob("*.py")) - set((ROOT / "tests" / "benchmarks").rglob("*.py"))):
            offenders += [
                f"{path.relative_to(ROOT)}:{line}" for line in _random_uses(ast.parse(path.read_text("utf-8")))
            ]
    assert offenders == []


def _random_uses(tree: ast.AST) -> list[int]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            named = [f"{node.value.id}.{node.attr}"]
        else:
            continue
        barred = {"random", "numpy.random", "np.random", "secrets"}
        if any(name in barred or name.startswith(("random.", "numpy.random.")) for name in named):
            found.append(node.lineno)
    return found


def test_the_scan_finds_what_it_looks_for() -> None:
    for text in (
        "import random",
        "from random import shuffle",
        "import numpy.random",
        "from numpy import random",
        "np.random.default_rng(1)",
        "from numpy.random import default_rng",
    ):
        assert _random_uses(ast.parse(text)), text
    assert _random_uses(ast.parse("model.random_order = 1; from agents import randomness")) == []
