"""The switchable mechanisms of the model: a study turns them off or chooses a variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mechanism:
    """One switch: its default, the allowed values and what it does (English and Chinese)."""

    default: bool | str
    choices: tuple[bool | str, ...]
    meaning: str
    zh: str


def _switch(meaning: str, zh: str, default: bool = True) -> Mechanism:
    return Mechanism(default, (False, True), meaning, zh)


MECHANISMS: dict[str, Mechanism] = {
    "demography": _switch("ageing, births, deaths, marriage, household split", "人口变动"),
    "income_risk": _switch("AR(1) permanent and transitory income risk", "收入风险"),
    "job_risk": _switch("job loss, off-farm entry and exit", "就业风险"),
    "illness": _switch("illness, its bills and its loss of income", "疾病"),
    "health_loop": _switch("care forgone raises next year's illness", "健康与贫困循环"),
    "moral_hazard": _switch("better insurance raises the use of care", "道德风险"),
    "weather": _switch("county weather, village flood and drought", "天气与灾害"),
    "price_risk": _switch("yearly price shocks per industry, common to the county", "价格风险"),
    "supply_price": _switch("county supply lowers the price of an industry's product", "供给压价"),
    "animal_loss": _switch("loss of animals to disease", "畜禽疫病"),
    "asset_trap": Mechanism(
        "none", ("none", "concave", "threshold"), "how productive assets scale business income", "资产陷阱"
    ),
    "borrowing": _switch(
        "informal borrowing and repayment over three years; without it bills fall on the year's income", "民间借贷"
    ),
    "motivation": _switch("motivation changes off-farm entry and take-up of able workers", "内生动力"),
    "demonstration": _switch("neighbours' success raises motivation", "示范带动"),
    "cadre_limits": _switch("programmes share the working hours of village teams", "干部工时约束"),
    "targeting_error": _switch("programmes see incomes with error", "瞄准误差"),
    "vacancies": _switch("new jobs are limited by vacancies", "岗位数量约束"),
    "spillovers": _switch(
        "untouched households feel prices, peers, vacancies and exit plans moved by programmes", "外溢效应"
    ),
}


def resolve_mechanisms(chosen: Mapping[str, bool | str]) -> dict[str, bool | str]:
    """Return every switch with its value.

    Raises
    ------
    KeyError
        For an unknown name.
    ValueError
        For a value not offered.
    """
    resolved = {name: mechanism.default for name, mechanism in MECHANISMS.items()}
    for name, value in chosen.items():
        mechanism = MECHANISMS[name]
        if not any(value is choice or (isinstance(value, str) and value == choice) for choice in mechanism.choices):
            raise ValueError(f"{name}: {value!r} is not one of {mechanism.choices}")
        resolved[name] = value
    if resolved["spillovers"] is False:
        resolved.update(supply_price=False, demonstration=False, vacancies=False)
    return resolved
