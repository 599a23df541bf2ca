"""Step 5, spending and finance: who forgoes care, how bills are met, saving, informal debt and productive assets.

A medical or school bill above the bearable share of net income is met from savings, then from informal debt repaid
over three years. What is met from savings or debt is not a payment of this year; instalments of earlier debt are.
`medical_paid` and `school_paid` are therefore exactly what effective income leaves out.

Repayments of loans come last, from what savings are left and then from relatives; what neither meets is unpaid. They
and the instalments of what relatives lent for them are no medical or school payment: they lower consumption only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from tuopin.agents.arrays import F32, F64, I8, I16, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.health import BasicScheme, basic_payment, basic_terms, to_fen
from tuopin.agents.kernels import pick

DEBT_YEARS = 3.0
"""Informal debt is repaid in as many equal yearly parts: what the columns `debt_due_1` to `debt_due_3` hold."""


class FinanceTerms(NamedTuple):
    """Parameters of group `finance`, schooling costs and the line (yuan of the year)."""

    bill_share: float
    instalment_share: float
    hardship_share: float
    borrowing_cap: float
    saving_rate: float
    pass_through_poor: float
    pass_through_rich: float
    pass_through_fall: float
    invested_share: float
    asset_depreciation: float
    distress_sale: float
    line: float
    compulsory_cost: float
    upper_cost: float
    college_cost: float


def _terms(county: County) -> FinanceTerms:
    value, prices = county.value, county.prices
    return county.parameters.fill(
        FinanceTerms,
        "finance",
        county.year,
        borrowing_cap=value("finance.borrowing_cap") if county.on("borrowing") else 0.0,
        line=county.line,
        pass_through_fall=(value("finance.pass_through_poor") - value("finance.pass_through_rich"))
        / (value("finance.smooth_from") - 1.0),
        compulsory_cost=value("schooling.compulsory_cost") * prices,
        upper_cost=value("schooling.upper_cost") * prices,
        college_cost=max(0.0, value("schooling.college_cost") - value("schooling.college_loan")) * prices,
    )


class _CareNeeded(NamedTuple):
    insured: Flags
    savings: F32
    debt_due_1: F32
    debt_due_2: F32
    debt_due_3: F32
    net_income: F64
    inpatient_bill: F64
    outpatient_bill: F64
    basic_reimbursed: F64
    reimbursed_term: F64
    care_forgone: Flags


def forgo_care(county: County) -> None:
    """Cut treatment where the bill, after the reimbursement quoted, exceeds all means: income, savings and credit."""
    cases = pick(_CareNeeded, county.households, county.flows)
    _forgo(cases, county.value("health.forgone_share"), basic_terms(county), _terms(county))


@rule
def credit_left(income: float, due_1: float, due_2: float, due_3: float, t: FinanceTerms) -> float:
    """What relatives would still lend (yuan): `borrowing_cap` of the year's income less informal debt by year due."""
    return max(0.0, t.borrowing_cap * income - due_1 - due_2 - due_3)


@compiled
def _forgo(c: _CareNeeded, forgone_share: float, scheme: BasicScheme, t: FinanceTerms) -> None:
    for i in range(c.insured.shape[0]):
        owed = c.inpatient_bill[i] + c.outpatient_bill[i] - c.basic_reimbursed[i] - c.reimbursed_term[i]
        income = max(0.0, c.net_income[i])
        credit = credit_left(income, c.debt_due_1[i], c.debt_due_2[i], c.debt_due_3[i], t)
        forgone = owed > t.bill_share * income + c.savings[i] + credit
        c.care_forgone[i] = forgone
        if forgone:
            inpatient = to_fen(c.inpatient_bill[i] * (1.0 - forgone_share))
            outpatient = to_fen(c.outpatient_bill[i] * (1.0 - forgone_share))
            paid = basic_payment(inpatient, outpatient, scheme) if c.insured[i] else 0.0
            c.inpatient_bill[i], c.outpatient_bill[i], c.basic_reimbursed[i] = inpatient, outpatient, paid


class _Spending(NamedTuple):
    members: I16
    net_income_pp: F64
    net_income_pp_1: F32
    pupils: I8
    upper_students: I8
    college_students: I8
    net_income: F64
    inpatient_bill: F64
    outpatient_bill: F64
    basic_reimbursed: F64
    reimbursed_term: F64
    school_aid_term: F64
    repayment_term: F64
    own_payment_term: F64
    repayment_unpaid: F64
    care_forgone: Flags
    medical_bill: F64
    medical_out_of_pocket: F64
    medical_paid: F64
    school_paid: F64
    savings: F32
    debt_due_1: F32
    debt_due_2: F32
    debt_due_3: F32
    debt_for_loans: F32
    formal_loan: F32
    productive_assets: F32
    consumption: F32


def pay(county: County) -> None:
    """Meet the year's bills and earlier debts; save, borrow, sell and invest."""
    _pay(pick(_Spending, county.households, county.flows), _terms(county))


class Met(NamedTuple):
    """How a year's bills are met, yuan: paid out of this year's income, from savings, and by informal debt."""

    medical: float
    school: float
    from_savings: float
    borrowed: float


@rule
def meet(
    medical: float, school: float, income: float, instalment: float, savings: float, credit: float, t: FinanceTerms
) -> Met:
    """How a household meets its medical and school bills of a year (yuan), `instalment` being paid before.

    Out of income up to the bearable share of it, care before school; the rest from savings, then by borrowing up to
    `credit`. What nobody lends is paid at once, up to the share of income that hardship leaves; the rest stays unpaid:
    treatment ends there.
    """
    bearable = t.bill_share * income
    medical_now = min(medical, bearable)
    school_now = min(school, bearable - medical_now)
    rest = medical - medical_now + school - school_now
    from_savings = min(rest, savings)
    borrowed = min(rest - from_savings, credit)
    uncovered = rest - from_savings - borrowed
    medical_now += min(uncovered, max(0.0, t.hardship_share * income - medical_now - school_now - instalment))
    return Met(medical_now, school_now, from_savings, borrowed)


class Repaid(NamedTuple):
    """How a year's repayment of loans is met, yuan: from savings, by relatives; and what is not. Whole fen each."""

    from_savings: float
    borrowed: float
    unpaid: float


@rule
def repay(due: float, savings: float, credit: float) -> Repaid:
    """Meet a repayment `due` (yuan, rounded to 0.01) from `savings`, then from relatives who would still lend `credit`.

    Counted in fen, rounded down, so that what is paid and what is not are the repayment due to the fen.
    """
    if due <= 0.0:
        return Repaid(0.0, 0.0, 0.0)
    fen = math.floor(due * 100.0 + 0.5)
    from_savings = min(fen, math.floor(max(0.0, savings) * 100.0))
    borrowed = min(fen - from_savings, math.floor(max(0.0, credit) * 100.0))
    return Repaid(from_savings / 100.0, borrowed / 100.0, (fen - from_savings - borrowed) / 100.0)


@rule
def for_loans(instalment: float, debt: float, debt_for_loans: float) -> float:
    """Which part of an instalment of informal `debt` pays for what was borrowed to repay loans (yuan): its share."""
    return instalment * min(1.0, debt_for_loans / debt) if debt_for_loans > 0.0 and debt > 0.0 else 0.0


@rule
def school_cost(pupils: int, upper_students: int, college_students: int, t: FinanceTerms) -> float:
    """Schooling of a year left to the household, yuan."""
    return pupils * t.compulsory_cost + upper_students * t.upper_cost + college_students * t.college_cost


@rule
def pass_through(usual_in_lines: float, t: FinanceTerms) -> float:
    """Part of consumption that follows this year's income, by the usual income in lines; it falls evenly in between."""
    fallen = t.pass_through_poor - t.pass_through_fall * max(0.0, usual_in_lines - 1.0)
    return max(t.pass_through_rich, fallen)


@rule
def consumed_of(income: float, usual: float, line: float, means: float, t: FinanceTerms) -> float:
    """Consumption of a household in a year, yuan: phi y + (1 - phi)(usual - s (usual - line)), at most its `means`.

    `income` is what bills have left of the year's, `usual` the mean of three years, `line` that of all members; s is
    saved of what is usually above it. Source: Jalan and Ravallion (1999), Journal of Development Economics 58.
    """
    phi = pass_through(usual / max(line, 1.0), t)
    kept_up = usual - max(0.0, t.saving_rate * (usual - line))
    return max(0.0, min(phi * income + (1.0 - phi) * kept_up, means))


@compiled
def _pay(c: _Spending, t: FinanceTerms) -> None:
    for i in range(c.members.shape[0]):
        income, forgone = max(0.0, c.net_income[i]), c.care_forgone[i]
        c.medical_bill[i] = c.inpatient_bill[i] + c.outpatient_bill[i]
        own = max(0.0, to_fen(c.medical_bill[i] - c.basic_reimbursed[i] - c.reimbursed_term[i]))
        c.medical_out_of_pocket[i] = own
        cost = school_cost(c.pupils[i], c.upper_students[i], c.college_students[i], t)
        school = max(0.0, cost - c.school_aid_term[i])
        # instalments of earlier debt come first; what exceeds the bearable share is put off a year
        instalment = min(c.debt_due_1[i], t.instalment_share * income)
        loans = for_loans(instalment, c.debt_due_1[i] + c.debt_due_2[i] + c.debt_due_3[i], c.debt_for_loans[i])
        put_off = c.debt_due_1[i] - instalment
        credit = credit_left(income, put_off, c.debt_due_2[i], c.debt_due_3[i], t)
        met = meet(own, school, income, instalment, c.savings[i], credit, t)
        # a hospital, a school and relatives are paid at once; a lender without a pledge has what they leave
        repaid = repay(c.repayment_term[i], c.savings[i] - met.from_savings, credit - met.borrowed)
        c.repayment_unpaid[i] = repaid.unpaid
        from_savings, borrowed = met.from_savings + repaid.from_savings, met.borrowed + repaid.borrowed
        # a household's share of a programme's cost is no medical or school payment: savings, then a subsidised loan
        share = min(c.own_payment_term[i], c.savings[i] - from_savings)
        c.formal_loan[i] += c.own_payment_term[i] - share
        c.medical_paid[i] = to_fen(met.medical + instalment - loans)
        c.school_paid[i] = to_fen(met.school)
        c.debt_due_1[i] = c.debt_due_2[i] + put_off + borrowed / DEBT_YEARS
        c.debt_due_2[i] = c.debt_due_3[i] + borrowed / DEBT_YEARS
        c.debt_due_3[i] = borrowed / DEBT_YEARS
        c.debt_for_loans[i] = max(0.0, c.debt_for_loans[i] - loans) + repaid.borrowed
        left = max(0.0, income - c.medical_paid[i] - c.school_paid[i] - loans)
        savings = max(0.0, c.savings[i] - from_savings - share)
        usual = (left + c.members[i] * max(0.0, c.net_income_pp[i] + c.net_income_pp_1[i])) / 3.0
        c.consumption[i] = consumed_of(left, usual, t.line * c.members[i], left + savings, t)
        saved = left - c.consumption[i]
        invested = t.invested_share * max(0.0, saved)
        c.savings[i] = max(0.0, savings + saved - invested)
        c.productive_assets[i] = c.productive_assets[i] * (1.0 - t.asset_depreciation) + invested
        if forgone:
            c.productive_assets[i] *= 1.0 - t.distress_sale
