"""Luck as a pure function: ``u = U(seed, replicate, stream, year, uid, k)``.

There is no generator state anywhere. A draw is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random
numbers: as easy as 1, 2, 3") of a counter that names the household, the stream, the year and the draw, under a key that
names the study's seed and the replicate. The scenario is never part of it: a household meets the same luck under every
policy, in every row order, chunk, worker or process.

Counter words: uid low, uid high, ``stream << 16 | year``, block. Key words: seed, replicate. One block gives four
uniforms on the open interval (0, 1), each from 32 bits.

This is the only module of the project that makes random numbers.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I64
from tuopin.agents.compiled import compiled

MAXIMUM_SEED = 2**32 - 1
_UNIT = 2.0**-32
_CENTRE = 0.425

STREAMS: dict[str, int] = {}
"""Every declared stream by name; two streams never share a number."""
STREAM_OWNERS: dict[int, str] = {}
"""The top-level package that declared each stream, by its number."""
FIRST_EXTERNAL_STREAM = 1000
"""Policies of other packages declare streams from this number on."""


def declare_stream(name: str, number: int) -> int:
    """Declare a stream of luck and return its number (1..65535; from `FIRST_EXTERNAL_STREAM` on for other packages).

    Raises
    ------
    ValueError
        If the name or the number is taken, or the number is out of range: two mechanisms that shared a stream would
        share their luck.
    """
    owner = str(sys._getframe(1).f_globals.get("__name__")).partition(".")[0]
    if not isinstance(number, int) or not 1 <= number <= 65535:
        raise ValueError(f"stream {name!r}: number {number} is outside 1..65535")
    for other, taken in STREAMS.items():
        if other == name or taken == number:
            raise ValueError(f"stream {name!r} ({number}) clashes with {other!r} ({taken})")
    if owner != "tuopin" and number < FIRST_EXTERNAL_STREAM:
        raise ValueError(f"stream {name!r}: number {number} is below {FIRST_EXTERNAL_STREAM}, which are Tuopin's own")
    STREAMS[name], STREAM_OWNERS[number] = number, owner
    return number


@compiled
def philox4x32_10(
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Return the four 32-bit words of Philox4x32-10 for a 128-bit counter and a 64-bit key (uint32 words)."""
    x0 = np.uint32(c0)
    x1 = np.uint32(c1)
    x2 = np.uint32(c2)
    x3 = np.uint32(c3)
    key0 = np.uint32(k0)
    key1 = np.uint32(k1)
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * np.uint64(x0)
        p1 = np.uint64(0xCD9E8D57) * np.uint64(x2)
        y0 = np.uint32(np.uint32(p1 >> np.uint64(32)) ^ x1 ^ key0)
        y2 = np.uint32(np.uint32(p0 >> np.uint64(32)) ^ x3 ^ key1)
        x1 = np.uint32(p1)
        x3 = np.uint32(p0)
        x0 = y0
        x2 = y2
        key0 = np.uint32(key0 + np.uint32(0x9E3779B9))
        key1 = np.uint32(key1 + np.uint32(0xBB67AE85))
    return x0, x1, x2, x3


CHUNK = 512
"""Households whose luck a kernel draws at a time: four uniforms of as many fit into the first cache."""


class Draws(NamedTuple):
    """The luck of a kernel: what keys it beside the household, and room for that of a chunk of households.

    A kernel calls `draw_chunk` whenever it begins a chunk; household `first + k` then finds its uniforms on (0, 1) in
    `u[:, k]`, shape (4 * blocks, CHUNK), and standard normals made of the first of them in `z[:, k]`, shape (normals,
    CHUNK). Made by `Luck.draws`.
    """

    seed: int
    replicate: int
    stream: int
    year: int
    block: int
    u: F64
    z: F64


@compiled
def uniform4(draws: Draws, uid: np.int64, block: int) -> tuple[float, float, float, float]:
    """Return four independent uniforms on (0, 1) of one household; `block` 0, 1, ... gives further fours."""
    identity = np.uint64(uid)
    x0, x1, x2, x3 = philox4x32_10(
        np.uint32(identity & np.uint64(0xFFFFFFFF)),
        np.uint32(identity >> np.uint64(32)),
        np.uint32((np.uint32(draws.stream) << np.uint32(16)) | np.uint32(draws.year)),
        np.uint32(draws.block + block),
        np.uint32(draws.seed),
        np.uint32(draws.replicate),
    )
    return (x0 + 0.5) * _UNIT, (x1 + 0.5) * _UNIT, (x2 + 0.5) * _UNIT, (x3 + 0.5) * _UNIT


@compiled
def _central(q: float) -> float:
    r = 0.180625 - q * q
    top = 2509.0809287301226727 * r + 33430.575583588128105
    top = ((top * r + 67265.770927008700853) * r + 45921.953931549871457) * r + 13731.693765509461125
    top = ((top * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.3871328727963666080
    low = 5226.4952788528545610 * r + 28729.085735721942674
    low = ((low * r + 39307.895800092710610) * r + 21213.794301586595867) * r + 5394.1960214247511077
    low = ((low * r + 687.18700749205790830) * r + 42.313330701600911252) * r + 1.0
    return q * top / low


@compiled
def _tail(u: float) -> float:
    r = math.sqrt(-math.log(min(u, 1.0 - u))) - 1.6
    top = 7.74545014278341407640e-4 * r + 0.0227238449892691845833
    top = ((top * r + 0.241780725177450611770) * r + 1.27045825245236838258) * r + 3.64784832476320460504
    top = ((top * r + 5.76949722146069140550) * r + 4.63033784615654529590) * r + 1.42343711074968357734
    low = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
    low = ((low * r + 0.0151986665636164571966) * r + 0.148103976427480074590) * r + 0.689767334985100004550
    low = ((low * r + 1.67638483018380384940) * r + 2.05319162663775882187) * r + 1.0
    return top / low if u > 0.5 else -top / low


@compiled
def normal(u: float) -> float:
    """The standard normal whose distribution function is `u` on (0, 1): one normal from one uniform.

    Algorithm AS 241, routine PPND16 (Wichura 1988, Applied Statistics 37), to a relative 1e-15. Its branch for the far
    tail, beyond 1e-11, is left out: 32-bit uniforms end at 1.2e-10.
    """
    q = u - 0.5
    return _central(q) if abs(q) <= _CENTRE else _tail(u)


@compiled
def fill_normals(u: F64, out: F64) -> None:
    """Write `normal` of each of `u` to `out`, both contiguous: the centre in vectors for all, then the few tails.

    It takes 3.4 ns a normal, `normal` of each 7.8.
    """
    for i in range(u.shape[0]):
        out[i] = _central(u[i] - 0.5)
    tails, found = np.empty(u.shape[0], dtype=np.int64), np.int64(0)
    for i in range(u.shape[0]):  # without a branch: one guessed wrong costs more than the tail itself
        tails[found] = i
        found += np.int64(abs(u[i] - 0.5) > _CENTRE)
    for k in range(found):
        out[tails[k]] = _tail(u[tails[k]])


def normals_of(u: F64) -> F64:
    """Standard normals by inversion of uniforms on (0, 1), any shape."""
    out = np.empty(u.size)
    fill_normals(np.ascontiguousarray(u).ravel(), out)
    return out.reshape(u.shape)


@compiled
def fill4(seed: int, replicate: int, stream: int, year: int, uids: I64, block: int, out: F64) -> None:
    """Write the four uniforms of `uniform4` for every uid to `out`, shape (4, at least len(uids)).

    The same words as `philox4x32_10`, in 64-bit lanes: the compiler vectorises this loop, at a quarter of the time.
    """
    low32 = np.uint64(0xFFFFFFFF)
    word2 = np.uint64((np.uint32(stream) << np.uint32(16)) | np.uint32(year))
    word3, key0, key1 = np.uint64(np.uint32(block)), np.uint64(np.uint32(seed)), np.uint64(np.uint32(replicate))
    out0, out1, out2, out3 = out[0], out[1], out[2], out[3]
    for i in range(uids.shape[0]):
        identity = np.uint64(uids[i])
        x0, x1, x2, x3 = identity & low32, identity >> np.uint64(32), word2, word3
        k0, k1 = key0, key1
        for _ in range(10):
            p0 = np.uint64(0xD2511F53) * x0
            p1 = np.uint64(0xCD9E8D57) * x2
            x0 = (p1 >> np.uint64(32)) ^ x1 ^ k0
            x2 = (p0 >> np.uint64(32)) ^ x3 ^ k1
            x1 = p1 & low32
            x3 = p0 & low32
            k0 = (k0 + np.uint64(0x9E3779B9)) & low32
            k1 = (k1 + np.uint64(0xBB67AE85)) & low32
        out0[i] = (np.float64(np.int64(x0)) + 0.5) * _UNIT
        out1[i] = (np.float64(np.int64(x1)) + 0.5) * _UNIT
        out2[i] = (np.float64(np.int64(x2)) + 0.5) * _UNIT
        out3[i] = (np.float64(np.int64(x3)) + 0.5) * _UNIT


@compiled
def draw_chunk(draws: Draws, uids: I64, first: int) -> int:
    """Draw the luck of the chunk of households that begins at `first`; return how many they are."""
    many: int = min(CHUNK, uids.shape[0] - first)
    for k in range(draws.u.shape[0] // 4):
        room = draws.u[4 * k : 4 * k + 4]
        part = uids[first : first + many]
        fill4(draws.seed, draws.replicate, draws.stream, draws.year, part, draws.block + k, room)
    for k in range(draws.z.shape[0]):
        fill_normals(draws.u[k, :many], draws.z[k])
    return many


@dataclass(frozen=True)
class Luck:
    """The luck of one replicate of one study; shared by all its scenarios."""

    seed: int
    replicate: int

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAXIMUM_SEED or not 0 <= self.replicate <= MAXIMUM_SEED:
            raise ValueError(f"seed and replicate must lie in 0..{MAXIMUM_SEED}: {self.seed}, {self.replicate}")

    def uniforms(self, stream: int, year: int, uids: I64, draws: int = 1, block: int = 0) -> F64:
        """Return an array (len(uids), draws) of uniforms on (0, 1); row i depends on uids[i] alone.

        `block` (0 .. 2**32 - 1) opens an independent sequence on the same stream, for instance one per policy.
        """
        uids = np.ascontiguousarray(uids, dtype=np.int64)
        blocks = (draws + 3) // 4
        out = np.empty((4 * blocks, len(uids)))
        for k in range(blocks):
            fill4(self.seed, self.replicate, stream, year, uids, block + k, out[4 * k : 4 * k + 4])
        return out[:draws].T

    def draws(self, stream: int, year: int, blocks: int = 1, normals: int = 0, block: int = 0) -> Draws:
        """Return a kernel's luck: `4 * blocks` uniforms a household, of the first `normals` of them also normals."""
        room = np.empty((4 * blocks, CHUNK)), np.empty((normals, CHUNK))
        return Draws(self.seed, self.replicate, stream, year, block, *room)

    def uniform(self, stream: int, year: int, uids: I64, block: int = 0) -> F64:
        """Return one uniform per uid, shape (len(uids),)."""
        return self.uniforms(stream, year, uids, 1, block)[:, 0]

    def normals(self, stream: int, year: int, uids: I64, block: int = 0) -> F64:
        """Return one standard normal per uid, shape (len(uids),), by inversion of its uniform."""
        return normals_of(self.uniform(stream, year, uids, block))


def luck_elsewhere() -> tuple[object, ...]:
    """The states of Python's and numpy's own generators, which nothing of a simulation may move."""
    kind, words, *rest = import_module("numpy.random").get_state()
    return (import_module("random").getstate(), kind, np.asarray(words).tobytes(), *rest)


# The register of streams. Numbers are for life: renumbering one changes every published result.
PARAMETERS = declare_stream("parameters", 1)
POPULATION = declare_stream("population", 2)
VILLAGES = declare_stream("villages", 3)
REGISTRATION = declare_stream("registration", 4)
DEMOGRAPHY = declare_stream("demography", 10)
SPLITS = declare_stream("splits", 11)
MARKET_SHOCKS = declare_stream("market shocks", 20)
VILLAGE_SHOCKS = declare_stream("village shocks", 21)
ILLNESS = declare_stream("illness", 22)
LIVELIHOOD_SHOCKS = declare_stream("livelihood shocks", 23)
INCOME_RISK = declare_stream("income risk", 24)
LABOUR = declare_stream("labour", 25)
FIRMS = declare_stream("firms", 26)
SCHOOLING = declare_stream("schooling", 27)
SURVEY = declare_stream("survey", 30)
VERIFICATION = declare_stream("verification", 31)
TARGETING = declare_stream("targeting", 40)
TAKE_UP = declare_stream("take-up", 41)
RELOCATION = declare_stream("relocation", 50)
COOPERATIVE = declare_stream("cooperative", 51)
MONITORING = declare_stream("monitoring", 52)
IDENTIFICATION = declare_stream("identification", 53)
CADRES = declare_stream("cadre support", 54)
PEOPLE_KEY, LIVELIHOOD_KEY, CHILDREN_KEY = 2, 3, 4
"""Who and what a household is is keyed without a year: on the stream of the population stands in its place what is
drawn."""
