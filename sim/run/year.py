"""The order of a year, as data: `STEPS` is what every run goes through and what `tuopin explain` prints.

An action that belongs to the burn-in is also a year's business before the registry and its programmes exist: a
mechanism entered here once acts in the burn-in, in every run, in its profile and after a saved state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tuopin.agents import (
    demography,
    finance,
    firm_life,
    health,
    income,
    labour,
    learning,
    production,
    review,
    shocks,
    status,
)
from tuopin.agents.county import County
from tuopin.agents.parameters import Parameters
from tuopin.policies import cycle
from tuopin.policies.protocol import EVERY, Policy, Set
from tuopin.policies.settings import Moves
from tuopin.sim.run.run import Run


@dataclass(frozen=True)
class Action:
    """One thing that happens in a step."""

    function: Callable[[Run], None]
    in_burn_in: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the year: `name` is what policies list in their `steps`; its actions happen in their order."""

    name: str
    label: str
    label_zh: str
    meaning: str
    actions: tuple[Action, ...]


def simulate_year(run: Run, around: Callable[[Step, Callable[[], None]], None] | None = None) -> None:
    """Move a run on by one year; in the burn-in only the actions that belong to it.

    `around`, given a step and what runs it, may measure it; it must run it.
    """
    run.county.year += 1
    run.county.parameters = influenced(run)
    try:
        for step in STEPS:
            if around is None:
                _simulate_step(run, step)
            else:
                around(step, lambda step=step: _simulate_step(run, step))  # type: ignore[misc]
    finally:
        run.county.parameters = run.parameters
    if not run.county.in_burn_in and run.finished:
        run.recorder.finish(run.county)


def influenced(run: Run) -> Parameters:
    """Return the numbers of the year that begins, moved by the run's policies; what one sets no other may.

    What is moved of all policies alike (`every.leakage`) is noted in each of them.

    Raises
    ------
    ValueError
        If a policy moves what it does not declare.
    """
    year = run.county.year
    factors, values = dict[str, float](), dict[str, float]()
    for policy in run.policies:
        policy.moved = Moves()
    for policy in run.policies:
        for id, move in policy.influence(run.county).items():
            if isinstance(move, Set):
                _refuse_undeclared(policy, id, policy.sets)
                values[id] = move.value
            else:
                _refuse_undeclared(policy, id, policy.influences)
                factors[id] = factors.get(id, 1.0) * move
    every = Moves(year, _of_every(factors), _of_every(values))
    if every.factors or every.values:
        for policy in run.policies:
            policy.moved = every
    return run.parameters.moved(year, _of_model(factors), _of_model(values))


def _of_every(moves: Mapping[str, float]) -> dict[str, float]:
    return {id.removeprefix(EVERY): move for id, move in moves.items() if id.startswith(EVERY)}


def _of_model(moves: Mapping[str, float]) -> dict[str, float]:
    return {id: move for id, move in moves.items() if not id.startswith(EVERY)}


def _refuse_undeclared(policy: Policy, id: str, declared: Sequence[str]) -> None:
    if id not in declared:
        raise ValueError(f"policy {policy.name}: influence moves {id}; allowed: {', '.join(declared) or 'nothing'}")


def _simulate_step(run: Run, step: Step) -> None:
    for action in step.actions:
        if action.in_burn_in or not run.county.in_burn_in:
            action.function(run)


def _always(mechanism: Callable[[County], None]) -> Action:
    return Action(lambda run: mechanism(run.county), in_burn_in=True)


def _after_burn_in(mechanism: Callable[[County], None]) -> Action:
    return Action(lambda run: mechanism(run.county))


def _demography(run: Run) -> None:
    members = run.county.households.members.copy()
    moved = demography.age_a_year(run.county)
    run.recorder.leave(run.county, members)
    run.recorder.move(moved)
    demography.bury(run.county)


def _new_terms(county: County) -> None:
    county.reset_terms()


def _protect(run: Run) -> None:
    for policy in run.policies:
        policy.protect(run.county)


def _strike_institutions(run: Run) -> None:
    for policy in run.policies:
        policy.strike(run.county)


def _programmes(run: Run) -> None:
    cycle.open_programmes(run.county, run.policies, run.ledger)
    cycle.run_programmes(run.county, run.policies, run.ledger)


def _employ(run: Run) -> None:
    for policy in run.policies:
        policy.employ(run.county)


def _quote_reimbursement(run: Run) -> None:
    for policy in run.policies:
        policy.reimburse(run.county, None)


def _reimburse(run: Run) -> None:
    if run.policies:
        run.county.flows.reimbursed_term[:] = 0.0
    for policy in run.policies:
        policy.reimburse(run.county, run.ledger)


def _settle(run: Run) -> None:
    for policy in run.policies:
        policy.settle(run.county, run.ledger)


def _post_ordinary(run: Run) -> None:
    cycle.post_ordinary(run.county, run.ledger)


def _transfer(run: Run) -> None:
    for policy in run.policies:
        policy.transfer(run.county, run.ledger)


def _review(run: Run) -> None:
    holder = next((policy for policy in run.policies if "review" in policy.holds), None)
    run.county.notes[review.ON_PAPER] = 0.0
    if holder is None:
        review.review(run.county)
    else:
        holder.review(run.county, run.ledger)


def _remember(run: Run) -> None:
    run.recorder.remember(run.county)


def _record(run: Run) -> None:
    run.ledger.close_year(run.county.households.members)
    others = [policy for policy in run.policies if not policy.enrols]
    run.recorder.record(run.county, run.programmes, run.ledger, others)


STEPS: tuple[Step, ...] = (
    Step(
        "demography",
        "Demography",
        "人口变动",
        "ageing, births, deaths, marriage, household split, school stages, pension age",
        (Action(_demography), _always(_new_terms)),
    ),
    Step(
        "shocks",
        "Shocks",
        "冲击",
        "prices and labour demand (common to all places), weather of each place; village flood and drought; illness,"
        " accident, animal and job loss; firm failure",
        (
            Action(_protect),
            _always(shocks.strike_county),
            _always(shocks.strike_households),
            _always(health.fall_ill),
            _after_burn_in(firm_life.fail),
            Action(_strike_institutions),
        ),
    ),
    Step(
        "programmes",
        "Programmes",
        "扶贫项目",
        "referral, withdrawal, ranking, funding, enrolment and service within budget, slots and staff hours",
        (_always(labour.draw_productivity), Action(_programmes)),
    ),
    Step(
        "livelihood",
        "Livelihood",
        "生计",
        "labour split between farm, local and migrant work; production, prices received, wages",
        (
            _always(labour.change_jobs),
            Action(_employ),
            _always(labour.earn_wages),
            _always(production.produce),
        ),
    ),
    Step(
        "spending",
        "Spending and finance",
        "支出与融资",
        "medical bills and reimbursement in order, schooling, consumption, saving, borrowing, repayment",
        (
            _always(income.gather),
            _always(health.bill),
            Action(_quote_reimbursement),
            _always(finance.forgo_care),
            Action(_reimburse),
            _always(finance.pay),
            Action(_settle),
            Action(_post_ordinary),
        ),
    ),
    Step(
        "transfers",
        "Income-tested transfers",
        "收入核查类转移支付",
        "minimum living allowance on lagged or proxy income, temporary relief on the present",
        (Action(_transfer),),
    ),
    Step(
        "assessment",
        "Assessment",
        "评估",
        "the three views: true, registry, survey; exits, relapses, causes",
        (Action(_remember), _always(status.assess), Action(_review)),
    ),
    Step(
        "learning",
        "Learning",
        "学习与示范",
        "motivation, demonstration by neighbours",
        (_after_burn_in(learning.learn),),
    ),
    Step("record", "Record", "记录", "accounts closed, indicators, spells and panel written", (Action(_record),)),
)
