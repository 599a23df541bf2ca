"""What one row of the table of indicators says."""

from __future__ import annotations

from typing import Literal, NamedTuple

OverYears = Literal["mean", "sum", "last", "none"]
SUM = "sum"


class AtRisk(NamedTuple):
    """The weight of a rate of moving: the persons at risk, which are those who `moved` over the rate.

    Where nobody moved they are unknown and the county is left out.
    """

    moved: str


class Indicator(NamedTuple):
    """One indicator.

    Attributes
    ----------
    over_years
        How years are put together as year `all` of a comparison.
    weight
        How counties are put together as a region: `SUM` adds counts and money; the name of another indicator weights a
        mean with it, in that indicator's own view; `AtRisk` weights a rate of moving; None gives no figure of the
        region, since it does not follow from those of the counties.
    better
        Which direction is an improvement, if either is.
    view
        Its own view: the only one, or the one meant where none is named.
    """

    unit: str
    english: str
    chinese: str
    over_years: OverYears
    weight: str | AtRisk | None
    better: Literal["higher", "lower"] | None
    view: str = "true"
