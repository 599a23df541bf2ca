"""What the economics was asked to reach, beside what it reaches: from the other tables, nothing is simulated here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from tuopin.sim.calibration.targets import load_targets

OWN_SHARE = 0.12
ADMISSIBLE = 0.5
FIFTH = 0.10
YEARS = (2016, 2017, 2018, 2019, 2020, 2022)
CLOSE = {2022: 0.05}
"""Relative distance from the income series that is allowed where it is not that of every other year."""
CLOSE_OTHERWISE = 0.03
POINTS = 0.05
"""Distance of income shares that is allowed."""
RETENTION, ADEQUACY = (0.55, 0.75), (0.45, 0.65)


class Asked(NamedTuple):
    """One thing asked, what was measured, and whether it is reached."""

    what: str
    asked: str
    measured: str
    reached: str


def reach_table(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what was asked and measured, given the tables `calibration lushi`, `calibration documented` and others.

    `draws` and `budgets` are left out where they were not made.
    """
    lushi, documented = (parts[f"calibration {name}"]["simulated"] for name in ("lushi", "documented"))
    rows = [
        *(_health(parts["budgets"]) if "budgets" in parts else ()),
        _own_share(lushi),
        *(_draws(parts["draws"]) if "draws" in parts else ()),
        *_incomes(documented),
        *_shares(documented),
        _fifth(documented),
        *_allowance(lushi, documented),
    ]
    return pd.DataFrame(rows)


def _published(id: str) -> float:
    value = next(target.value for target in load_targets() if target.id == id)
    assert value is not None, id
    return value


def _said(reached: bool) -> str:
    return "yes" if reached else "no"


def _health(budgets: pd.DataFrame) -> Iterator[Asked]:
    rows = budgets[budgets["programme"] == "health_insurance"]
    changes = rows["headcount"].to_numpy()
    text = ", ".join(f"{change:.3f} at {budget:g}" for budget, change in rows[["budget", "headcount"]].to_numpy())
    falls = bool((np.diff(np.concatenate([[0.0], changes])) <= 0).all())
    yield Asked(
        "health insurance, headcount 2025 against none, points by M yuan", "falls throughout", text, _said(falls)
    )


def _own_share(lushi: pd.Series) -> Asked:
    share = float(lushi["own_share_members_2018"])
    return Asked("own share of members from 2018", f"at most {OWN_SHARE:g}", f"{share:.3f}", _said(share <= OWN_SHARE))


def _draws(draws: pd.DataFrame) -> Iterator[Asked]:
    kept = float(draws["admissible"].iloc[0])
    yield Asked(
        "share of draws that are admissible", f"{ADMISSIBLE:g} or more", f"{kept:.2f}", _said(kept >= ADMISSIBLE)
    )
    for row in draws.to_dict("records"):
        between = f"{row['quarter']:.3g} to {row['three_quarters']:.3g}"
        what = f"{row['target']} as stated, within the central half of the admissible draws"
        yield Asked(what, between, f"{row['stated']:.3g}", row["inside"])


def _incomes(documented: pd.Series) -> Iterator[Asked]:
    for year in YEARS:
        close = CLOSE.get(year, CLOSE_OTHERWISE)
        off = float(documented[f"YPA_{year}"]) / _published(f"YPA_{year}") - 1.0
        what = f"mean income {year} against the series, documented"
        yield Asked(what, f"within {100 * close:g}%", f"{100 * off:+.1f}%", _said(abs(off) <= close))


def _shares(documented: pd.Series) -> Iterator[Asked]:
    for name, id in (("wages", "COMP_WAGE_2019"), ("business", "COMP_BUS_2019"), ("transfers", "COMP_TRF_2019")):
        off = float(documented[id]) - _published(id)
        what = f"share of {name} in income 2019, documented"
        yield Asked(what, "within 5 points", f"{100 * off:+.1f} points", _said(abs(off) <= POINTS))


def _fifth(documented: pd.Series) -> Asked:
    off = float(documented["Y5_2017"]) / _published("Y5_2017") - 1.0
    what = "income of the poorest fifth 2017 against the published one, documented"
    return Asked(what, f"within {100 * FIFTH:g}%", f"{100 * off:+.1f}%", _said(abs(off) <= FIFTH))


def _allowance(lushi: pd.Series, documented: pd.Series) -> Iterator[Asked]:
    for study, prefix, simulated in (("lushi", "allowance", lushi), ("documented", "documented", documented)):
        for what, id, (low, high) in (
            ("retention of recipients", "retention", RETENTION),
            ("a person against the standard", "paid", ADEQUACY),
        ):
            found = float(simulated[f"{prefix}_{id}"])
            yield Asked(
                f"allowance, {what}, {study}", f"{low:g} to {high:g}", f"{found:.3f}", _said(low <= found <= high)
            )
    with_it, without = float(lushi["relapse_of_both"]), float(lushi["relapse_of_both_in_none"])
    what = "relapse in 3 years, who exits under the allowance and under none"
    yield Asked(what, f"at most {without:.3f}", f"{with_it:.3f}", _said(with_it <= without))
