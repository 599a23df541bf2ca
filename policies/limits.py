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
    claims_met: bool = False
    """Whether money kept for what befalls households in the year was left when all of them had been paid."""


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
    if lost[most] > 0:
        return most
    if (
        given is not None and r.willing > r.funded and not r.claims_met
    ):  # money reached no further, and all of it was for those it reached
        return "indivisible"
    if r.candidates == 0:
        return "no more candidates" if spent else "no candidates"
    return "no more candidates" if r.willing else "nobody accepts"
