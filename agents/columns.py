"""The one declaration of what a household is: name, type, unit, range, meaning and Chinese label of every column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args, get_type_hints

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I32, I64, Flags
from tuopin.agents.lines import LINES
from tuopin.agents.stages import MIDDLE

SETTLEMENTS = ("scattered", "natural_village", "central_village", "town")
ZONES = ("none", "city", "industrial_park", "town", "scenic_area", "central_village")
REGISTRY_STATUSES = ("outside", "registered_poor", "exited", "exited_unstable", "near_poor", "relapsed")
OUTSIDE, REGISTERED_POOR, EXITED, EXITED_UNSTABLE, NEAR_POOR, RELAPSED = range(6)
CAUSES = (
    "none",
    "illness",
    "disability",
    "schooling",
    "disaster",
    "lack_of_labour",
    "lack_of_technology_or_funds",
    "lack_of_land",
    "lack_of_water",
    "road",
    "motivation",
    "marriage",
    "bereavement",
    "other",
)
"""Main causes as official forms list them. The model itself records the first seven; the others are those of imported
registers, which keep theirs."""
HEALTH_STATES = ("well", "chronic", "hospital_stay", "major_illness")

SPLITS = ("copy", "older", "share")
MONEY = ("yuan", "fen", "nominal yuan", "元")
_BIG = 1e9
"""No household amount is larger: a bound that catches faults, in yuan."""


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
    split: str = ""
    """Of a programme's own column: what becomes of it where a younger couple leaves. `copy`: both have it; `older`: it
    stays with the older household, the new one begins with the default; `share`: it is divided by members. If nothing
    is said, an amount in yuan is divided (no debt doubles) and anything else is copied.
    """

    def __post_init__(self) -> None:
        if self.split not in ("", *SPLITS):
            raise ValueError(f"{self.name}: split is {self.split!r}; allowed: {', '.join(SPLITS)}")
        if self.split == "share" and np.dtype(self.dtype).kind == "b":
            raise ValueError(f"{self.name}: a flag cannot be shared; allowed: copy, older")

    @property
    def at_split(self) -> str:
        """What becomes of the column when a household splits: one of `SPLITS`."""
        return self.split or ("share" if self.unit in MONEY and np.dtype(self.dtype).kind != "b" else "copy")


class _Row(NamedTuple):
    """What the table below says of a column beside its name and type."""

    group: str
    unit: str
    low: float
    high: float
    meaning: str
    zh: str
    default: float
    split: str


def column(
    group: str, unit: str, low: float, high: float, meaning: str, zh: str, default: float = 0.0, split: str = ""
) -> Any:
    """Say what a column means and which values it may hold; its name and type stand before it.

    `split` is what becomes of a programme's own column when a household splits (`Column.split`).
    """
    return _Row(group, unit, low, high, meaning, zh, default, split)


def _element(array: Any) -> Any:
    """The type of an array's elements; numpy spells `NDArray[X]` out in some versions and keeps it short in others."""
    arguments = get_args(array)
    return _element(arguments[-1]) if arguments else array


def dtypes_of(table: type) -> dict[str, str]:
    """Return the numpy type of every array that the class `table` annotates, by name in its order."""
    return {name: np.dtype(_element(hint)).name for name, hint in get_type_hints(table).items()}


class HouseholdColumns:
    """Every column by name and type, for `COLUMNS` and for the type checker.

    `Households` serves arrays of these names; a name that is not here is an error of the type checker.
    """

    # identity and place
    uid: I64 = column("identity", "id", 0, 2.0**63 - 1, "identity, fixed for life and unique over places", "住户编号")
    village: I16 = column("identity", "index", 0, 32767, "village", "村")
    zone: I8 = column("identity", "code", 0, len(ZONES) - 1, "resettlement zone lived in (0 none)", "安置区类型")
    site: I16 = column("identity", "index", -1, 32767, "resettlement site lived in (-1 none)", "安置点", default=-1.0)
    settlement: I8 = column("identity", "code", 0, len(SETTLEMENTS) - 1, "settlement type", "聚落类型")
    remoteness: F32 = column("identity", "share", 0, 1, "distance from town, 0 beside it, 1 farthest", "偏远程度")
    # people
    members: I16 = column("people", "persons", 0, 40, "members", "家庭人口")
    small_children: I8 = column("people", "persons", 0, 20, "children below school age (0-5)", "学龄前儿童")
    pupils: I8 = column("people", "persons", 0, 20, "children of compulsory school age (6-15)", "义务教育阶段学生")
    upper_students: I8 = column(
        "people", "persons", 0, 20, "students in senior high or vocational school", "高中阶段学生"
    )
    college_students: I8 = column("people", "persons", 0, 20, "college students", "大学生")
    working_age: I8 = column("people", "persons", 0, 30, "persons aged 16-59 not in school", "劳动年龄人口")
    elderly: I8 = column("people", "persons", 0, 20, "persons aged 60 and over", "老年人")
    aged: I8 = column("people", "persons", 0, 20, "of these, aged 70 and over", "七十岁及以上老年人")
    able_workers: I8 = column("people", "persons", 0, 30, "members able to work fully", "劳动力")
    disabled: I8 = column("people", "persons", 0, 20, "disabled members", "残疾人")
    # labour
    skill: F32 = column("labour", "log points", -5, 5, "fixed log productivity of the household", "技能")
    permanent: F32 = column("labour", "log points", -5, 5, "AR(1) component of log productivity", "持久性收入成分")
    off_farm: I8 = column("labour", "persons", 0, 30, "members in off-farm work", "务工人数")
    migrants: I8 = column("labour", "persons", 0, 30, "of these, working outside the county", "外出务工人数")
    motivation: F32 = column("labour", "share", 0, 1, "inner drive of able workers", "内生动力", default=MIDDLE)
    # health
    health: I8 = column("health", "code", 0, len(HEALTH_STATES) - 1, "worst health event of the year", "健康状况")
    chronic: I8 = column("health", "persons", 0, 20, "chronically ill members", "慢性病人数")
    insured: Flags = column("health", "flag", 0, 1, "covered by the basic medical scheme", "参加基本医保")
    care_forgone: Flags = column("health", "flag", 0, 1, "needed care was forgone for cost this year", "放弃治疗")
    # land
    land: F32 = column("land", "mu", 0, 1e4, "cultivated land", "耕地面积")
    land_quality: F32 = column("land", "ratio", 0, 20, "land quality, county mean 1", "耕地质量", default=1.0)
    land_access: F32 = column(
        "land", "share", 0, 1, "share of land still worked (distance after a move)", "耕地可及", default=1.0
    )
    forest: F32 = column("land", "mu", 0, 1e5, "forest land", "林地面积")
    hazard: F32 = column(
        "land", "ratio", 0, 50, "exposure to flood and landslide, county mean 1", "灾害暴露", default=1.0
    )
    # industry
    line: I8 = column("industry", "code", 0, len(LINES) - 1, "industry line beside grain", "产业")
    line_scale: F32 = column("industry", "ratio", 0, 50, "size of the industry, 1 = typical household", "产业规模")
    line_age: I8 = column("industry", "years", 0, 100, "age of orchard or herd", "产业年限")
    firm: I16 = column(
        "industry", "index", -1, 32767, "cooperative or lead firm linked to (-1 none)", "联结主体", default=-1.0
    )
    online_seller: Flags = column("industry", "flag", 0, 1, "sells online", "网店")
    # wealth
    productive_assets: F32 = column("wealth", "yuan", 0, _BIG, "productive assets", "生产性资产")
    savings: F32 = column("wealth", "yuan", 0, _BIG, "savings", "储蓄")
    debt_due_1: F32 = column("wealth", "yuan", 0, _BIG, "informal debt due next year", "次年到期借款")
    debt_due_2: F32 = column("wealth", "yuan", 0, _BIG, "informal debt due in two years", "两年后到期借款")
    debt_due_3: F32 = column("wealth", "yuan", 0, _BIG, "informal debt due in three years", "三年后到期借款")
    debt_for_loans: F32 = column(
        "wealth", "yuan", 0, _BIG, "of the informal debt, what was borrowed to repay loans", "为偿还贷款所借"
    )
    formal_loan: F32 = column("wealth", "yuan", 0, _BIG, "formal loan outstanding", "银行贷款")
    loan_due_year: I16 = column("wealth", "year", 0, 3000, "year the formal loan falls due (0 none)", "贷款到期年")
    housing_grade: I8 = column("wealth", "code", 0, 3, "housing grade 0 (D, dangerous) to 3 (A, safe)", "住房等级")
    safe_water: Flags = column("wealth", "flag", 0, 1, "safe drinking water", "饮水安全")
    # income of the year, by the four official components
    wage_income: F32 = column("income", "yuan/year", 0, _BIG, "wage income", "工资性收入")
    remitted: F32 = column(
        "income", "yuan/year", 0, _BIG, "of these, sent home by members outside the county", "外出寄回收入"
    )
    business_income: F32 = column("income", "yuan/year", -_BIG, _BIG, "net business income", "经营净收入")
    property_income: F32 = column("income", "yuan/year", 0, _BIG, "property income", "财产净收入")
    private_transfers: F32 = column("income", "yuan/year", 0, _BIG, "transfers from relatives", "私人转移收入")
    public_transfers: F64 = column("income", "yuan/year", 0, _BIG, "public transfers of all kinds", "公共转移收入")
    policy_transfers: F64 = column(
        "income", "yuan/year", 0, _BIG, "of these, by the scenario's policies", "政策转移收入"
    )
    # spending of the year
    medical_bill: F64 = column("spending", "yuan/year", 0, _BIG, "medical bills before reimbursement", "医疗总费用")
    medical_out_of_pocket: F64 = column("spending", "yuan/year", 0, _BIG, "bills left to the household", "自付医疗费")
    medical_paid: F64 = column(
        "spending", "yuan/year", 0, _BIG, "paid out of this year's income, earlier debt included", "当年医疗支出"
    )
    school_paid: F64 = column(
        "spending", "yuan/year", 0, _BIG, "schooling paid out of this year's income", "当年教育支出"
    )
    consumption: F32 = column("spending", "yuan/year", 0, _BIG, "consumption", "消费支出")
    # per person results of the year
    market_income_pp: F64 = column("result", "yuan/person", -_BIG, _BIG, "market income per person", "人均市场收入")
    net_income_pp: F64 = column("result", "yuan/person", -_BIG, _BIG, "net income per person", "人均纯收入")
    income_pp: F64 = column("result", "yuan/person", -_BIG, _BIG, "effective income per person", "人均有效收入")
    net_income_pp_1: F32 = column(
        "result", "yuan/person", -_BIG, _BIG, "net income per person a year ago", "上年人均纯收入"
    )
    net_income_pp_2: F32 = column(
        "result", "yuan/person", -_BIG, _BIG, "net income per person two years ago", "前年人均纯收入"
    )
    # status: three views
    poor_true: Flags = column("status", "flag", 0, 1, "effective income below the statistical line", "实际贫困")
    survey_income_pp: F32 = column(
        "result", "yuan/person", 0, _BIG, "net income as a survey measures it", "调查人均收入"
    )
    poor_consumption: Flags = column("status", "flag", 0, 1, "consumption below the statistical line", "消费口径贫困")
    poor_official: Flags = column(
        "status", "flag", 0, 1, "income and consumption below their multiples of the line", "官方口径贫困"
    )
    poor_survey: Flags = column("status", "flag", 0, 1, "measured income below the statistical line", "调查口径贫困")
    registry_status: I8 = column(
        "status", "code", 0, len(REGISTRY_STATUSES) - 1, "administrative status", "建档立卡状态"
    )
    registered_since: I16 = column("status", "year", 0, 3000, "year of the last registration (0 never)", "建档年份")
    registry_exit_year: I16 = column("status", "year", 0, 3000, "year of the last registry exit (0 never)", "退出年份")
    cause: I8 = column("status", "code", 0, len(CAUSES) - 1, "main recorded cause of poverty", "致贫原因")
    exits: I8 = column("status", "count", 0, 120, "exits from true poverty since the initial state", "脱贫次数")
    relapses: I8 = column("status", "count", 0, 120, "returns to true poverty since the initial state", "返贫次数")
    start_poor: Flags = column("status", "flag", 0, 1, "truly poor in the initial state", "期初贫困")
    start_decile: I8 = column(
        "status", "code", 0, 10, "tenth of income in the initial state, 1 poorest", "期初收入十分位"
    )
    start_persons: I32 = column(
        "status", "thousandths", 0, 40_000, "members in the initial state, shared by splits", "期初人口（千分之一人）"
    )
    years_above: I8 = column("status", "years", 0, 120, "assessments in a row at or above the line", "连续达标年数")
    years_above_alone: I8 = column(
        "status", "years", 0, 120, "the same without income that ends with programmes", "剔除扶持后连续达标年数"
    )
    poor_years: I64 = column(
        "status", "bits", 0, 2.0**62, "true poverty by year, bit 0 the initial state", "逐年贫困状态"
    )
    lines_sum: F32 = column("status", "lines", 0, 1e6, "effective income in lines, summed over years", "累计收入线数")
    squared_gap_sum: F32 = column(
        "status", "index", 0, 100, "squared poverty gaps, summed over years", "累计平方贫困距"
    )
    vulnerability: F32 = column(
        "status", "share", 0, 1, "probability of poverty estimated in the initial state", "期初脆弱性"
    )
    registered_at_start: Flags = column("status", "flag", 0, 1, "registered poor in the initial state", "期初建档立卡")
    exited_registry: Flags = column("status", "flag", 0, 1, "left the register since the initial state", "期内退出建档")
    exited_survey: Flags = column(
        "status", "flag", 0, 1, "left survey poverty since the initial state", "期内脱贫(调查)"
    )
    ever_poor: Flags = column("status", "flag", 0, 1, "poor at an assessment since the initial state", "曾经贫困")
    spell_start_true: I16 = column(
        "status", "year", 0, 3000, "start of the running spell, true view", "实际口径状态起始年"
    )
    spell_start_registry: I16 = column("status", "year", 0, 3000, "the same, registry view", "建档口径状态起始年")
    spell_start_survey: I16 = column("status", "year", 0, 3000, "the same, survey view", "调查口径状态起始年")
    spell_left_true: Flags = column(
        "status", "flag", 0, 1, "running spell began before the initial state, true", "左删失(实际)"
    )
    spell_left_registry: Flags = column("status", "flag", 0, 1, "the same, registry view", "左删失(建档)")
    spell_left_survey: Flags = column("status", "flag", 0, 1, "the same, survey view", "左删失(调查)")


ColumnName = str
"""Name of a column, given as text. The plugin of mypy (`.ci/mypy_columns.py`) reads it as one of those above."""

COLUMNS: dict[str, Column] = {
    name: Column(name, row.group, dtype, *row[1:])
    for name, dtype in dtypes_of(HouseholdColumns).items()
    for row in [vars(HouseholdColumns)[name]]
}


def with_columns(extra: Iterable[Column]) -> dict[str, Column]:
    """Return the base columns and those policies declare.

    Raises
    ------
    ValueError
        If a name is declared twice.
    """
    table = dict(COLUMNS)
    for column in extra:
        if column.name in table:
            raise ValueError(f"column {column.name!r} is declared twice")
        table[column.name] = column
    return table
