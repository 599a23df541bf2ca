"""Groups of households that indicators are given for: one row of a table a trait.

`TRAITS` part everybody in every study; those `FURTHER` a study asks for by ``groups:``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tuopin.agents.arrays import I8, Flags
from tuopin.agents.columns import CAUSES, Column
from tuopin.agents.county import County
from tuopin.agents.households import Households

NO_YES = ("no", "yes")
START, START_LABELS = "start", ("not_poor", "poor")
"""Status in the initial state (true view): what is gained by the first is prevention, by the second relief."""


@dataclass(frozen=True)
class Trait:
    """One trait that parts all households in two groups, `<name>=yes` and `<name>=no`.

    `yes` and `no` are the labels of the two in English and Chinese; `holds` is the rule of `yes`: households -> bool,
    shape (households,). `overlooked` is the one that programmes tend to leave out, which figures therefore show.
    """

    name: str
    yes: tuple[str, str]
    no: tuple[str, str]
    holds: Callable[[Households], Flags]
    overlooked: Literal["yes", "no"] = "yes"


TRAITS: tuple[Trait, ...] = (
    Trait(
        "elderly_only", ("Elderly-only households", "纯老年户"), ("Others", "其他户"), lambda h: h.elderly == h.members
    ),
    Trait("disabled", ("With a disabled member", "残疾人户"), ("Without one", "无残疾人户"), lambda h: h.disabled > 0),
    Trait("remote", ("Remote villages", "偏远村"), ("Other villages", "其他村"), lambda h: h.settlement == 0),
    Trait(
        "registered", ("Registered", "建档户"), ("Not registered", "未建档户"), lambda h: h.registered_at_start, "no"
    ),
)
"""In the order in which the tables list them. `registered` is the initial state's: a later exit leaves one in it."""


def groups_of(households: Households) -> dict[str, tuple[I8, tuple[str, ...]]]:
    """Return for each trait the codes of all households, shape (households,), and the labels of the codes."""
    groups = {trait.name: (trait.holds(households).astype(np.int8), NO_YES) for trait in TRAITS}
    return {**groups, START: (households.start_poor.astype(np.int8), START_LABELS)}


Label = tuple[str, str, str]
"""A group as tables name it, and its label in English and Chinese."""


@dataclass(frozen=True)
class Further:
    """A trait by which a study may ask for indicators: its groups are `<name>=<label>`.

    `codes` gives the group of every household, int8, shape (households,), -1 for none.
    """

    name: str
    labels: tuple[Label, ...]
    codes: Callable[[County], I8]
    meaning: str
    columns: tuple[Column, ...] = ()
    """What it keeps of each household, in studies that ask for it only; a household that splits off has the same."""


BAND_BOUNDS = (0.5, 0.8, 1.0, 1.25, 1.5)
"""Bounds of the bands of income in the initial state, in lines; a bound belongs to the band above it."""
_BANDS: tuple[Label, ...] = (
    ("below_0.5", "Below 0.5 lines at the start", "期初低于0.5倍线"),
    ("0.5-0.8", "0.5 to 0.8 lines at the start", "期初0.5至0.8倍线"),
    ("0.8-1", "0.8 to 1 lines at the start", "期初0.8至1倍线"),
    ("1-1.25", "1 to 1.25 lines at the start", "期初1至1.25倍线"),
    ("1.25-1.5", "1.25 to 1.5 lines at the start", "期初1.25至1.5倍线"),
    ("above_1.5", "Above 1.5 lines at the start", "期初1.5倍线以上"),
)
_CAUSES_ZH = (
    "无记录原因",
    "因病",
    "因残",
    "因学",
    "因灾",
    "缺劳力",
    "缺技术或资金",
    "缺土地",
    "缺水",
    "交通落后",
    "自身发展动力不足",
    "因婚",
    "因丧",
    "其他原因",
)
_START_BAND = Column(
    "start_band",
    "status",
    "int8",
    "code",
    0,
    len(_BANDS) - 1,
    "band of effective income in lines in the initial state",
    "期初收入档",
)
_LISTED = "monitoring_listed"
"""The column of a policy called `monitoring` that says who is on its list."""


def _village_listed(county: County) -> I8:
    listed = getattr(county.villages, "listed", None)
    h = county.households
    return np.zeros(len(h), dtype=np.int8) if listed is None else np.asarray(listed, dtype=np.int8)[h.village]


def _monitored(county: County) -> I8:
    h = county.households
    return (h.column(_LISTED) > 0).astype(np.int8) if _LISTED in h.table else np.zeros(len(h), dtype=np.int8)


FURTHER: tuple[Further, ...] = (
    Further(
        "start_band",
        _BANDS,
        lambda county: county.households.column(_START_BAND.name),
        "effective income in lines in the initial state",
        (_START_BAND,),
    ),
    Further(
        "village_listed",
        (("no", "Villages not listed as poor", "非贫困村"), ("yes", "Villages listed as poor", "贫困村")),
        _village_listed,
        "whether the village is listed as poor",
    ),
    Further(
        "cause",
        tuple((name, f"Cause: {name.replace('_', ' ')}", zh) for name, zh in zip(CAUSES, _CAUSES_ZH, strict=True)),
        lambda county: county.households.cause,
        "main cause of poverty as the register has it at the year's end (none: never registered)",
    ),
    Further(
        "monitored",
        (("no", "Not on the monitoring list", "未纳入监测"), ("yes", "On the monitoring list", "监测对象")),
        _monitored,
        "whether on the list of a policy called monitoring at the year's end",
    ),
)
"""In the order in which the tables list them. The first two are of the initial state and its villages and never change;
the others are the year's own."""


def further(names: Sequence[str]) -> list[Further]:
    """Return the further traits of these names, in the order of the tables."""
    return [trait for trait in FURTHER if trait.name in names]


def group_columns(names: Sequence[str]) -> list[Column]:
    """Return the columns that households have beside all others where a study asks for the groups `names`."""
    return [column for trait in further(names) for column in trait.columns]


def begin_groups(county: County, names: Sequence[str]) -> None:
    """Give households of the initial state the columns that the groups `names` need."""
    h = county.households
    h.declare(group_columns(names))
    if _START_BAND.name in h.table:
        h.set(_START_BAND.name, np.searchsorted(BAND_BOUNDS, h.income_pp / county.line, side="right").astype(np.int8))


def further_groups(county: County, names: Sequence[str]) -> dict[str, tuple[I8, tuple[str, ...]]]:
    """Return for each of the further traits `names` the codes of all households and the labels, as `groups_of` does."""
    return {trait.name: (trait.codes(county), tuple(label for label, _, _ in trait.labels)) for trait in further(names)}
