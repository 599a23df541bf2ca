"""The order of a year, as data: `STEPS` is what the model runs and what `tuopin explain` prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuopin.agents import demography, finance, health, income, labour, learning, production, registry, shocks, status
from tuopin.policies import cycle

if TYPE_CHECKING:
    from tuopin.sim.run.model import CountyModel


@dataclass(frozen=True)
class Step:
    """One step of the year: `name` is what policies list in their `steps`."""

    name: str
    label: str
    label_zh: str
    meaning: str
    function: Callable[[CountyModel], None]


def _demography(model: CountyModel) -> None:
    county = model.county
    members = county.households.members.copy()
    demography.age_a_year(county)
    model.recorder.leave(county, members)
    demography.bury(county)
    county.flows.reset(len(county.households))


def _shocks(model: CountyModel) -> None:
    shocks.strike_county(model.county)
    shocks.strike_households(model.county)
    health.fall_ill(model.county)
    for policy in model.policies:
        policy.strike(model.county)


def _programmes(model: CountyModel) -> None:
    labour.draw_productivity(model.county)
    cycle.open_programmes(model.county, model.policies, model.ledger)
    cycle.run_programmes(model.county, model.policies, model.ledger)


def _livelihood(model: CountyModel) -> None:
    labour.change_jobs(model.county)
    for policy in model.policies:
        policy.employ(model.county)
    labour.earn_wages(model.county)
    production.produce(model.county)


def _spending(model: CountyModel) -> None:
    county = model.county
    income.gather(county)
    health.bill(county)
    for policy in model.policies:
        policy.reimburse(county, None)
    finance.forgo_care(county)
    if model.policies:
        county.flows.reimbursed_term[:] = 0.0
    for policy in model.policies:
        policy.reimburse(county, model.ledger)
    finance.pay(county)
    cycle.post_ordinary(county, model.ledger)


def _transfers(model: CountyModel) -> None:
    for policy in model.policies:
        policy.transfer(model.county, model.ledger)


def _assessment(model: CountyModel) -> None:
    model.recorder.remember(model.county)
    status.assess(model.county)
    registry.review(model.county)


def _learning(model: CountyModel) -> None:
    learning.learn(model.county)


def _record(model: CountyModel) -> None:
    model.ledger.close_year(model.county.households.members)
    model.recorder.record(model.county, model.policies)


STEPS: tuple[Step, ...] = (
    Step(
        "demography",
        "Demography",
        "人口变动",
        "ageing, births, deaths, marriage, household split, school stages, pension age",
        _demography,
    ),
    Step(
        "shocks",
        "Shocks",
        "冲击",
        "prices and labour demand (common to all places), weather of each place; village flood and drought; illness,"
        " accident, animal and job loss; firm failure",
        _shocks,
    ),
    Step(
        "programmes",
        "Programmes",
        "扶贫项目",
        "eligibility, ranking, funding, enrolment, service and withdrawal within budget, slots and staff hours",
        _programmes,
    ),
    Step(
        "livelihood",
        "Livelihood",
        "生计",
        "labour split between farm, local and migrant work; production, prices received, wages",
        _livelihood,
    ),
    Step(
        "spending",
        "Spending and finance",
        "支出与融资",
        "medical bills and reimbursement in order, schooling, consumption, saving, borrowing, repayment",
        _spending,
    ),
    Step(
        "transfers",
        "Income-tested transfers",
        "收入核查类转移支付",
        "minimum living allowance on lagged or proxy income, temporary relief on the present",
        _transfers,
    ),
    Step(
        "assessment",
        "Assessment",
        "评估",
        "the three views: true, registry, survey; exits, relapses, causes",
        _assessment,
    ),
    Step("learning", "Learning", "学习与示范", "motivation, demonstration by neighbours", _learning),
    Step("record", "Record", "记录", "accounts closed, indicators, spells and panel written", _record),
)
