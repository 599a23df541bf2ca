"""What stood in the way of a programme's money in a year: how far it came among households, and why some was left."""

from __future__ import annotations

from dataclasses import dataclass

REASONS = {
    "": "",
    "no money": "no money in this year",
    "not begun": "before its start",
    "no slots": "no slots in this year",
    "no candidates": "no candidates",
    "nobody accepts": "no candidate accepts",
    "slots": "slots were full",
    "hours": "village teams had no more hours",
    "room": "no room or vacancies in its institutions",
    "indivisible": "the rest does not reach the next household",
    "kept": "kept for a group of which nobody is left",
    "no more candidates": "no more candidates or claims",
}
"""Code of a reason -> in words; "" where nothing was left."""


@dataclass
class Reach:
    """Households that a programme's step of a year came to, each a part of those before.

    Candidates, who are eligible and not enrolled; willing; funded; served by village teams; enrolled.
    """

    begun: bool = True
    candidates: int = 0
    willing: int = 0
    funded: int = 0
    served: int = 0
    enrolled: int = 0
    funded_fen: int = 0
    """What enrolling the funded costs, as of the served and the enrolled below; and the dearest household."""
    served_fen: int = 0
    enrolled_fen: int = 0
    dearest_fen: int = 0
    claims_met: bool | None = None
    """Whether money for what befalls households in the year was left when all of them had been paid; None if the
    programme pays no claims."""
    claimants: int = 0
    """Households that could claim, whenever they enrolled."""
    lapsed: int = 0
    """Members of earlier years whom the year's money did not reach, and who left."""
    applied: int = 0
    """Of the willing those who, where somebody chooses among programmes, applied for this one."""


@dataclass(frozen=True)
class Limit:
    """A programme's year: money given (fen, None = unlimited) and spent, slots, how far it came, what stopped it."""

    year: int
    policy: str
    given_fen: int | None
    spent_fen: int
    slots: int | None
    candidates: int
    willing: int
    funded: int
    served: int
    enrolled: int
    reason: str


def limit_of(year: int, policy: str, given: int | None, spent: int, slots: int | None, reach: Reach) -> Limit:
    """The record of a programme's year."""
    counts = (reach.candidates, reach.willing, reach.funded, reach.served, reach.enrolled)
    return Limit(year, policy, given, spent, slots, *counts, _reason(given, spent, slots, reach))


def _reason(given: int | None, spent: int, slots: int | None, r: Reach) -> str:
    """Why money was left, or more could not be spent; where several things stood in the way, what took most."""
    if given == 0:
        return "no money"
    if given is not None and spent >= given:
        return ""
    if not r.begun:
        return "not begun"
    if slots == 0:
        return "no slots"
    lost = {"hours": r.funded - r.served, "room": r.served - r.enrolled}
    if slots is not None and r.funded >= slots:
        lost["slots"] = r.willing - r.funded
    most = max(lost, key=lambda name: lost[name])
    others = 0.0 if given is None else given - spent - sum(_worth(name, lost[name], spent, r) for name in lost)
    if lost[most] > 0 and not (_priced(r) and others > _worth(most, lost[most], spent, r)):
        return most
    if r.claims_met is False and r.funded_fen == 0:  # claims took all of it but for what rounding left
        return "indivisible"
    if given is not None and r.willing > r.funded and not r.claims_met:  # it reached no further
        return "kept" if others > 2 * r.dearest_fen > 0 else "indivisible"  # of two parts each may leave a rest
    if r.candidates == 0:
        return "no more candidates" if spent else "no candidates"
    return "no more candidates" if r.willing else "nobody accepts"


def _priced(r: Reach) -> bool:
    """Whether it is known what the households lost would have cost."""
    return r.funded_fen > 0 or r.claims_met is not None


def _worth(name: str, lost: int, spent: int, r: Reach) -> float:
    """What the households lost for want of hours, room or slots would have cost, fen; 0 if that is unknown.

    Those of a programme that pays by claims alone would have claimed as its members do.
    """
    if r.funded_fen == 0:
        return lost * spent / r.claimants if r.claimants else 0.0
    known = {"hours": r.funded_fen - r.served_fen, "room": r.served_fen - r.enrolled_fen}
    return float(known[name]) if name in known else lost * r.funded_fen / r.funded
