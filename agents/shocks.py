"""Step 2, shocks: county-wide (prices, weather, labour demand), village-wide (flood, drought), household (jobs).

Covariate shocks are keyed by what they strike, so that neighbours fail together and nothing a scenario does changes
them: prices and labour demand by the market alone (one national market, common to all places of a replicate), weather
by the place's code, disasters by the village.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.economy import labour_demand
from tuopin.agents.kernels import pick
from tuopin.agents.lines import ANIMALS, INDUSTRY, LINES
from tuopin.agents.parameters import name_key
from tuopin.agents.randomness import CHUNK, LIVELIHOOD_SHOCKS, MARKET_SHOCKS, VILLAGE_SHOCKS, Draws, draw_chunk
from tuopin.agents.rationing import lowest


def strike_county(county: County) -> None:
    """Draw the year's prices, weather and labour demand, and the disasters of the villages."""
    value, markets, year = county.value, county.markets, county.year
    own_weather = name_key(f"weather {county.place.code}")
    keys = np.array([name_key(f"market {name}") for name in LINES] + [own_weather, name_key("labour demand")])
    z = county.luck.normals(MARKET_SHOCKS, year, keys)
    sd = np.array([value(f"production.price_sd_{line.price_risk}") for line in INDUSTRY])
    if not county.on("price_risk"):
        sd[:] = 0.0
    level = np.array([value(f"production.price_{line.name}") if code else 1.0 for code, line in enumerate(INDUSTRY)])
    markets.price = level * np.exp(sd * z[: len(LINES)] - 0.5 * sd**2)
    weather_sd = value("production.weather_sd") if county.on("weather") else 0.0
    markets.weather = float(np.exp(weather_sd * z[-2] - 0.5 * weather_sd**2))
    demand_sd = value("labour.demand_shock_sd") if county.on("job_risk") else 0.0
    drawn = float(np.exp(demand_sd * z[-1]))
    before = markets.labour_demand
    markets.labour_demand = labour_demand(county.parameters, year, county.start) * value("labour.demand_level") * drawn
    markets.labour_demand_fall = max(0.0, 1.0 - markets.labour_demand / before)
    _strike_villages(county)


def _strike_villages(county: County) -> None:
    v = county.villages
    v.crop_left = np.full(len(v), county.markets.weather)
    hit = np.zeros(len(v), dtype=np.bool_)
    hit[most_exposed(v.hazard, v.uid, county.value("production.struck_share"))] = True
    if county.on("weather"):
        u = county.luck.uniform(VILLAGE_SHOCKS, county.year, v.uid)
        hit |= u < county.value("production.disaster_rate") * v.hazard
    v.crop_left[hit] *= 1.0 - county.value("production.disaster_loss")


def most_exposed(hazard: F64, uid: I64, share: float) -> I64:
    """Rows of the share of villages with the highest hazard, rounded half up; of equal ones the lower uid first."""
    return lowest(-hazard, uid, int(np.floor(share * len(hazard) + 0.5)))


class LivelihoodRisks(NamedTuple):
    """What an ordinary household risks in a year.

    Yearly probabilities of losing a job and of losing the animals, which lines keep animals, shape (lines,), the
    probability that who loses a job outside the county comes home, and the share of jobs that a fall of demand ends.
    """

    separation: float
    animal_loss: float
    animals: Flags
    comes_home: float
    demand_fall: float


class _Exposed(NamedTuple):
    uid: I64
    off_farm: I8
    migrants: I8
    line: I8
    separation_factor: F32
    animal_risk: F32
    jobs_lost: I8
    came_home: I8
    animals_lost: Flags


def strike_households(county: County) -> None:
    """Draw who loses an off-farm job for some months or comes home for good, and who loses animals."""
    risky = county.on("job_risk")
    risks = LivelihoodRisks(
        county.value("labour.separation_rate") if risky else 0.0,
        county.value("production.animal_loss_rate") if county.on("animal_loss") else 0.0,
        ANIMALS,
        county.value("labour.return_share") if risky else 0.0,
        county.markets.labour_demand_fall,
    )
    draws = county.luck.draws(LIVELIHOOD_SHOCKS, county.year, blocks=2 if risks.comes_home > 0.0 else 1)
    _strike(pick(_Exposed, county.households, county.flows), draws, risks)


@rule
def jobs_lost_of(workers: int, u0: float, u1: float, u2: float, separation: float) -> np.int64:
    """Jobs lost by a household's off-farm workers, each with the probability `separation`.

    The third job and any further one share a uniform: households with four workers are under 1%.
    """
    lost = np.int64((workers >= 1) & (u0 < separation)) + np.int64((workers >= 2) & (u1 < separation))
    return lost + np.int64((workers >= 3) & (u2 < separation * (workers - 2)))


@rule
def comes_home(migrants: int, job: int, u: float, v: float, separation: float, t: LivelihoodRisks) -> bool:
    """Whether the worker in a household's job number `job` (0, 1, 2), one outside the county, comes home for good.

    The jobs outside are numbered first. Who loses it (`u`) comes home with the probability `comes_home` (`v`); of
    those who did not, the fall of demand takes the same share of jobs that it takes of all.
    """
    if job >= migrants:
        return False
    lost = 1.0 if u < separation else t.demand_fall
    return v < t.comes_home * lost


@compiled
def _strike(c: _Exposed, draws: Draws, t: LivelihoodRisks) -> None:
    u = draws.u
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        separation = t.separation * c.separation_factor[i]
        c.jobs_lost[i] = jobs_lost_of(c.off_farm[i], u[0, k], u[1, k], u[2, k], separation)
        c.came_home[i] = 0
        if t.comes_home > 0.0:
            for job in range(3):
                if comes_home(c.migrants[i], job, u[job, k], u[4 + job, k], separation, t):
                    c.came_home[i] += 1
                    c.jobs_lost[i] += u[job, k] >= separation
            c.migrants[i] -= c.came_home[i]
            c.off_farm[i] -= c.came_home[i]
        c.animals_lost[i] = u[3, k] < t.animal_loss * c.animal_risk[i] and t.animals[c.line[i]]
