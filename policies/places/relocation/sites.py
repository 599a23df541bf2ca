"""Resettlement sites: who gets a place at which, and who gets one of their jobs."""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import F64, I64, Flags
from tuopin.agents.columns import ZONES
from tuopin.agents.institutions import Site
from tuopin.agents.place import Place
from tuopin.policies.arrays import Places

CENTRAL_VILLAGE = ZONES.index("central_village")
# Zones in order of preference: households with a worker look for wages first, others for land and neighbours.
WITH_WORKER = ("industrial_park", "city", "town", "scenic_area", "central_village")
WITHOUT_WORKER = ("central_village", "town", "scenic_area", "city", "industrial_park")


def make_sites(place: Place, scale: float) -> list[Site]:
    """Return the place's sites with capacity (persons) and jobs at `scale`; none if it resettles nobody."""
    sites: list[Site] = []
    if place.resettlement is None:
        return sites
    factor = 1.0 if place.resettlement.jobs_factor is None else float(place.resettlement.jobs_factor.value)
    for code, name in enumerate(ZONES[1:], start=1):
        zone = getattr(place.resettlement, name)
        all_persons, all_jobs = zone.persons * scale, zone.jobs * factor * scale
        for k in range(zone.sites):
            persons = round(all_persons * (k + 1) / zone.sites) - round(all_persons * k / zone.sites)
            jobs = round(all_jobs * (k + 1) / zone.sites) - round(all_jobs * k / zone.sites)
            sites.append(Site(len(sites), code, persons, jobs, zone.remoteness))
    return sites


def assign_sites(
    sites: list[Site],
    members: I64,
    has_worker: Flags,
    lot: F64,
    uid: I64,
) -> Places:
    """Return the site index of each household, shape (n,), -1 where no site has room; persons never exceed capacity.

    Zones are tried in the order of the household's preference; within a zone sites fill one after the other, by lot.
    """
    chosen = np.full(len(members), -1, dtype=np.int64)
    order = np.lexsort((uid, lot))
    queues = [order[has_worker[order]], order[~has_worker[order]]]
    persons = [np.concatenate([[0], np.cumsum(members[queue])]) for queue in queues]  # up to each place in the queue
    served = [0, 0]
    for zones in zip(WITH_WORKER, WITHOUT_WORKER, strict=True):
        for k, zone in enumerate(zones):
            for site in (s for s in sites if s.zone == ZONES.index(zone)):
                if served[k] == len(queues[k]):
                    break
                before = int(persons[k][served[k]])
                room = max(0, site.capacity - site.residents)
                last = int(np.searchsorted(persons[k], before + room, side="right")) - 1
                chosen[queues[k][served[k] : last]] = site.index
                site.residents += int(persons[k][last]) - before
                served[k] = last
    return chosen
