"""The one declaration of what a household is: name, dtype, unit, range, meaning and Chinese label of every column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tuopin.agents.stages import MIDDLE


@dataclass(frozen=True)
class Column:
    """One household attribute, stored as one contiguous array."""

    name: str
    group: str
    dtype: str
    unit: str
    low: float
    high: float
    meaning: str
    zh: str
    default: float = 0.0

    @property
    def itemsize(self) -> int:
        """Bytes a household."""
        return np.dtype(self.dtype).itemsize


LINES = (
    "none", "grain", "tea", "livestock", "silk", "vegetables", "herbs", "mushrooms", "fruit", "konjac", "tourism", "trade",
)  # fmt: skip
"""Industry lines by code; code 1 (grain) is what a household with land does if nothing else."""

SETTLEMENTS = ("scattered", "natural_village", "central_village", "town")
ZONES = ("none", "city", "industrial_park", "town", "scenic_area", "central_village")
REGISTRY_STATUSES = ("outside", "registered_poor", "exited", "exited_unstable", "near_poor", "relapsed")
OUTSIDE, REGISTERED_POOR, EXITED, EXITED_UNSTABLE, NEAR_POOR, RELAPSED = range(6)
CAUSES = ("none", "illness", "disability", "schooling", "disaster", "lack_of_labour", "lack_of_technology_or_funds")
HEALTH_STATES = ("well", "chronic", "hospital_stay", "major_illness")

_BIG = 1e9
"""No household amount is larger: a bound that catches faults, in yuan."""
_ROWS: tuple[tuple[str, str, str, str, float, float, str, str], ...] = (
    # identity and place
    ("uid", "identity", "int64", "id", 0, 2.0**63 - 1, "identity, fixed for life and unique over places", "住户编号"),
    ("village", "identity", "int16", "index", 0, 32767, "village", "村"),
    ("zone", "identity", "int8", "code", 0, 5, "resettlement zone lived in (0 none)", "安置区类型"),
    ("site", "identity", "int16", "index", -1, 32767, "resettlement site lived in (-1 none)", "安置点"),
    ("settlement", "identity", "int8", "code", 0, 3, "settlement type", "聚落类型"),
    ("remoteness", "identity", "float32", "share", 0, 1, "distance from town, 0 beside it, 1 farthest", "偏远程度"),
    # people
    ("members", "people", "int16", "persons", 0, 40, "members", "家庭人口"),
    ("small_children", "people", "int8", "persons", 0, 20, "children below school age (0-5)", "学龄前儿童"),
    ("pupils", "people", "int8", "persons", 0, 20, "children of compulsory school age (6-15)", "义务教育阶段学生"),
    ("upper_students", "people", "int8", "persons", 0, 20, "students in senior high or vocational school", "高中阶段学生"),
    ("college_students", "people", "int8", "persons", 0, 20, "college students", "大学生"),
    ("working_age", "people", "int8", "persons", 0, 30, "persons aged 16-59 not in school", "劳动年龄人口"),
    ("elderly", "people", "int8", "persons", 0, 20, "persons aged 60 and over", "老年人"),
    ("able_workers", "people", "int8", "persons", 0, 30, "members able to work fully", "劳动力"),
    ("disabled", "people", "int8", "persons", 0, 20, "disabled members", "残疾人"),
    # labour
    ("skill", "labour", "float32", "log points", -5, 5, "fixed log productivity of the household", "技能"),
    ("permanent", "labour", "float32", "log points", -5, 5, "AR(1) component of log productivity", "持久性收入成分"),
    ("off_farm", "labour", "int8", "persons", 0, 30, "members in off-farm work", "务工人数"),
    ("migrants", "labour", "int8", "persons", 0, 30, "of these, working outside the county", "外出务工人数"),
    ("motivation", "labour", "float32", "share", 0, 1, "inner drive of able workers", "内生动力"),
    # health
    ("health", "health", "int8", "code", 0, 3, "worst health event of the year", "健康状况"),
    ("chronic", "health", "int8", "persons", 0, 20, "chronically ill members", "慢性病人数"),
    ("insured", "health", "bool", "flag", 0, 1, "covered by the basic medical scheme", "参加基本医保"),
    ("care_forgone", "health", "bool", "flag", 0, 1, "needed care was forgone for cost this year", "放弃治疗"),
    # land
    ("land", "land", "float32", "mu", 0, 1e4, "cultivated land", "耕地面积"),
    ("land_quality", "land", "float32", "ratio", 0, 20, "land quality, county mean 1", "耕地质量"),
    ("land_access", "land", "float32", "share", 0, 1, "share of land still worked (distance after a move)", "耕地可及"),
    ("forest", "land", "float32", "mu", 0, 1e5, "forest land", "林地面积"),
    ("hazard", "land", "float32", "ratio", 0, 50, "exposure to flood and landslide, county mean 1", "灾害暴露"),
    # industry
    ("line", "industry", "int8", "code", 0, len(LINES) - 1, "industry line beside grain", "产业"),
    ("line_scale", "industry", "float32", "ratio", 0, 50, "size of the industry, 1 = typical household", "产业规模"),
    ("line_age", "industry", "int8", "years", 0, 100, "age of orchard or herd", "产业年限"),
    ("firm", "industry", "int16", "index", -1, 32767, "cooperative or lead firm linked to (-1 none)", "联结主体"),
    ("online_seller", "industry", "bool", "flag", 0, 1, "sells online", "网店"),
    # wealth
    ("productive_assets", "wealth", "float32", "yuan", 0, _BIG, "productive assets", "生产性资产"),
    ("savings", "wealth", "float32", "yuan", 0, _BIG, "savings", "储蓄"),
    ("debt_due_1", "wealth", "float32", "yuan", 0, _BIG, "informal debt due next year", "次年到期借款"),
    ("debt_due_2", "wealth", "float32", "yuan", 0, _BIG, "informal debt due in two years", "两年后到期借款"),
    ("debt_due_3", "wealth", "float32", "yuan", 0, _BIG, "informal debt due in three years", "三年后到期借款"),
    ("formal_loan", "wealth", "float32", "yuan", 0, _BIG, "formal loan outstanding", "银行贷款"),
    ("loan_due_year", "wealth", "int16", "year", 0, 3000, "year the formal loan falls due (0 none)", "贷款到期年"),
    ("housing_grade", "wealth", "int8", "code", 0, 3, "housing grade 0 (D, dangerous) to 3 (A, safe)", "住房等级"),
    ("safe_water", "wealth", "bool", "flag", 0, 1, "safe drinking water", "饮水安全"),
    # income of the year, by the four official components
    ("wage_income", "income", "float32", "yuan/year", 0, _BIG, "wage income", "工资性收入"),
    ("business_income", "income", "float32", "yuan/year", -_BIG, _BIG, "net business income", "经营净收入"),
    ("property_income", "income", "float32", "yuan/year", 0, _BIG, "property income", "财产净收入"),
    ("private_transfers", "income", "float32", "yuan/year", 0, _BIG, "transfers from relatives", "私人转移收入"),
    ("public_transfers", "income", "float64", "yuan/year", 0, _BIG, "public transfers of all kinds", "公共转移收入"),
    ("policy_transfers", "income", "float64", "yuan/year", 0, _BIG, "of these, by the scenario's policies", "政策转移收入"),
    # spending of the year
    ("medical_bill", "spending", "float64", "yuan/year", 0, _BIG, "medical bills before reimbursement", "医疗总费用"),
    ("medical_out_of_pocket", "spending", "float64", "yuan/year", 0, _BIG, "bills left to the household", "自付医疗费"),
    ("medical_paid", "spending", "float64", "yuan/year", 0, _BIG,
     "paid out of this year's income, earlier debt included", "当年医疗支出"),
    ("school_paid", "spending", "float64", "yuan/year", 0, _BIG, "schooling paid out of this year's income", "当年教育支出"),
    ("consumption", "spending", "float32", "yuan/year", 0, _BIG, "consumption", "消费支出"),
    # per person results of the year
    ("market_income_pp", "result", "float64", "yuan/person", -_BIG, _BIG, "market income per person", "人均市场收入"),
    ("net_income_pp", "result", "float64", "yuan/person", -_BIG, _BIG, "net income per person", "人均纯收入"),
    ("income_pp", "result", "float64", "yuan/person", -_BIG, _BIG, "effective income per person", "人均有效收入"),
    ("net_income_pp_1", "result", "float32", "yuan/person", -_BIG, _BIG, "net income per person a year ago", "上年人均纯收入"),
    ("net_income_pp_2", "result", "float32", "yuan/person", -_BIG, _BIG, "net income per person two years ago",
     "前年人均纯收入"),
    # status: three views
    ("poor_true", "status", "bool", "flag", 0, 1, "effective income below the statistical line", "实际贫困"),
    ("survey_income_pp", "result", "float32", "yuan/person", 0, _BIG, "net income as a survey measures it", "调查人均收入"),
    ("poor_survey", "status", "bool", "flag", 0, 1, "measured income below the statistical line", "调查口径贫困"),
    ("registry_status", "status", "int8", "code", 0, 5, "administrative status", "建档立卡状态"),
    ("registered_since", "status", "int16", "year", 0, 3000, "year of the last registration (0 never)", "建档年份"),
    ("registry_exit_year", "status", "int16", "year", 0, 3000, "year of the last registry exit (0 never)", "退出年份"),
    ("cause", "status", "int8", "code", 0, len(CAUSES) - 1, "main recorded cause of poverty", "致贫原因"),
    ("exits", "status", "int8", "count", 0, 120, "exits from true poverty since the initial state", "脱贫次数"),
    ("relapses", "status", "int8", "count", 0, 120, "returns to true poverty since the initial state", "返贫次数"),
    ("years_above", "status", "int8", "years", 0, 120, "assessments in a row at or above the line after poverty", "连续达标年数"),
    ("years_above_alone", "status", "int8", "years", 0, 120, "the same without that year's policy transfers",
     "剔除转移后连续达标年数"),
    ("registered_at_start", "status", "bool", "flag", 0, 1, "registered poor in the initial state", "期初建档立卡"),
    ("exited_registry", "status", "bool", "flag", 0, 1, "left the register since the initial state", "期内退出建档"),
    ("exited_survey", "status", "bool", "flag", 0, 1, "left survey poverty since the initial state", "期内脱贫(调查)"),
    ("ever_poor", "status", "bool", "flag", 0, 1, "poor at an assessment since the initial state", "曾经贫困"),
    ("spell_start_true", "status", "int16", "year", 0, 3000, "start of the running spell, true view", "实际口径状态起始年"),
    ("spell_start_registry", "status", "int16", "year", 0, 3000, "the same, registry view", "建档口径状态起始年"),
    ("spell_start_survey", "status", "int16", "year", 0, 3000, "the same, survey view", "调查口径状态起始年"),
    ("spell_left_true", "status", "bool", "flag", 0, 1, "running spell began before the initial state, true", "左删失(实际)"),
    ("spell_left_registry", "status", "bool", "flag", 0, 1, "the same, registry view", "左删失(建档)"),
    ("spell_left_survey", "status", "bool", "flag", 0, 1, "the same, survey view", "左删失(调查)"),
)  # fmt: skip

_DEFAULTS = {"site": -1.0, "firm": -1.0, "land_quality": 1.0, "land_access": 1.0, "motivation": MIDDLE, "hazard": 1.0}
"""Values of a column nothing has filled yet: on no site, with no firm, an average household."""

COLUMNS: dict[str, Column] = {row[0]: Column(*row, default=_DEFAULTS.get(row[0], 0.0)) for row in _ROWS}


def with_columns(extra: Iterable[Column]) -> dict[str, Column]:
    """Return the base columns and those policies declare; raises ValueError if a name is declared twice."""
    table = dict(COLUMNS)
    for column in extra:
        if column.name in table:
            raise ValueError(f"column {column.name!r} is declared twice")
        table[column.name] = column
    return table


def bytes_per_household(table: dict[str, Column]) -> int:
    """Bytes one household takes in `table`."""
    return sum(column.itemsize for column in table.values())
