"""Ecological compensation: payments for public-benefit forest, and for slopes taken out of cultivation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F32, F64
from tuopin.policies.ledger import fen
from tuopin.policies.protocol import (
    County,
    Fen,
    Ledger,
    Mask,
    OwnColumns,
    Places,
    Policy,
    Rows,
    column,
    policy_parameters,
)


class RetiredColumns(OwnColumns):
    """Land taken out of cultivation."""

    retired: F32 = column("programme", "mu", 0, 1e4, "farmland retired to forest", "退耕面积", split="older")


class EcoCompensation(Policy):
    """Retires slopes of households far from town against five years of payments; pays forest benefit to all.

    A household may lose: the payments end, and the grain it grew is gone for good.
    """

    name = "eco_compensation"
    label = "Ecological compensation"
    label_zh = "生态补偿"
    family = "protection"
    steps = ("programmes", "livelihood")
    parameters = policy_parameters("eco_compensation", Path(__file__).parent / "parameters.yaml")
    own_columns = RetiredColumns

    def own(self, county: County) -> RetiredColumns:
        """Land retired."""
        return RetiredColumns(self.name, county.households)

    def withdraw(self, county: County) -> Mask:
        """Nobody: what is retired stays so."""
        return np.zeros(len(county.households), dtype=np.bool_)

    def target(self, county: County) -> Mask:
        """Everybody: land is retired where it lies."""
        return np.ones(len(county.households), dtype=np.bool_)

    def suitable(self, county: County) -> Mask:
        """Households with slopes to retire: far from town, on land below the county's mean quality."""
        h = county.households
        remote = h.remoteness > self.value("remoteness_from", county.year)
        mask: Mask = remote & (h.land_quality < 1.0) & (h.land > 0)
        return mask

    def enrol(self, county: County, rows: Rows, places: Places) -> None:
        """Retire part of the land."""
        self.own(county).retired[rows] = self.value("retired_share", county.year) * county.households.land[rows]

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Take retired land out of grain; pay for it by its age, and for public-benefit forest, within the budget."""
        own, f, year = self.own(county), county.flows, county.year
        if self.value("effect", year) > 0.0:
            f.land_term[:] += own.retired
        due = self._due(county)
        rows = np.flatnonzero(due > 0)
        left, leak = ledger.left(self.name), self.value("leakage", year)
        within = None if left is None else int(left / (1.0 + leak))
        if within is not None and int(due[rows].sum()) > within:
            due[rows] = due[rows].astype(object) * within // int(due[rows].sum())
            rows = np.flatnonzero(due > 0)
        if len(rows):
            ledger.post(self.name, "central", rows, due[rows])
            ledger.post_leakage(self.name, int(leak * int(due[rows].sum())))
            f.transfer_term[rows] += due[rows] / 100.0 * self.value("effect", year)

    def _due(self, county: County) -> Fen:
        """What each household is due this year, fen."""
        own, h, year = self.own(county), county.households, county.year
        if year < self.value("start", year) or self.budget_fen(county) == 0:
            return np.zeros(len(h), dtype=np.int64)
        age = year - self.since(county).astype(np.int64) + 1
        paid: F64 = np.zeros(len(h))
        for at in range(1, 6):
            paid[(own.retired > 0) & (age == at)] = self.value(f"paid_year_{at}", year)
        forest = self.value("forest_benefit", year) * self.value("designated_share", year)
        return fen(own.retired * paid + h.forest * forest)
