"""Cooperative linkage: members in name and in fact, price terms, expansion, failure of firms, side selling."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F64, Flags
from tuopin.agents.firms import FACTORY, failed
from tuopin.agents.lines import GRAIN
from tuopin.agents.production import settle_prices
from tuopin.agents.randomness import COOPERATIVE
from tuopin.agents.rationing import count_by
from tuopin.policies.livelihood.cooperative.firms import assign_firms
from tuopin.policies.protocol import (
    County,
    Fen,
    Ledger,
    Mask,
    ObservedNeed,
    OwnColumns,
    Places,
    Policy,
    Rows,
    column,
    policy_parameters,
)


class CooperativeColumns(OwnColumns):
    """What a household's membership is worth."""

    effective: Flags = column("programme", "flag", 0, 1, "really delivers to the firm", "有效联结")
    struck: Flags = column("programme", "flag", 0, 1, "its firm failed this year", "联结主体倒闭")
    supported: Flags = column("programme", "flag", 0, 1, "has been paid for before", "已获扶持")


class Cooperative(Policy):
    """Links registered households with land or labour to lead firms and cooperatives.

    All members are counted and paid for; only effective ones get the price terms and grow their industry. What they
    add to the county's supply lowers the price for everybody who sells the same product.
    """

    name = "cooperative"
    label = "Cooperative and firm linkage"
    label_zh = "合作社与龙头企业带动"
    family = "livelihood"
    steps = ("shocks", "programmes", "livelihood")
    parameters = policy_parameters("cooperative", Path(__file__).parent / "parameters.yaml")
    own_columns = CooperativeColumns
    measures = ("industry",)
    writes = ("firm", "line", "line_scale", "line_age", "productive_assets")

    def own(self, county: County) -> CooperativeColumns:
        """Effective membership and this year's failures."""
        return CooperativeColumns(self.name, county.households)

    def strike(self, county: County) -> None:
        """Where a firm has failed all members lose the link, effective ones part of this year's industry income."""
        h, own, since = county.households, self.own(county), self.since(county)
        struck, effective = own.struck, own.effective
        struck[:] = False
        for firm in failed(county.firms, county.year):
            hit = h.firm == firm.index
            struck[hit & effective] = True
            h.firm[hit] = -1
            since[hit] = 0
            effective[hit] = False

    def release(self, county: County, rows: Rows) -> None:
        """Leave the firm; the industry stays."""
        county.households.firm[rows] = -1
        self.own(county).effective[rows] = False

    def recount(self, county: County) -> None:
        """Count members per firm."""
        firm = county.households.firm
        members = np.zeros(len(county.firms), dtype=np.int64)
        count_by(group=firm, weight=firm >= 0, totals=members)
        for f in county.firms:
            if f.kind != FACTORY:
                f.members = int(members[f.index])

    def suitable(self, county: County) -> Mask:
        """Households with land and a hand at home for the industry; once, also if their firm fails."""
        h = county.households
        hands = (h.able_workers > h.off_farm) | (h.elderly > 0)
        return hands & (h.land > 0) & ~self.own(county).supported

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """Support per household, fen."""
        return np.full(len(rows), round(self.value("cost_per_household", county.year) * 100), dtype=np.int64)

    def room(self, county: County, rows: Rows) -> Places:
        """The firm that takes each household, -1 where none has room."""
        h = county.households
        lot = county.luck.uniform(COOPERATIVE, 0, h.uid[rows])
        return assign_firms(county.firms, h.line[rows].astype(np.int64), lot, h.uid[rows])

    def enrol(self, county: County, rows: Rows, places: Places) -> None:
        """Join the firm; effective members take up or enlarge its industry with the inputs they receive.

        A member whose own industry is another than its firm's is one in name.
        """
        h, own, year = county.households, self.own(county), county.year
        h.firm[rows] = places
        line = np.array([f.line for f in county.firms], dtype=np.int8)[places]
        u = county.luck.uniforms(COOPERATIVE, 0, h.uid[rows], 2)[:, 1]
        fits = (h.line[rows] <= GRAIN) | (h.line[rows] == line)
        effective = fits & (u < self.value("effective_share", year))
        own.effective[rows], own.supported[rows] = effective, True
        effect = self.value("effect", year)
        if effect == 0.0:
            return
        rows, line = rows[effective], line[effective]
        starts = h.line[rows] <= GRAIN
        h.line_scale[rows[starts]] = 0.0
        h.line_age[rows[starts]] = 0
        h.line[rows[starts]] = line[starts]
        h.line_scale[rows] += self.value("expansion", year) * effect
        h.productive_assets[rows] += self.value("cost_per_household", year) * self.value("inputs_share", year) * effect

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: Fen) -> None:
        """Integrated county funds pay."""
        ledger.post(self.name, "county_integrated_funds", rows, fen)

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Price premium or floor and better yields for effective members; losses where a firm failed."""
        h, f, own, year = county.households, county.flows, self.own(county), county.year
        effect = self.value("effect", year)
        f.business_factor[np.flatnonzero(own.struck)] *= 1.0 - self.value("failure_loss", year) * min(effect, 1.0)
        rows = np.flatnonzero(own.effective)
        if len(rows) == 0 or effect == 0.0:
            return
        market = settle_prices(county)[h.line[rows]]
        u = county.luck.uniform(COOPERATIVE, year, h.uid[rows])
        elsewhere = (market > 1.0) & (u < self.value("side_selling", year))
        gain = np.where(elsewhere, 1.0, self._delivery_factor(market, year))
        f.business_factor[rows] *= 1.0 + effect * (gain - 1.0) * self.share_of_year(county, rows)

    def _delivery_factor(self, market: F64, year: int) -> F64:
        """Industry income of a member that delivers, against the same industry at the `market` price (trend = 1).

        max(market x (1 + price_premium), price_floor) / market x (1 + yield_gain)
        """
        received = np.maximum(market * (1.0 + self.value("price_premium", year)), self.value("price_floor", year))
        factor: F64 = received / market * (1.0 + self.value("yield_gain", year))
        return factor

    def expected_gain(self, county: County) -> F64:
        """Premium and yield on last year's business income, for an effective member."""
        h, year = county.households, county.year
        rate = (1.0 + self.value("price_premium", year)) * (1.0 + self.value("yield_gain", year)) - 1.0
        gain: F64 = rate * np.maximum(h.business_income, 0.0) / h.members
        return gain * self.value("effective_share", year)
