"""A small model to check studies against, so that these tests do not move with the real one's numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from tuopin.agents.mechanisms import Mechanism
from tuopin.agents.parameters import Parameter
from tuopin.policies.protocol import Policy
from tuopin.sim.study.declarations import Declarations

DATA = Path(__file__).parent / "data"


def number(name: str, value: object, unit: str, **more: object) -> Parameter:
    return Parameter(name, "test", value, unit, "a source", "free", meaning=f"the {name}", **more)  # type: ignore[arg-type]


BUDGET = number("budget", {2017: 1.0e8}, "yuan", minimum=0, by_year=True, extend="zero")
SLOTS = number("slots", 500, "households", minimum=0, by_year=True, optional=True)
MONTHS = number("support_after_exit_months", 36, "months", choices=(0, 12, 36, 60))


@dataclass(frozen=True)
class FakePolicy:
    name: str
    parameters: dict[str, Parameter]
    label: str = "A policy"
    label_zh: str = "政策"
    steps: tuple[str, ...] = ("programmes",)
    writes: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    problems: object = Policy.problems


RELOCATION = FakePolicy(
    "relocation",
    {
        "budget": BUDGET,
        "slots": SLOTS,
        "support_after_exit_months": MONTHS,
        "own_pay_cap": number("own_pay_cap", 2500.0, "yuan per person", minimum=0, maximum=10_000),
        "zones": number("zones", ["city", "town"], "", choices=("city", "town", "village")),
    },
)
INSURANCE = FakePolicy(
    "health_insurance",
    {
        "budget": BUDGET,
        "reimbursement": number("reimbursement", 0.8, "share", minimum=0, maximum=1, by_year=True),
        "advance_payment": number("advance_payment", True, ""),
        "standard": number("standard", {2012: 2000.0}, "yuan", by_year=True),
        "order": number("order", "aid_last", ""),
    },
)


class Figure(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    value: float = Field(ge=0)
    unit: str = ""
    source: str = Field(min_length=1)


class FakePlace(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    name: str
    households: int = Field(ge=1)
    line: Figure | float
    sites: list[Figure] = []
    year: int | None = None
    code: int | None = None


@pytest.fixture
def declarations() -> Declarations:
    return Declarations(
        policies={policy.name: policy for policy in (RELOCATION, INSURANCE)},
        mechanisms={
            "asset_trap": Mechanism("none", ("none", "concave", "threshold"), "the asset trap", "资产陷阱"),
            "demonstration": Mechanism(True, (False, True), "demonstration", "示范"),
        },
        parameters={
            "health.inpatient_rate": Parameter(
                "inpatient_rate", "health", 0.115, "per adult-year", "a source", "well-known", minimum=0, maximum=1
            ),
            "series.cpi": Parameter("cpi", "series", {2016: 0.02}, "share", "a source", "free", by_year=True),
        },
        place=FakePlace,
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a study file beside a good place file `testland` and return its path."""
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "testland.yaml").write_text("name: testland\nhouseholds: 100\nline: 2952\n")

    def _write(text: str | bytes) -> Path:
        path = tmp_path / "study.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write
