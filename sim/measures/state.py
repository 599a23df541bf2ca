"""What the measures need to know of a county at one yearly assessment: plain arrays, one entry a household."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy.typing import NDArray

from tuopin.sim.measures.multidimensional import DIMENSIONS

Array = NDArray[Any]


class Cohort(NamedTuple):
    """Persons of the initial state, in thousandths, by household, and whether its exit is sustained; shapes (n,)."""

    start_persons: Array
    sustained: Array
    own_strength: Array


class Sources(NamedTuple):
    """Net income of households by source, yuan a year, shapes (n,); `remitted` is a part of `wage`."""

    wage: Array
    remitted: Array
    business: Array
    property: Array
    private: Array
    public: Array


class Lives(NamedTuple):
    """Of every household since the initial state, shapes (n,): years of poverty as bits, sums over `years` years."""

    years: int
    poor_years: Array
    lines_sum: Array
    squared_gap_sum: Array


class Initial(NamedTuple):
    """The initial state's households: effective income in lines and persons, shapes (households then,).

    `means` holds mean income of each tenth (1 to 10) then, shape (11,), `decile` the tenth of every household present
    now, shape (n,), and `prices` consumer prices of the year against the initial one.
    """

    in_lines: Array
    persons: Array
    means: Array
    decile: Array
    prices: float


class Programme(NamedTuple):
    """What one policy paid to households this year (fen, shape (n,)), and whom it paid last year."""

    received: Array
    before: Array


@dataclass(frozen=True)
class YearState:
    """A county at one assessment. All arrays have shape (n,), n households present at the year's end.

    Incomes are nominal yuan per person and year and are judged by the same year's `line`. Status mappings go by view
    (`true`, and if wanted `registry` and `survey`). What is None is not reported: in the initial year nothing is
    known of the year before, so there are no moves.
    """

    year: int
    line: float
    """Statistical line, yuan per person; the true and the survey view are judged by it."""
    members: Array
    """Persons, whole numbers."""
    income: Array
    """Effective income: net of the medical and school payments made this year."""
    net_income: Array
    market_income: Array
    """Before all public transfers, pensions included."""
    policy_transfers: Array
    """Of the public transfers, those paid by the scenario's policies; yuan per person."""
    poor: Mapping[str, Array]
    registered: Array
    """In the register and not exited."""
    deprivations: Mapping[str, Array]
    """Flag by dimension, exactly the names of `multidimensional.DIMENSIONS`."""
    medical_payment: Array
    """Yuan per household paid for care this year, after reimbursement."""
    subsistence_food: float
    """Yuan per person and year."""
    survey_income: Array | None = None
    poor_before: Mapping[str, Array] | None = None
    """Status one year earlier; a household split off since carries its parent's."""
    exited_before: Mapping[str, Array] | None = None
    """Had left poverty, in that view, at some assessment after the initial year and before this one."""
    cohort: Cohort | None = None
    """The persons of the initial state and whose exit is sustained; None before that can be seen."""
    poverty_years_before: Array | None = None
    """Poor person-years up to the year before, everybody first, then by group; None in the initial year."""
    sources: Sources | None = None
    lives: Lives | None = None
    initial: Initial | None = None
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    """What each policy paid whom this year."""
    alone: Array | None = None
    """Effective income less what ends with a programme's money, yuan a person."""
    vulnerability: Array | None = None
    """Probability of poverty estimated in the initial state."""
    reports: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Figures a policy reports of its own."""
    notes: Mapping[str, float] = field(default_factory=dict)
    """What else was noted of the whole county this year: indicator -> value."""
    consumption_poor: Array | None = None
    official_poor: Array | None = None
    registry_near_poor: Array | None = None
    """Listed near-poor in the register: an administrative status, not a band of income."""
    class_before: Array | None = None
    """Income class 0..4 a year earlier by that year's line (`transitions.income_class`), -1 unknown."""
    enrolled: Mapping[str, Array] = field(default_factory=dict)
    """Flag by policy: served this year; gives each policy's targeting errors."""
    groups: Mapping[str, tuple[Array, tuple[str, ...]]] = field(default_factory=dict)
    """Trait -> (codes int8 (n,), labels): code k belongs to group `trait=labels[k]`, -1 to none."""


def check_state(state: YearState) -> None:
    """Check shapes and codes of a state.

    Raises
    ------
    ValueError
        Naming the field.
    """
    n = len(state.members)
    fields: dict[str, Any] = {
        k: v for k, v in vars(state).items() if hasattr(v, "shape") and k != "poverty_years_before"
    }
    for name in ("poor", "poor_before", "exited_before", "deprivations", "enrolled"):
        fields |= {f"{name}[{key!r}]": values for key, values in (getattr(state, name) or {}).items()}
    for name in ("cohort", "sources", "lives"):
        parts = getattr(state, name)
        fields |= {f"{name}.{part}": v for part, v in (parts._asdict() if parts else {}).items() if hasattr(v, "shape")}
    for policy, programme in state.programmes.items():
        fields |= {f"programmes[{policy!r}].{part}": values for part, values in programme._asdict().items()}
    if state.initial is not None:
        fields["initial.decile"] = state.initial.decile
    fields |= {f"groups[{trait!r}]": codes for trait, (codes, _) in state.groups.items()}
    for name, values in fields.items():
        if values.shape != (n,):
            raise ValueError(f"{name}: shape {values.shape}, expected ({n},) as members")
    if "true" not in state.poor:
        raise ValueError("poor: the view 'true' must be given")
    if set(state.deprivations) != set(DIMENSIONS):
        raise ValueError(f"deprivations: exactly {', '.join(DIMENSIONS)} must be given")
    for trait, (codes, labels) in state.groups.items():
        if n and not (int(codes.min()) >= -1 and int(codes.max()) < len(labels)):
            raise ValueError(f"groups[{trait!r}]: codes must be -1 to {len(labels) - 1}, one per label")
