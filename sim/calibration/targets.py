"""Published figures to set beside simulated ones: the file `scenarios/evidence/targets.yaml`, checked strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from ruamel.yaml import YAML

from tuopin.agents.documented import Confidence

TARGETS = Path(__file__).resolve().parents[2] / "scenarios" / "evidence" / "targets.yaml"

Use = Literal["fit", "compare", "registry"]
"""`fit`: free parameters were moved to meet it; `compare`: looked at, not fitted; `registry`: administrative, never
fitted.
"""


class Target(BaseModel):
    """One published figure, and which simulated figure stands beside it.

    `value` is the figure, `range` what its source allows; with neither the row is shown without a verdict. `study` is
    the one it is held against. `years` are the simulated years averaged over where they are not those of `period`.
    `times_county_factor` scales a national money figure by the place's factor. `place` restricts a target to one place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    target: str
    measure: str
    study: str = "lushi"
    scenario: str
    view: Literal["true", "registry", "survey", "consumption", "official", ""] = ""
    period: str
    years: tuple[int, ...] = ()
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    range: tuple[float, float] | None = None
    unit: str
    use: Use
    source: str
    confidence: Confidence
    place: str | None = None
    times_county_factor: bool = False
    remark: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Target:
        if self.range is not None and not self.range[0] <= self.range[1]:
            raise ValueError(f"range: {list(self.range)} runs downwards; give [low, high]")
        if not self.years and not self.period.isdigit():
            raise ValueError("years: needed where period is not one year, as a list such as [2017, 2018]")
        return self

    @property
    def simulated_years(self) -> tuple[int, ...]:
        """Years whose simulated figures are averaged."""
        return self.years or (int(self.period),)


def targets_of(study: str) -> list[Target]:
    """The shipped targets that are held against a study; those of Lushi for one that has none of its own."""
    targets = load_targets()
    own = [target for target in targets if target.study == study]
    return own or [target for target in targets if target.study == "lushi"]


def load_targets(path: Path = TARGETS) -> list[Target]:
    """Read a file of targets.

    Raises
    ------
    ValueError
        Naming file and entry if one is malformed or an id is used twice.
    """
    entries = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    try:
        targets = TypeAdapter(list[Target]).validate_python(entries)
    except ValidationError as error:
        first = error.errors()[0]
        number = first["loc"][0] if first["loc"] else 0
        name = entries[number].get("id", number) if isinstance(entries, list) and isinstance(number, int) else number
        where = ".".join(str(part) for part in first["loc"][1:])
        raise ValueError(f"{path}: target {name}: {where}: {first['msg']}") from None
    seen: set[str] = set()
    for target in targets:
        if target.id in seen:
            raise ValueError(f"{path}: target {target.id}: the id is used twice; ids must be unique")
        seen.add(target.id)
    return targets
