"""What is measured, one row an indicator: unit, labels, and how figures of years and of counties are put together.

A new indicator is its rule and its row here: comparisons, regions, figures and the metadata of tables follow. Light on
purpose (no numpy): writers of tables and figures read it without loading the measures.
"""

from __future__ import annotations

from tuopin.sim.measures.indicator import SUM, AtRisk, Indicator

INDICATORS: dict[str, Indicator] = {
    "persons": Indicator("persons", "persons present", "年末人口", "sum", SUM, None),
    # poverty and inequality of effective income
    "headcount_ratio": Indicator("share of persons", "headcount ratio", "贫困发生率", "mean", "persons", "lower"),
    "poverty_gap": Indicator("share of the line", "poverty gap index", "贫困距指数", "mean", "persons", "lower"),
    "squared_poverty_gap": Indicator(
        "index", "squared poverty gap index", "平方贫困距指数", "mean", "persons", "lower"
    ),
    "watts": Indicator("index", "Watts index", "沃茨指数", "mean", "persons", "lower"),
    "sst": Indicator("index", "Sen-Shorrocks-Thon index", "SST贫困指数", "mean", None, "lower"),
    "gini": Indicator("index", "Gini coefficient", "基尼系数", "mean", None, "lower"),
    "mean_income_per_person": Indicator(
        "yuan/person/year", "mean effective income per person", "人均有效收入", "mean", "persons", "higher"
    ),
    "net_income_headcount_ratio": Indicator(
        "share of persons", "headcount ratio on net income", "按纯收入计贫困发生率", "mean", "persons", "lower"
    ),
    "poor_persons": Indicator("persons", "poor persons", "贫困人口", "sum", SUM, "lower"),
    "poor_households": Indicator("households", "poor households", "贫困户数", "sum", SUM, "lower"),
    "near_poor_persons": Indicator(
        "persons", "near-poor persons (1 to 1.5 lines)", "边缘人口（1至1.5倍线）", "sum", SUM, None
    ),
    # several dimensions
    "any_deprivation_headcount": Indicator(
        "share of persons", "deprived in any dimension", "任一维度受剥夺人口比例", "mean", "persons", "lower"
    ),
    "multidimensional_headcount": Indicator(
        "share of persons",
        "multidimensionally poor (one third or more)",
        "多维贫困发生率（三分之一临界）",
        "mean",
        "persons",
        "lower",
    ),
    "adjusted_multidimensional_headcount": Indicator(
        "index", "adjusted headcount M0", "调整后多维贫困指数", "mean", "persons", "lower"
    ),
    # dynamics
    "exit_rate": Indicator(
        "share of persons", "exit rate of last year's poor", "脱贫率", "mean", AtRisk("exits_persons"), "higher"
    ),
    "reentry_rate": Indicator(
        "share of persons",
        "re-entry rate of the stock that had exited",
        "返贫率（存量）",
        "mean",
        AtRisk("reentries_persons"),
        "lower",
    ),
    "exits_persons": Indicator("persons", "persons leaving poverty", "当年脱贫人口", "sum", SUM, "higher"),
    "first_exits_persons": Indicator(
        "persons", "persons leaving poverty for the first time", "首次脱贫人口", "sum", SUM, "higher"
    ),
    "reentries_persons": Indicator("persons", "persons falling back", "当年返贫人口", "sum", SUM, "lower"),
    "sustained_exits_persons": Indicator(
        "persons",
        "of the initially poor, above the line in the last three years",
        "期初贫困且连续三年达标人口",
        "last",
        SUM,
        "higher",
    ),
    "sustained_exits_own_strength_persons": Indicator(
        "persons",
        "of these, without income that ends with programmes",
        "其中剔除扶持收入后仍达标人口",
        "last",
        SUM,
        "higher",
    ),
    "poverty_years_persons": Indicator(
        "person-years", "person-years under the line since the initial state", "期初以来贫困人年", "last", SUM, "lower"
    ),
    "relapse_by_1_year": Indicator(
        "share of exits", "relapsed within 1 year of exit", "脱贫1年内返贫率", "none", None, "lower"
    ),
    "relapse_by_3_years": Indicator(
        "share of exits", "relapsed within 3 years of exit", "脱贫3年内返贫率", "none", None, "lower"
    ),
    "relapse_by_5_years": Indicator(
        "share of exits", "relapsed within 5 years of exit", "脱贫5年内返贫率", "none", None, "lower"
    ),
    # moves between income classes: the group is the class a year before (`class_before=...`)
    "move_to_extreme": Indicator(
        "share of persons", "moved to below half the line", "转入极端贫困（0.5倍线以下）", "mean", None, "lower"
    ),
    "move_to_poor": Indicator(
        "share of persons", "moved to half to one line", "转入贫困（0.5至1倍线）", "mean", None, "lower"
    ),
    "move_to_near": Indicator(
        "share of persons", "moved to 1 to 1.5 lines", "转入边缘（1至1.5倍线）", "mean", None, None
    ),
    "move_to_secure": Indicator(
        "share of persons", "moved to 1.5 to 2.5 lines", "转入稳固（1.5至2.5倍线）", "mean", None, "higher"
    ),
    "move_to_well": Indicator(
        "share of persons", "moved to above 2.5 lines", "转入宽裕（2.5倍线以上）", "mean", None, "higher"
    ),
    "shorrocks_mobility": Indicator("index", "Shorrocks mobility", "肖洛克斯流动性指数", "mean", None, None),
    # registers and programmes
    "registered_persons": Indicator("persons", "registered persons", "在册贫困人口", "sum", SUM, None, view="registry"),
    "exclusion_error": Indicator("share of persons", "exclusion error", "漏评率", "mean", "poor_persons", "lower"),
    "inclusion_error": Indicator(
        "share of persons", "inclusion error", "错评率", "mean", "registered_persons", "lower"
    ),
    "transfer_share": Indicator(
        "share of net income", "public transfers in net income", "公共转移占纯收入比重", "mean", None, None
    ),
    "policy_transfer_share": Indicator(
        "share of net income", "policy transfers in net income", "政策转移占纯收入比重", "mean", None, None
    ),
    # dimensions, sources of income, what changed poverty
    "deprivation_income": Indicator(
        "share of persons", "deprived: income below the line", "收入受剥夺人口比例", "mean", "persons", "lower"
    ),
    "deprivation_schooling": Indicator(
        "share of persons", "deprived: a child out of school", "义务教育受剥夺人口比例", "mean", "persons", "lower"
    ),
    "deprivation_medical_cover": Indicator(
        "share of persons", "deprived: no cover or care forgone", "基本医疗受剥夺人口比例", "mean", "persons", "lower"
    ),
    "deprivation_safe_housing": Indicator(
        "share of persons", "deprived: unsafe housing", "住房安全受剥夺人口比例", "mean", "persons", "lower"
    ),
    "deprivation_safe_water": Indicator(
        "share of persons", "deprived: no safe water", "饮水安全受剥夺人口比例", "mean", "persons", "lower"
    ),
    "wage_income_share": Indicator("share of net income", "wages in net income", "工资性收入比重", "mean", None, None),
    "business_income_share": Indicator(
        "share of net income", "business in net income", "经营净收入比重", "mean", None, None
    ),
    "property_income_share": Indicator(
        "share of net income", "property in net income", "财产净收入比重", "mean", None, None
    ),
    "private_transfer_share": Indicator(
        "share of net income", "relatives in net income", "亲友转移比重", "mean", None, None
    ),
    "office_wage_share": Indicator(
        "share of net income",
        "wages in net income, as the statistical office counts",
        "工资性收入比重（统计口径）",
        "mean",
        None,
        None,
    ),
    "office_transfer_share": Indicator(
        "share of net income",
        "transfers in net income, what members away send home included",
        "转移净收入比重（统计口径，含外出寄回）",
        "mean",
        None,
        None,
    ),
    "headcount_change_by_growth": Indicator(
        "share of persons",
        "change of the headcount since the initial state by growth of mean income",
        "期初以来贫困发生率变化：增长",
        "last",
        None,
        "lower",
    ),
    "headcount_change_by_redistribution": Indicator(
        "share of persons",
        "change of the headcount since the initial state by redistribution",
        "期初以来贫困发生率变化：分配",
        "last",
        None,
        "lower",
    ),
    "headcount_change_by_residual": Indicator(
        "share of persons",
        "change of the headcount since the initial state by both together",
        "期初以来贫困发生率变化：残差",
        "last",
        None,
        "lower",
    ),
    "real_income_growth": Indicator(
        "ratio", "growth of mean real income since the initial state", "期初以来实际收入增长", "last", None, "higher"
    ),
    # the long run
    "chronic_gap": Indicator(
        "index",
        "chronic poverty (squared gap of mean income)",
        "慢性贫困（平均收入平方贫困距）",
        "last",
        "persons",
        "lower",
    ),
    "transient_share": Indicator(
        "share", "transient part of poverty over the years", "暂时性贫困比重", "last", None, None
    ),
    "poverty_pattern": Indicator(
        "share of persons",
        "persons by pattern of poverty over the years",
        "按贫困形态划分的人口比例",
        "last",
        None,
        None,
    ),
    "vulnerable_share": Indicator(
        "share of persons",
        "vulnerable by the estimate of the initial state",
        "期初脆弱人口比例",
        "mean",
        "persons",
        "lower",
    ),
    "vulnerability_auc": Indicator(
        "area", "how well that estimate tells who is poor the year after", "脆弱性预测AUC", "mean", None, None
    ),
    # the register and the teams
    "exits_on_paper_persons": Indicator(
        "persons", "certified as exited without being secure", "纸面脱贫人口", "sum", SUM, "lower"
    ),
    "exits_without_support_persons": Indicator(
        "persons",
        "left the register this year, above the line without what ends with programmes",
        "退出且扣除项目资金后仍在线上人口",
        "sum",
        SUM,
        "higher",
    ),
    "hours_demanded_share": Indicator(
        "ratio", "hours asked of village teams against those they have", "工时需求比", "mean", "hours_of_teams", None
    ),
    "hours_of_teams": Indicator("hours", "hours that village teams have", "村级队伍工时", "sum", SUM, None),
    # what programmes reach
    "coverage": Indicator(
        "share of persons", "of the poor before programmes, reached", "覆盖率", "mean", "poor_before_persons", "higher"
    ),
    "poor_before_persons": Indicator("persons", "poor before programmes", "项目前贫困人口", "sum", SUM, "lower"),
    "beneficiaries_persons": Indicator("persons", "persons in households paid", "受益人口", "sum", SUM, None),
    "adequacy": Indicator(
        "ratio", "paid a beneficiary against own income", "受益充足度", "mean", "income_before_yuan", None
    ),
    "income_before_yuan": Indicator("yuan", "own income of beneficiaries", "受益户自有收入", "sum", SUM, None),
    "leakage_share": Indicator(
        "share of money", "paid to persons not poor before programmes", "漏出率", "mean", "benefits_yuan", "lower"
    ),
    "benefits_yuan": Indicator("yuan", "paid to households", "发放金额", "sum", SUM, None),
    "retention": Indicator(
        "share of persons",
        "of last year's beneficiaries, so again",
        "续保率",
        "mean",
        "beneficiaries_before_persons",
        None,
    ),
    "beneficiaries_before_persons": Indicator(
        "persons", "last year's beneficiaries still present", "上年受益且在册人口", "sum", SUM, None
    ),
    "benefit_to_standard": Indicator(
        "ratio",
        "allowance a beneficiary against the standard",
        "人均救助与标准之比",
        "mean",
        "beneficiaries_persons",
        None,
    ),
    "benefit_incidence": Indicator(
        "share of money",
        "programmes' money by fifth of income before it",
        "扶持资金按收入五等分分布",
        "mean",
        None,
        None,
    ),
    # health spending
    "catastrophic_health_spending_rate": Indicator(
        "share of persons",
        "in households with catastrophic health spending",
        "灾难性医疗支出发生率（人口）",
        "mean",
        "persons",
        "lower",
    ),
    "catastrophic_health_spending_household_rate": Indicator(
        "share of households",
        "households with catastrophic health spending",
        "灾难性医疗支出发生率（户）",
        "mean",
        None,
        "lower",
    ),
    # money
    "cost_yuan": Indicator("yuan", "public cost", "公共支出", "sum", SUM, "lower"),
    "cost_yuan_nominal": Indicator("yuan", "public cost, current prices", "公共支出（当年价）", "sum", SUM, "lower"),
    "cost_yuan_discounted": Indicator(
        "yuan", "public cost, constant prices, present value", "公共支出（不变价现值）", "none", None, "lower"
    ),
    "cost_yuan_annualised_discounted": Indicator(
        "yuan",
        "public cost, constant prices, present value, capital as an annuity",
        "公共支出（不变价现值，资本年金化）",
        "none",
        None,
        "lower",
    ),
    "cost_per_sustained_exit": Indicator(
        "yuan/person", "cost per sustained exit", "每人稳定脱贫成本", "none", None, "lower"
    ),
    "cost_per_poverty_year_averted": Indicator(
        "yuan/person-year", "cost per poverty-year averted", "每减少一人年贫困的成本", "none", None, "lower"
    ),
    # the same households under the scenario and the baseline (comparison only)
    "paired_relapse_by_3_years": Indicator(
        "share of persons",
        "relapsed within 3 years, of those who exit under both: more than in the baseline",
        "两方案下均脱贫者3年内返贫率之差",
        "none",
        None,
        "lower",
    ),
    "paired_relapse_by_3_years_in_baseline": Indicator(
        "share of persons",
        "relapsed within 3 years in the baseline, of those who exit under both",
        "两方案下均脱贫者在基准方案的3年内返贫率",
        "none",
        None,
        None,
    ),
    "lifted_persons": Indicator(
        "persons",
        "poor at the start, and at the end in the baseline alone",
        "期初贫困、仅在基准方案期末仍贫困人口",
        "none",
        None,
        "higher",
    ),
    "stayers_persons": Indicator(
        "persons",
        "poor at the start, and at the end under both",
        "期初贫困、两方案期末均贫困人口",
        "none",
        None,
        None,
    ),
    "prevented_persons": Indicator(
        "persons",
        "not poor at the start, poor at the end in the baseline alone",
        "期初非贫困、仅在基准方案期末贫困人口",
        "none",
        None,
        "higher",
    ),
    "induced_persons": Indicator(
        "persons",
        "poor at the end in the scenario and not in the baseline",
        "仅在该方案期末贫困人口",
        "none",
        None,
        "lower",
    ),
    "helped_persons": Indicator(
        "persons",
        "poor in fewer years than in the baseline",
        "贫困年数少于基准方案人口",
        "none",
        None,
        "higher",
    ),
    "harmed_persons": Indicator(
        "persons",
        "poor in more years than in the baseline",
        "贫困年数多于基准方案人口",
        "none",
        None,
        "lower",
    ),
}
"""Every indicator of the tables and comparisons, in the order of tables."""
