"""The yearly review of the registry, in parts that a programme holding it may compose otherwise.

It moves by what people see, never by true income itself, and its exit schedule is a plan of the place, no evidence on
incomes. The status near-poor exists for monitoring programmes; the built-in review does not assign it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I64, Flags
from tuopin.agents.columns import (
    EXITED,
    EXITED_UNSTABLE,
    NEAR_POOR,
    OUTSIDE,
    REGISTERED_POOR,
    REGISTRY_STATUSES,
    RELAPSED,
)
from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.exit_plan import ExitPlan, exits_planned
from tuopin.agents.judgement import team_error
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import CHUNK, VERIFICATION, Draws, draw_chunk, normals_of
from tuopin.agents.rationing import whole_part, within_budget
from tuopin.agents.registry import judgement_error, move


class Looked(NamedTuple):
    """Households looked at (`rows`, ascending), their status before, and of their luck what the review needs."""

    rows: I64
    was: I8
    of_verification: F64
    of_exit: F64

    @property
    def listed(self) -> Flags:
        """Who of them was registered and had not exited."""
        return registered_status(self.was)


def registered_status(status: I8) -> Flags:
    """Which of these statuses are on the register."""
    listed: Flags = (status == REGISTERED_POOR) | (status == RELAPSED)
    return listed


def review(county: County) -> None:
    """The yearly review: verify incomes, exit by schedule in order of verified income, register falls and additions."""
    looked = look(county, chances(county))
    verified = verify(county, looked)
    plan = planned(county, looked)
    exited = exit_by_plan(county, looked, verified, plan)
    certify_on_paper(county, looked, -verified, plan.persons - exited, county.value("registry.paper_exits"))
    detect_falls(county, looked, verified)


def chances(county: County) -> F64:
    """The chance of being looked at, by registry status.

    The registered, those whose exit is in doubt and the near-poor are looked at with certainty, others if their fall
    would be detected.
    """
    chance = np.zeros(len(REGISTRY_STATUSES))
    chance[[REGISTERED_POOR, RELAPSED, EXITED_UNSTABLE, NEAR_POOR]] = 1.0
    chance[EXITED], chance[OUTSIDE] = county.value("registry.fall_detected"), county.value("registry.addition_detected")
    return chance


def look(county: County, chance: F64) -> Looked:
    """Look at households by the `chance` of their status."""
    h = county.households
    room = len(h) + 1  # one place more is written than counts
    looks = pick(_Looks, h, chance=chance, rows=np.empty(room, dtype=np.int64), luck=np.empty((room, 2)))
    number = _look(looks, county.luck.draws(VERIFICATION, county.year))
    rows, own = looks.rows[:number], looks.luck[:number]
    return Looked(rows, h.registry_status[rows], own[:, 0], own[:, 1])


class _Looks(NamedTuple):
    uid: I64
    registry_status: I8
    chance: F64
    rows: I64
    luck: F64


@compiled
def _look(c: _Looks, draws: Draws) -> int:
    """Write who is looked at, by the `chance` of each status, and of their luck what verification and exit need.

    Returns how many they are.
    """
    number = np.int64(0)
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        c.rows[number] = i  # without a branch, which luck makes hard to guess: in a run 2 ns a household less
        c.luck[number, 0], c.luck[number, 1] = draws.u[0, k], draws.u[3, k]
        number += np.int64(draws.u[2, k] < c.chance[c.registry_status[i]])
    return int(number)


def verify(county: County, looked: Looked) -> F64:
    """Write and return the verified incomes of who is looked at, yuan a person; nobody else's is known."""
    h, rows = county.households, looked.rows
    error = judgement_error(county, h.uid[rows], normals_of(looked.of_verification))
    noise = county.value("registry.verification_noise") * error * team_error(county)[h.village[rows]]
    seen: F64 = np.maximum(county.households.net_income_pp[rows], 0.0) * np.exp(noise)
    county.flows.verified_income[:] = np.nan
    county.flows.verified_income[rows] = seen
    return seen


def income_as_seen(county: County, rows: I64) -> F64:
    """Last year's net income of `rows`, yuan a person, as a team judges it: with the error of this year's review."""
    h = county.households
    income: F64 = np.maximum(h.net_income_pp[rows], 0.0)
    if not county.on("targeting_error"):
        return income
    error = judgement_error(county, h.uid[rows], county.luck.normals(VERIFICATION, county.year, h.uid[rows]))
    noise = county.value("registry.verification_noise") * error * team_error(county)[h.village[rows]]
    seen: F64 = income * np.exp(noise)
    return seen


def planned(county: County, looked: Looked) -> ExitPlan:
    """The plan of the year for those registered of who is looked at."""
    return exits_planned(county, int(county.households.members[looked.rows[looked.listed]].sum()))


def is_secure(county: County, verified: F64) -> Flags:
    """Whose verified income, yuan a person, is above the registry's line times the margin of an exit."""
    late = county.year >= county.place.deadline
    margin = county.value("registry.deadline_margin" if late else "registry.exit_margin")
    secure: Flags = verified >= margin * county.registry_line
    return secure


def exit_by_plan(county: County, looked: Looked, verified: F64, plan: ExitPlan, meets: Flags | None = None) -> int:
    """Let registered households exit in order of verified income within the `plan`; return who exits, persons.

    Only who is secure by income exits, and of them only those who also meet what else is asked (`meets`, one for each
    household looked at). A plan of persons ties each exit to the neighbours' incomes; without spill-overs it is a share
    for each alone, by lot.
    """
    h = county.households
    may = looked.listed & is_secure(county, verified)
    if meets is not None:
        may &= meets
    rows, verified, lot = looked.rows[may], verified[may], looked.of_exit[may]
    if county.on("spillovers"):
        leaving = rows[within_budget(-verified, h.uid[rows], h.members[rows].astype(np.int64), plan.persons)]
    else:
        leaving = rows[lot < plan.share]
    move(county, leaving, EXITED)
    return int(h.members[leaving].sum())


ON_PAPER = "exits_on_paper_persons"
"""Note of the county: persons whose exit was certified this year though they were not secure."""


def certify_on_paper(county: County, looked: Looked, order: F64, gap: int, share: float) -> None:
    """Certify exits of who is not secure: a `share` of the persons by which exits fall short of the plan (`gap`).

    They leave in the `order` given, lower first, one for each household looked at; their income does not move.
    """
    h = county.households
    county.notes[ON_PAPER] = 0.0
    if share <= 0.0 or gap <= 0:
        return
    left = looked.listed & registered_status(h.registry_status[looked.rows])
    rows = looked.rows[left]
    leaving = rows[within_budget(order[left], h.uid[rows], h.members[rows].astype(np.int64), whole_part(share, gap))]
    move(county, leaving, EXITED)
    county.notes[ON_PAPER] = float(h.members[leaving].sum())


def detect_falls(county: County, looked: Looked, verified: F64) -> None:
    """Register who, looked at, has fallen below the statistical line times a margin.

    An exited household returns on two verified incomes in a row under the line; the first makes it exited-unstable, so
    that an error of one year returns nobody.
    """
    rows, was = looked.rows, looked.was
    fallen = ~looked.listed & (verified < county.value("registry.fall_margin") * county.line)
    move(county, rows[~fallen & (was == EXITED_UNSTABLE)], EXITED)
    move(county, rows[fallen & (was == EXITED)], EXITED_UNSTABLE)
    move(county, rows[fallen & (was == EXITED_UNSTABLE)], RELAPSED)
    move(county, rows[fallen & ((was == OUTSIDE) | (was == NEAR_POOR))], REGISTERED_POOR)
