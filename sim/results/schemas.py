"""The columns of the tables: types, units and labels; the contract of a result's files as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tuopin.policies.catalogue import catalogue
from tuopin.sim.measures.known import known_indicators

TEXT = pa.dictionary(pa.int32(), pa.string())
REFUSED = "refused_draws"
"""The row of the table of draws that counts the draws refused before the one that was kept."""


@dataclass(frozen=True)
class Column:
    """One column of a table; `type` None keeps the type the model gives (household quantities of the panel)."""

    name: str
    type: Any
    unit: str
    label: str
    label_zh: str


_RUN = (
    Column("place", TEXT, "", "place", "地区"),
    Column("scenario", TEXT, "", "scenario (policy package)", "方案（政策组合）"),
    Column("replicate", pa.int32(), "", "replicate", "重复编号"),
)
_YEAR = Column("year", pa.int16(), "calendar year", "year", "年份")
_VIEW = Column("view", TEXT, "", "view of poverty: true, registry or survey", "贫困口径：真实、建档立卡、调查")

TABLES: dict[str, tuple[Column, ...]] = {
    "indicators": (
        *_RUN,
        _YEAR,
        _VIEW,
        Column("group", TEXT, "", "group of people", "人群"),
        Column("indicator", TEXT, "", "indicator", "指标"),
        Column("value", pa.float64(), "see indicators", "value in the indicator's unit", "指标值"),
    ),
    "costs": (
        *_RUN,
        _YEAR,
        Column("policy", TEXT, "", "policy", "政策"),
        Column("payer", TEXT, "", "payer", "出资方"),
        Column("kind", TEXT, "", "kind of money: spent, lent, invested, own", "资金性质：支出、借出、入股、自筹"),
        Column(
            "households",
            pa.int64(),
            "households",
            "distinct recipient (own: paying) households",
            "受益（自筹：出资）户数",
        ),
        Column("persons", pa.int64(), "persons", "distinct recipient (own: paying) persons", "受益（自筹：出资）人数"),
        Column("villages", pa.int64(), "villages", "distinct recipient villages", "受益村数"),
        Column("yuan", pa.float64(), "nominal yuan", "amount paid", "支出金额"),
        Column("budget_yuan", pa.float64(), "nominal yuan", "the policy's budget (null: unlimited)", "政策总预算"),
        Column("slots", pa.int64(), "places", "the policy's whole slots (null: unlimited)", "政策总名额"),
    ),
    "spells": (
        *_RUN,
        _VIEW,
        Column("kind", TEXT, "", "kind of spell: poor, or exited from poverty", "时段类型：贫困、已脱贫"),
        Column("start_year", pa.int16(), "calendar year", "first year of the spell", "起始年"),
        Column("years", pa.int16(), "years", "years observed", "持续年数"),
        Column("ended", pa.bool_(), "", "ended while observed", "观察期内结束"),
        Column("left_censored", pa.bool_(), "", "began before the first year", "左删失"),
        Column("households", pa.int64(), "households", "households with this spell", "户数"),
        Column("persons", pa.int64(), "persons", "persons with this spell", "人数"),
    ),
    "limits": (
        *_RUN,
        _YEAR,
        Column("policy", TEXT, "", "policy", "政策"),
        Column("given_yuan", pa.float64(), "nominal yuan", "budget of the year (null: unlimited)", "当年预算"),
        Column("spent_yuan", pa.float64(), "nominal yuan", "spent of it, money of all kinds", "当年支出"),
        Column("slots", pa.int64(), "places", "households that may enrol (null: unlimited)", "当年名额"),
        Column("candidates", pa.int64(), "households", "eligible and not enrolled", "符合条件户数"),
        Column("willing", pa.int64(), "households", "of these accept", "愿意参加户数"),
        Column("funded", pa.int64(), "households", "of these reached by money and slots", "资金覆盖户数"),
        Column("served", pa.int64(), "households", "of these served by village teams", "工作队覆盖户数"),
        Column("enrolled", pa.int64(), "households", "of these enrolled", "新参加户数"),
        Column("reason", TEXT, "", "why money was left or no more was spent", "未用完的原因"),
    ),
    "persons": (
        *_RUN,
        _YEAR,
        Column("persons", pa.int64(), "persons", "persons present at the year's end", "年末人口"),
        Column(
            "births", pa.int64(), "persons", "born in the year (null in the initial year)", "当年出生人数（初始年为空）"
        ),
        Column("deaths", pa.int64(), "persons", "died in the year", "当年死亡人数"),
        Column("arrivals", pa.int64(), "persons", "came in the year (marriage)", "当年迁入人数（婚入）"),
        Column("departures", pa.int64(), "persons", "left in the year", "当年迁出人数"),
    ),
    "pairs": (
        *_RUN,
        Column("measure", TEXT, "", "what the scenario did to the same households", "与基准配对的指标"),
        Column("value", pa.float64(), "persons or person-years", "persons of the initial state", "期初人口或人年"),
    ),
    "draws": (
        *_RUN,
        Column("parameter", TEXT, "", "parameter drawn, or refused_draws", "抽取的参数"),
        Column("value", pa.float64(), "see the parameter", "value drawn (a dated series: its factor)", "抽取值"),
    ),
    "panel": (
        *_RUN,
        _YEAR,
        Column("uid", pa.int64(), "", "household, fixed for life", "户编号"),
        Column("village", None, "", "village", "村"),
        Column("members", None, "persons", "members of the household", "家庭人口"),
        Column("registered", pa.bool_(), "", "on the poverty register", "建档立卡"),
        Column("market_income_per_person", None, "nominal yuan per person and year", "market income", "人均市场收入"),
        Column("net_income_per_person", None, "nominal yuan per person and year", "net income", "人均纯收入"),
        Column("income_per_person", None, "nominal yuan per person and year", "effective income", "人均有效收入"),
        Column("consumption_per_person", None, "nominal yuan per person and year", "consumption", "人均消费"),
        Column("line", None, "nominal yuan per person and year", "statistical poverty line", "统计贫困线"),
        Column("poor_true", pa.bool_(), "", "truly poor", "真实贫困"),
        Column("poor_registry", pa.bool_(), "", "poor by the registry", "登记贫困"),
        Column("poor_survey", pa.bool_(), "", "poor by a survey", "调查贫困"),
        Column("poor_consumption", pa.bool_(), "", "poor by consumption", "消费贫困"),
        Column("poor_official", pa.bool_(), "", "poor by income and consumption", "官方口径贫困"),
        Column("cause", None, "", "recorded cause", "致贫原因"),
        Column("medical_bill", None, "nominal yuan", "medical bill before reimbursement", "医疗总费用"),
        Column(
            "medical_paid",
            None,
            "nominal yuan",
            "paid out of this year's income for care, instalments of earlier debt included",
            "当年医疗支出（含偿还旧债）",
        ),
    ),
}

COMPARISON: tuple[Column, ...] = (
    *_RUN[:2],
    Column("baseline", TEXT, "", "scenario compared with", "基准方案"),
    Column("indicator", TEXT, "", "indicator", "指标"),
    _VIEW,
    Column("group", TEXT, "", "group of people", "人群"),
    Column(
        "year",
        TEXT,
        "",
        "year, all simulated years together, or the worst in twenty",
        "年份（all全部，worst最差的二十分之一）",
    ),
    Column("uncertainty", TEXT, "", "what the interval covers: luck, or parameters too", "不确定性来源"),
    Column("mean_difference", pa.float64(), "see indicators", "mean paired difference", "与基准的平均差异"),
    Column("low", pa.float64(), "see indicators", "lower end of the 95% interval", "95%区间下限"),
    Column("high", pa.float64(), "see indicators", "upper end of the 95% interval", "95%区间上限"),
    Column("probability_positive", pa.float64(), "share of replicates", "difference above zero", "差异为正的概率"),
    Column("replicates", pa.int64(), "count", "replicates compared", "比较的重复次数"),
    Column(
        "note",
        TEXT,
        "",
        "`nothing spent`: no programme of the scenario spent a yuan",
        "备注（nothing spent：项目未支出）",
    ),
)
"""The columns of ``comparison.csv``."""

_STATE = "state-"


def state_frame(year: int) -> str:
    """The frame that holds a run's saved state at the end of `year`: one row, one column of bytes."""
    return f"{_STATE}{year}"


def state_year(frame: str) -> int | None:
    """The year of a frame that holds a saved state; None for the frames of tables."""
    return int(frame.removeprefix(_STATE)) if frame.startswith(_STATE) else None


def _as_dictionary(column: Any) -> Any:
    """`column` as dictionary<int32, string>, whatever kind of string it came as."""
    chunks = []
    for chunk in column.chunks:
        if not pa.types.is_dictionary(chunk.type):
            chunk = chunk.dictionary_encode()
        words = chunk.dictionary.cast(pa.string())
        chunks.append(pa.DictionaryArray.from_arrays(chunk.indices.cast(pa.int32()), words))
    return pa.chunked_array(chunks, type=TEXT)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind))


def without_nan(column: Any) -> Any:
    """`column` with null where a number is undefined: NaN would make every mean over it NaN."""
    undefined = pc.is_nan(column)
    return pc.if_else(undefined, pa.scalar(None, column.type), column) if pc.any(undefined).as_py() else column


def conform(frame: str, table: Any) -> Any:
    """`table` with exactly the contract's columns of `frame`, in order and type; the panel may add ``in_<policy>``.

    Raises
    ------
    ValueError
        If a column is missing, unknown, or cannot take its type without loss.
    """
    if (
        frame == "indicators"
        and "value" in table.column_names
        and pa.types.is_floating(table.schema.field("value").type)
    ):
        table = table.set_column(
            table.schema.get_field_index("value"), table.schema.field("value"), without_nan(table.column("value"))
        )
    if frame in _CONTRACTS and table.schema.equals(_CONTRACTS[frame], check_metadata=True):
        return table
    declared = TABLES[frame]
    names = [column.name for column in declared]
    enrolled = sorted(name for name in table.column_names if frame == "panel" and name.startswith("in_"))
    missing = [name for name in names if name not in table.column_names]
    unknown = [name for name in table.column_names if name not in names and name not in enrolled]
    if missing or unknown:
        raise ValueError(f"frame {frame}: columns missing {missing}, unknown {unknown}")
    arrays, kinds = [], []
    for column in (*declared, *(Column(name, pa.bool_(), "", "", "") for name in enrolled)):
        given = table.column(column.name)
        kind = column.type if column.type is not None else (TEXT if _is_text(given.type) else given.type)
        arrays.append(_as_dictionary(given) if kind == TEXT else given.cast(kind))
        kinds.append(pa.field(column.name, kind))
    return pa.table(arrays, schema=pa.schema(kinds))


def empty_schema(frame: str) -> Any:
    """The schema of a table without rows (every run failed)."""
    return pa.schema([(column.name, column.type or pa.float64()) for column in TABLES[frame]])


def misfit(frame: str, schema: Any) -> str | None:
    """What of the contract's columns of `frame` a file's `schema` has not, in words; None if it has all."""
    words = [column for column in TABLES[frame] if column.name not in schema.names]
    if words:
        return f"has no column {words[0].name}"
    for column in TABLES[frame]:
        kind = schema.field(column.name).type
        fits = _is_text(kind) if column.type == TEXT else column.type is None or kind == column.type
        if not fits:
            return f"has a column {column.name} of {kind}"
    return None


_CONTRACTS = {
    frame: empty_schema(frame) for frame in TABLES if all(column.type is not None for column in TABLES[frame])
}
"""The schemas of the frames whose types are all fixed."""


def unite(schemas: list[Any]) -> Any:
    """One schema for panels of scenarios that know different policies: ``in_<policy>`` in name order."""
    merged = pa.unify_schemas(schemas, promote_options="permissive")
    fixed = [field for field in merged if not field.name.startswith("in_")]
    return pa.schema(fixed + sorted((field for field in merged if field.name.startswith("in_")), key=lambda f: f.name))


def fit_schema(table: Any, schema: Any) -> Any:
    """`table` under `schema`: a policy its scenario does not know enrolled nobody."""
    if table.schema.equals(schema):
        return table
    columns = []
    for field in schema:
        if field.name in table.column_names:
            columns.append(table.column(field.name).cast(field.type))
        else:
            columns.append(pa.array([False] * table.num_rows, pa.bool_()))
    return pa.table(columns, schema=schema)


def _enrolment(name: str) -> Column:
    """The column `in_<policy>` of a panel, called as the policy calls itself."""
    policy = name.removeprefix("in_")
    declared = catalogue().get(policy)
    english, chinese = (declared.label, declared.label_zh) if declared else (policy, "")
    return Column(name, None, "", f"enrolled in {english or policy}", f"参加{chinese or policy}")


def describe(frame: str, schema: Any, facts: Mapping[str, str]) -> Any:
    """`schema` with units and labels in English and Chinese on every field and, as JSON, on the table.

    `facts` are more entries of the table's metadata (study, identity, hash of the manifest). The table of indicators
    also says what each indicator is.
    """
    known = {column.name: column for column in TABLES[frame]}
    fields = []
    for field in schema:
        column = known.get(field.name) or _enrolment(field.name)
        fields.append(field.with_metadata({"unit": column.unit, "label_en": column.label, "label_zh": column.label_zh}))
    own = {field.name: {key.decode(): value.decode() for key, value in field.metadata.items()} for field in fields}
    metadata = {"tuopin.table": frame, "tuopin.columns": json.dumps(own, ensure_ascii=False), **facts}
    if frame == "indicators":
        metadata["tuopin.indicators"] = json.dumps(
            {
                name: {"unit": i.unit, "label_en": i.english, "label_zh": i.chinese, "better": i.better, "view": i.view}
                for name, i in known_indicators().items()
            },
            ensure_ascii=False,
        )
    return pa.schema(fields, metadata=metadata)
