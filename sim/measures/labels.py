"""One name for each thing measured: unit, English and Chinese label, and how a yearly figure adds up over years.

Light on purpose (no numpy): writers of tables and figures read it without loading the measures.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

OverYears = Literal["mean", "sum", "none"]


class Label(NamedTuple):
    """What stands beside a figure; `over_years` says how years are put together as year `all` of a comparison."""

    unit: str
    english: str
    chinese: str
    over_years: OverYears = "mean"


VIEWS: tuple[str, ...] = ("true", "registry", "survey")
"""The three views of one household's poverty, in the order of every table."""

VIEW_LABELS: dict[str, Label] = {
    "true": Label("", "true: effective income against the statistical line", "真实口径：有效收入对统计贫困线"),
    "registry": Label("", "registry: administrative status", "建档口径：建档立卡状态"),
    "survey": Label("", "survey: net income with measurement error", "调查口径：含测量误差的纯收入"),
}

INDICATORS: dict[str, Label] = {
    "persons": Label("persons", "persons present", "年末人口", "sum"),
    # poverty and inequality of effective income
    "headcount_ratio": Label("share of persons", "headcount ratio", "贫困发生率"),
    "poverty_gap": Label("share of the line", "poverty gap index", "贫困距指数"),
    "squared_poverty_gap": Label("index", "squared poverty gap index", "平方贫困距指数"),
    "watts": Label("index", "Watts index", "沃茨指数"),
    "sst": Label("index", "Sen-Shorrocks-Thon index", "SST贫困指数"),
    "gini": Label("index", "Gini coefficient", "基尼系数"),
    "mean_income_per_person": Label("yuan/person/year", "mean effective income per person", "人均有效收入"),
    "net_income_headcount_ratio": Label("share of persons", "headcount ratio on net income", "按纯收入计贫困发生率"),
    "poor_persons": Label("persons", "poor persons", "贫困人口", "sum"),
    "poor_households": Label("households", "poor households", "贫困户数", "sum"),
    "near_poor_persons": Label("persons", "near-poor persons (1 to 1.5 lines)", "边缘人口（1至1.5倍线）", "sum"),
    # several dimensions
    "any_deprivation_headcount": Label("share of persons", "deprived in any dimension", "任一维度受剥夺人口比例"),
    "multidimensional_headcount": Label(
        "share of persons", "multidimensionally poor (one third or more)", "多维贫困发生率（三分之一临界）"
    ),
    "adjusted_multidimensional_headcount": Label("index", "adjusted headcount M0", "调整后多维贫困指数"),
    # dynamics
    "exit_rate": Label("share of persons", "exit rate of last year's poor", "脱贫率"),
    "reentry_rate": Label("share of persons", "re-entry rate of the stock that had exited", "返贫率（存量）"),
    "exits_persons": Label("persons", "persons leaving poverty", "当年脱贫人口", "sum"),
    "reentries_persons": Label("persons", "persons falling back", "当年返贫人口", "sum"),
    "sustained_exits_persons": Label("persons", "persons reaching a sustained exit", "稳定脱贫人口", "sum"),
    "sustained_exits_net_of_transfers_persons": Label(
        "persons", "persons reaching a sustained exit without policy transfers", "剔除政策转移后稳定脱贫人口", "sum"
    ),
    "relapse_by_1_year": Label("share of exits", "relapsed within 1 year of exit", "脱贫1年内返贫率", "none"),
    "relapse_by_3_years": Label("share of exits", "relapsed within 3 years of exit", "脱贫3年内返贫率", "none"),
    "relapse_by_5_years": Label("share of exits", "relapsed within 5 years of exit", "脱贫5年内返贫率", "none"),
    "move_to_extreme": Label("share of persons", "moved to below half the line", "转入极端贫困（0.5倍线以下）"),
    "move_to_poor": Label("share of persons", "moved to half to one line", "转入贫困（0.5至1倍线）"),
    "move_to_near": Label("share of persons", "moved to 1 to 1.5 lines", "转入边缘（1至1.5倍线）"),
    "move_to_secure": Label("share of persons", "moved to 1.5 to 2.5 lines", "转入稳固（1.5至2.5倍线）"),
    "move_to_well": Label("share of persons", "moved to above 2.5 lines", "转入宽裕（2.5倍线以上）"),
    "shorrocks_mobility": Label("index", "Shorrocks mobility", "肖洛克斯流动性指数"),
    # registers and programmes
    "registered_persons": Label("persons", "registered persons", "在册贫困人口", "sum"),
    "exclusion_error": Label("share of persons", "exclusion error", "漏评率"),
    "inclusion_error": Label("share of persons", "inclusion error", "错评率"),
    "transfer_share": Label("share of net income", "public transfers in net income", "公共转移占纯收入比重"),
    "policy_transfer_share": Label("share of net income", "policy transfers in net income", "政策转移占纯收入比重"),
    # health spending
    "catastrophic_health_spending_rate": Label(
        "share of persons", "in households with catastrophic health spending", "灾难性医疗支出发生率（人口）"
    ),
    "catastrophic_health_spending_household_rate": Label(
        "share of households", "households with catastrophic health spending", "灾难性医疗支出发生率（户）"
    ),
    # money
    "cost_yuan": Label("yuan", "programme cost", "项目成本", "sum"),
    "cost_yuan_nominal": Label("yuan", "programme cost, current prices", "项目成本（当年价）", "sum"),
    "cost_yuan_discounted": Label("yuan", "programme cost, present value", "项目成本（现值）", "none"),
    "cost_per_sustained_exit": Label("yuan/person", "cost per sustained exit", "每人稳定脱贫成本", "none"),
    "cost_per_poverty_year_averted": Label(
        "yuan/person-year", "cost per poverty-year averted", "每减少一人年贫困的成本", "none"
    ),
}

COLUMNS: dict[str, Label] = {
    "place": Label("", "place", "地区"),
    "scenario": Label("", "scenario", "方案"),
    "baseline": Label("", "baseline scenario", "基准方案"),
    "replicate": Label("index", "replicate", "重复编号"),
    "year": Label("year", "year", "年份"),
    "view": Label("", "view of poverty", "口径"),
    "group": Label("", "group of persons", "人群"),
    "indicator": Label("", "indicator", "指标"),
    "value": Label("as the indicator", "value", "数值"),
    "policy": Label("", "policy", "政策"),
    "payer": Label("", "payer", "出资方"),
    "households": Label("households", "households", "户数"),
    "persons": Label("persons", "persons", "人数"),
    "yuan": Label("yuan, current prices", "amount", "金额"),
    "budget_yuan": Label("yuan, current prices", "budget of the policy", "预算"),
    "slots": Label("households", "slots of the policy", "名额"),
    "kind": Label("", "kind of spell", "状态类型"),
    "start_year": Label("year", "year the spell began", "起始年份"),
    "years": Label("years", "years the spell was seen to run", "持续年数"),
    "ended": Label("flag", "seen to end", "已结束"),
    "left_censored": Label("flag", "began before it could be seen", "左删失"),
    "uncertainty": Label("", "what the interval covers", "不确定性来源"),
    "mean_difference": Label("as the indicator", "mean paired difference from the baseline", "与基准的平均差异"),
    "low": Label("as the indicator", "lower end of the 95% interval", "95%区间下限"),
    "high": Label("as the indicator", "upper end of the 95% interval", "95%区间上限"),
    "probability_positive": Label("share of replicates", "difference above zero", "差异为正的概率"),
    "replicates": Label("count", "replicates compared", "比较的重复次数"),
}
"""Columns of the result tables."""


def label(indicator: str) -> Label:
    """Return unit and labels of an indicator; raises KeyError with the known names if there is none of that name."""
    try:
        return INDICATORS[indicator]
    except KeyError:
        known = ", ".join(sorted(INDICATORS))
        raise KeyError(f"no indicator {indicator!r}; known are {known}") from None
