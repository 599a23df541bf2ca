"""Step 2, shocks: county-wide (prices, weather, labour demand), village-wide (flood, drought), household (jobs,
animals).

Covariate shocks are keyed by what they strike, so that neighbours fail together and nothing a scenario does changes
them:
prices and labour demand by the market alone (one national market, common to all places of a replicate), weather by the
place's code, disasters by the village.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.economy import labour_demand
from tuopin.agents.lines import ANIMALS, INDUSTRY, LINES
from tuopin.agents.parameters import name_key
from tuopin.agents.randomness import CHUNK, LIVELIHOOD_SHOCKS, MARKET_SHOCKS, VILLAGE_SHOCKS, fill4


def strike_county(county: County) -> None:
    """Draw the year's prices, weather and labour demand, and the disasters of the villages."""
    value, markets, year = county.value, county.markets, county.year
    own_weather = name_key(f"weather {county.place.code}")
    keys = np.array([name_key(f"market {name}") for name in LINES] + [own_weather, name_key("labour demand")])
    z = county.luck.normals(MARKET_SHOCKS, year, keys)
    sd = np.array([value(f"production.price_sd_{line.price_risk}") for line in INDUSTRY])
    if not county.on("price_risk"):
        sd[:] = 0.0
    markets.price = np.exp(sd * z[: len(LINES)] - 0.5 * sd**2)
    weather_sd = value("production.weather_sd") if county.on("weather") else 0.0
    markets.weather = float(np.exp(weather_sd * z[-2] - 0.5 * weather_sd**2))
    demand_sd = value("labour.demand_shock_sd") if county.on("job_risk") else 0.0
    markets.labour_demand = labour_demand(county.parameters, year, county.start) * float(np.exp(demand_sd * z[-1]))
    _strike_villages(county)


def _strike_villages(county: County) -> None:
    v = county.villages
    v.crop_left = np.full(len(v), county.markets.weather)
    if county.on("weather"):
        u = county.luck.uniform(VILLAGE_SHOCKS, county.year, v.uid)
        hit = u < county.value("production.disaster_rate") * v.hazard
        v.crop_left[hit] *= 1.0 - county.value("production.disaster_loss")


def strike_households(county: County) -> None:
    """Draw who loses an off-farm job for some months and who loses animals."""
    h, flows = county.households, county.flows
    _strike(
        h.uid,
        h.off_farm,
        h.line,
        flows.jobs_lost,
        flows.animals_lost,
        county.luck.seed,
        county.luck.replicate,
        LIVELIHOOD_SHOCKS,
        county.year,
        county.value("labour.separation_rate") if county.on("job_risk") else 0.0,
        county.value("production.animal_loss_rate") if county.on("animal_loss") else 0.0,
        ANIMALS,
    )


@compiled
def _strike(
    uid: Any,
    off_farm: Any,
    line: Any,
    jobs_lost: Any,
    animals_lost: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    year: Any,
    separation: Any,
    animal_rate: Any,
    animals: Any,
) -> None:
    u = np.empty((4, CHUNK))
    for i in range(uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            fill4(seed, replicate, stream, year, uid[i : i + CHUNK], 0, u)
        u0, u1, u2, u3 = u[0, k], u[1, k], u[2, k], u[3, k]
        # the third job and any further one share a uniform: households with four workers are under 1%
        workers = off_farm[i]
        lost = np.int64((workers >= 1) & (u0 < separation)) + np.int64((workers >= 2) & (u1 < separation))
        lost += np.int64((workers >= 3) & (u2 < separation * (workers - 2)))
        jobs_lost[i] = lost
        animals_lost[i] = animals[line[i]] & (u3 < animal_rate)
