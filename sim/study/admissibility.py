"""The targets that a draw of parameters must meet, as shipped data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from tuopin.sim.study.shipped import SCENARIOS


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Target(_Strict):
    """What a figure of the reference county must lie in, with its origin."""

    low: float
    high: float
    unit: str
    source: str
    confidence: str


class Reference(_Strict):
    """The county whose burn-in is judged: a shipped place, a share of it, and its luck."""

    place: str
    scale: Annotated[float, Field(gt=0, le=1)]
    seed: Annotated[int, Field(ge=0)]
    replicate: Annotated[int, Field(ge=0)]


class Admissibility(_Strict):
    """The reference county, the targets by name, and how many refusals in a row are too many."""

    reference: Reference
    most_refusals: Annotated[int, Field(ge=1)]
    targets: Mapping[str, Target]

    def violated(self, found: Mapping[str, float]) -> list[str]:
        """The names of the targets that the figures `found` miss."""
        return [name for name, target in self.targets.items() if not target.low <= found[name] <= target.high]


@cache
def admissibility() -> Admissibility:
    """The shipped targets."""
    path = SCENARIOS / "evidence" / "admissible.yaml"
    return Admissibility.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
