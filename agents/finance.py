"""Step 5, spending and finance: who forgoes care, how bills are met, saving, informal debt and productive assets.

A medical or school bill above 30% of net income is met from savings, then from informal debt repaid over three years.
What is met from savings or debt is not a payment of this year; instalments of earlier debt are. `medical_paid` and
`school_paid` are therefore exactly what effective income leaves out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.health import basic_payment, basic_terms, to_fen

DEBT_YEARS = 3.0
"""Informal debt is repaid in as many equal yearly parts: what the columns `debt_due_1` to `debt_due_3` hold."""


class FinanceTerms(NamedTuple):
    """Parameters of group `finance`, schooling costs and the line (yuan of the year)."""

    bill_share: float
    instalment_share: float
    borrowing_cap: float
    saving_rate: float
    invested_share: float
    asset_depreciation: float
    distress_sale: float
    line: float
    compulsory_cost: float
    upper_cost: float
    college_cost: float
    borrowing: float


def _terms(county: County) -> FinanceTerms:
    value, prices = county.value, county.prices
    return county.parameters.fill(
        FinanceTerms,
        "finance",
        county.year,
        borrowing_cap=value("finance.borrowing_cap") if county.on("borrowing") else 0.0,
        line=county.line,
        compulsory_cost=value("schooling.compulsory_cost") * prices,
        upper_cost=value("schooling.upper_cost") * prices,
        borrowing=county.on("borrowing"),
        college_cost=max(0.0, value("schooling.college_cost") - value("schooling.college_loan")) * prices,
    )


def forgo_care(county: County) -> None:
    """Cut treatment where the bill, after the reimbursement quoted, exceeds all means: income, savings and credit."""
    h, f = county.households, county.flows
    _forgo(
        h.insured,
        h.savings,
        h.debt_due_1,
        h.debt_due_2,
        h.debt_due_3,
        f.net_income,
        f.inpatient_bill,
        f.outpatient_bill,
        f.basic_reimbursed,
        f.reimbursed_term,
        h.care_forgone,
        county.value("health.forgone_share"),
        basic_terms(county),
        _terms(county),
    )


@compiled
def _forgo(
    insured: Any,
    savings: Any,
    due1: Any,
    due2: Any,
    due3: Any,
    net: Any,
    inpatient: Any,
    outpatient: Any,
    basic: Any,
    reimbursed: Any,
    care_forgone: Any,
    forgone_share: Any,
    scheme: Any,
    t: Any,
) -> None:
    for i in range(insured.shape[0]):
        owed = inpatient[i] + outpatient[i] - basic[i] - reimbursed[i]
        income = max(0.0, net[i])
        credit = max(0.0, t.borrowing_cap * income - due1[i] - due2[i] - due3[i])
        care_forgone[i] = owed > t.bill_share * income + savings[i] + credit
        if care_forgone[i]:
            inpatient[i] = to_fen(inpatient[i] * (1.0 - forgone_share))
            outpatient[i] = to_fen(outpatient[i] * (1.0 - forgone_share))
            basic[i] = basic_payment(inpatient[i], outpatient[i], scheme) if insured[i] else 0.0


def pay(county: County) -> None:
    """Meet bills, schooling and instalments; save, borrow, sell and invest."""
    h, f = county.households, county.flows
    _pay(
        h.members,
        h.pupils,
        h.upper_students,
        h.college_students,
        f.net_income,
        f.inpatient_bill,
        f.outpatient_bill,
        f.basic_reimbursed,
        f.reimbursed_term,
        f.own_payment_term,
        h.medical_bill,
        h.medical_out_of_pocket,
        h.medical_paid,
        h.school_paid,
        h.savings,
        h.debt_due_1,
        h.debt_due_2,
        h.debt_due_3,
        h.productive_assets,
        h.care_forgone,
        h.formal_loan,
        h.consumption,
        _terms(county),
    )


@compiled
def _pay(
    members: Any,
    pupils: Any,
    upper: Any,
    college: Any,
    net: Any,
    inpatient: Any,
    outpatient: Any,
    basic: Any,
    reimbursed: Any,
    own_payment: Any,
    medical_bill: Any,
    out_of_pocket: Any,
    medical_paid: Any,
    school_paid: Any,
    savings: Any,
    due1: Any,
    due2: Any,
    due3: Any,
    assets: Any,
    care_forgone: Any,
    formal_loan: Any,
    consumption: Any,
    t: Any,
) -> None:
    for i in range(members.shape[0]):
        income = max(0.0, net[i])
        medical_bill[i] = inpatient[i] + outpatient[i]
        own = max(0.0, to_fen(medical_bill[i] - basic[i] - reimbursed[i]))
        out_of_pocket[i] = own
        school = pupils[i] * t.compulsory_cost + upper[i] * t.upper_cost + college[i] * t.college_cost
        # instalments of earlier debt come first; what exceeds the bearable share is put off a year
        instalment = min(due1[i], t.instalment_share * income)
        put_off = due1[i] - instalment
        bearable = t.bill_share * income
        medical_now = min(own, bearable)
        school_now = min(school, bearable - medical_now)
        rest = own - medical_now + school - school_now
        from_savings = min(rest, savings[i])
        borrowed = rest - from_savings
        if not t.borrowing:  # who cannot borrow pays at once, as far as the year's income goes; the rest stays unpaid
            medical_now += min(borrowed, max(0.0, income - medical_now - school_now - instalment))
            borrowed = 0.0
        # a household's share of a programme's cost is no medical or school payment: savings, then a subsidised loan
        share = min(own_payment[i], savings[i] - from_savings)
        formal_loan[i] += own_payment[i] - share
        medical_paid[i] = to_fen(medical_now + instalment)
        school_paid[i] = to_fen(school_now)
        due1[i] = due2[i] + put_off + borrowed / DEBT_YEARS
        due2[i] = due3[i] + borrowed / DEBT_YEARS
        due3[i] = borrowed / DEBT_YEARS
        surplus = income - medical_paid[i] - school_paid[i] - t.line * members[i]
        saved = max(0.0, t.saving_rate * surplus)
        invested = t.invested_share * saved
        savings[i] = max(0.0, savings[i] - from_savings - share) + saved - invested
        assets[i] = assets[i] * (1.0 - t.asset_depreciation) + invested
        if care_forgone[i]:
            assets[i] *= 1.0 - t.distress_sale
        consumption[i] = max(0.0, income - medical_paid[i] - school_paid[i] - saved)
