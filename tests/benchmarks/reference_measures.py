"""The engine's measures in plain Python over the reference's agents: all indicators by view and group, moves and
spells.

With them the reference yields what a run of the engine yields, so that the two can be timed at the same work, and the
engine's measures can be checked against a second program.
"""

from __future__ import annotations

from collections import Counter
from math import exp, log, nan
from typing import TYPE_CHECKING, Any

from tests.benchmarks.reference_household import Household

if TYPE_CHECKING:
    from tests.benchmarks.reference import ReferenceCounty

VIEWS = ("true", "registry", "survey")
CLASSES = ("extreme", "poor", "near", "secure", "well")
TRAITS = ("elderly_only", "disabled", "remote", "registered")


class Measures:
    """What the recorder of a run is: statuses before and after, spells, and every indicator of the year."""

    def __init__(self, model: ReferenceCounty) -> None:
        self.model = model
        self.spells: Counter[tuple[str, str, int, int, bool]] = Counter()
        self.rows: list[tuple[int, str, str, str, float]] = []
        for h in model.households:
            h.school_luck = model.random.random()
            h.survey_income = h.net_income_pp
            h.poor_in = {"true": h.poor_true, "registry": h.registered, "survey": bool(h.poor_survey)}
            h.exited_in = dict.fromkeys(VIEWS, False)
            h.spell_since = {view: model.year if h.poor_in[view] else 0 for view in VIEWS}
            h.start_poor, h.start_members, h.above, h.above_alone = h.poor_true, h.members, 0, 0
            h.groups = {"registered": h.registered}
            h.income_class = income_class(h.income_pp, model.now.line)

    def record(self) -> None:
        for household in self.model.households:
            self.observe(household)
        groups = {"all": list(self.model.households)}
        for trait in TRAITS:
            for label, flag in (("no", False), ("yes", True)):
                groups[f"{trait}={label}"] = [h for h in self.model.households if h.groups[trait] == flag]
        for name, households in groups.items():
            for view, indicator, value in self.indicators(households):
                self.rows.append((self.model.year, view, name, indicator, value))
        self.rows += [(self.model.year, "true", *row) for row in self.for_everybody(groups["all"])]

    def observe(self, h: Household) -> None:
        """Bring a household's statuses, spells and deprivations up to this year's assessment."""
        now = self.model.now
        noise = h.random.gauss(0.0, now.income_risk.survey_error_variance**0.5)
        h.survey_income = max(0.0, h.net_income_pp) * exp(noise)
        h.before, h.had_exited = h.poor_in, dict(h.exited_in)
        h.poor_in = {"true": h.poor_true, "registry": h.registered, "survey": h.survey_income < now.line}
        for view in VIEWS:
            was, poor = h.before[view], h.poor_in[view]
            if was != poor:
                if h.spell_since[view]:
                    kind = "poor" if was else "exited"
                    self.spells[view, kind, h.spell_since[view], now.year - h.spell_since[view], True] += h.members
                h.spell_since[view] = now.year
                h.exited_in[view] = h.exited_in[view] or was
        h.class_before, h.income_class = h.income_class, income_class(h.income_pp, now.line)
        alone = h.income_pp - h.policy_transfers / h.members >= now.line
        h.above = 0 if h.poor_true else h.above + 1
        h.above_alone = h.above_alone + 1 if alone else 0
        h.sustained = h.start_poor and h.above >= 3
        h.sustained_alone = h.start_poor and h.above_alone >= 3
        dropout = now.schooling.dropout_poor if h.poor_true else now.schooling.dropout_base
        lacks_cover = not h.insured or h.care_forgone
        out_of_school = h.school_luck < dropout * h.pupils
        h.deprived = h.poor_true + out_of_school + lacks_cover + (h.housing_grade <= 1) + (not h.safe_water)
        capacity = max(0.0, h.net_income_pp - now.village.subsistence_food * now.prices) * h.members
        h.catastrophic = h.out_of_pocket > 0.0 and h.out_of_pocket >= 0.4 * capacity
        h.groups["elderly_only"] = h.elderly == h.members
        h.groups["disabled"] = h.disabled > 0
        h.groups["remote"] = h.settlement == 0

    def indicators(self, households: list[Household]) -> list[tuple[str, str, float]]:
        s = sums(households, self.model.now.line)
        persons, net = s["persons"], s["net"]
        seen = self.model.year >= self.model.start + 3
        found = [
            ("true", "persons", persons),
            ("true", "headcount_ratio", ratio(s["poor", "true"], persons)),
            ("true", "poverty_gap", ratio(s["gap"], persons)),
            ("true", "squared_poverty_gap", ratio(s["squared"], persons)),
            ("true", "watts", ratio(s["watts"], persons)),
            ("true", "mean_income_per_person", ratio(s["income"], persons)),
            ("true", "net_income_headcount_ratio", ratio(s["net_poor"], persons)),
            ("true", "transfer_share", ratio(net - s["market"], net)),
            ("true", "policy_transfer_share", ratio(s["policy"], net)),
            ("true", "any_deprivation_headcount", ratio(s["deprived"], persons)),
            ("true", "multidimensional_headcount", ratio(s["many"], persons)),
            ("true", "adjusted_multidimensional_headcount", ratio(s["counted"], 5 * persons)),
            ("true", "catastrophic_health_spending_rate", ratio(s["struck"], persons)),
            ("true", "catastrophic_health_spending_household_rate", ratio(s["struck_households"], len(households))),
            ("true", "exclusion_error", ratio(s["missed"], s["poor", "true"])),
            ("true", "inclusion_error", ratio(s["leaked"], s["registered"])),
            ("true", "sustained_exits_persons", s["sustained"] if seen else nan),
            ("true", "sustained_exits_own_strength_persons", s["sustained_alone"] if seen else nan),
            ("true", "poverty_years_persons", s["poor", "true"]),
            ("registry", "registered_persons", s["registered"]),
        ]
        for view in VIEWS:
            if view != "true":
                found.append((view, "headcount_ratio", ratio(s["poor", view], persons)))
            if view != "registry":
                found.append((view, "near_poor_persons", s["near", view]))
            found += [
                (view, "poor_persons", s["poor", view]),
                (view, "poor_households", s["poor_households", view]),
                (view, "exit_rate", ratio(s["exits", view], s["poor_before", view])),
                (view, "exits_persons", s["exits", view]),
                (view, "first_exits_persons", s["first_exits", view]),
                (view, "reentry_rate", ratio(s["reentries", view], s["at_risk", view])),
                (view, "reentries_persons", s["reentries", view]),
            ]
        return found

    def for_everybody(self, households: list[Household]) -> list[tuple[str, str, float]]:
        found = [("all", "gini", gini(households)), ("all", "sst", sst(households, self.model.now.line))]
        poor = sum(h.members for h in households if h.poor_true)
        for programme in self.model.programmes:
            reached = programme.members()
            hit = sum(h.members for h in reached if h.poor_true)
            all_reached = sum(h.members for h in reached)
            found.append((f"policy={programme.name}", "exclusion_error", ratio(poor - hit, poor)))
            found.append((f"policy={programme.name}", "inclusion_error", ratio(all_reached - hit, all_reached)))
        moves = Counter[tuple[int, int]]()
        for h in households:
            moves[h.class_before, h.income_class] += h.members
        stay = 0.0
        for row, start in enumerate(CLASSES):
            total = sum(moves[row, column] for column in range(5))
            for column, end in enumerate(CLASSES):
                found.append((f"class_before={start}", f"move_to_{end}", ratio(moves[row, column], total)))
            stay += ratio(moves[row, row], total)
        return [*found, ("all", "shorrocks_mobility", (5.0 - stay) / 4.0)]


def sums(households: list[Household], line: float) -> Counter[Any]:
    """Person-weighted sums of one group, in one loop."""
    s: Counter[Any] = Counter()
    for h in households:
        m, y = h.members, h.income_pp
        s["persons"] += m
        s["income"] += m * y
        s["net"] += m * h.net_income_pp
        s["market"] += h.market_income
        s["policy"] += h.policy_transfers
        if h.net_income_pp < line:
            s["net_poor"] += m
        if h.poor_true:
            gap = min(1.0, (line - y) / line)
            s["gap"] += m * gap
            s["squared"] += m * gap * gap
            s["watts"] += m * log(line / max(y, 0.05 * line))
        if h.deprived:
            s["deprived"] += m
            if h.deprived >= 2:
                s["many"] += m
                s["counted"] += m * h.deprived
        if h.catastrophic:
            s["struck"] += m
            s["struck_households"] += 1
        if h.sustained:
            s["sustained"] += h.start_members
        if h.sustained_alone:
            s["sustained_alone"] += h.start_members
        if h.registered:
            s["registered"] += m
            if not h.poor_true:
                s["leaked"] += m
        elif h.poor_true:
            s["missed"] += m
        add_status(s, h, line)
    return s


def add_status(s: Counter[Any], h: Household, line: float) -> None:
    m = h.members
    for view in VIEWS:
        poor = h.poor_in[view]
        if poor:
            s["poor", view] += m
            s["poor_households", view] += 1
        elif view != "registry" and (h.income_pp if view == "true" else h.survey_income) < 1.5 * line:
            s["near", view] += m
        if h.before[view]:
            s["poor_before", view] += m
            if not poor:
                s["exits", view] += m
                s["first_exits", view] += m * (not h.had_exited[view])
        elif h.had_exited[view]:
            s["at_risk", view] += m
            if poor:
                s["reentries", view] += m


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def income_class(income: float, line: float) -> int:
    return sum(income >= bound * line for bound in (0.5, 1.0, 1.5, 2.5))


def gini(households: list[Household]) -> float:
    below = weighted = total = 0.0
    for h in sorted(households, key=lambda h: h.income_pp):
        income = max(0.0, h.income_pp)
        weighted += income * h.members * (2.0 * below + h.members)
        total += income * h.members
        below += h.members
    return weighted / (below * total) - 1.0


def sst(households: list[Household], line: float) -> float:
    """Sen-Shorrocks-Thon index: gaps weighted by rank from the poorest."""
    persons = sum(h.members for h in households)
    below = weighted = 0.0
    for h in sorted(households, key=lambda h: h.income_pp):
        gap = max(0.0, min(1.0, (line - h.income_pp) / line))
        weighted += gap * h.members * (2.0 * (persons - below) - h.members)
        below += h.members
    return weighted / persons**2
