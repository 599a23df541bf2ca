"""What the figures say, in English and Chinese: one table, one entry per phrase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tuopin.agents.groups import FURTHER, TRAITS
from tuopin.sim.measures.views import VIEWS

Lang = Literal["en", "zh"]

PHRASES: dict[str, tuple[str, str]] = {
    # every figure
    "simulated": (
        "Simulated, given these assumptions; not a forecast and not a measured effect.",
        "在给定假设下的模拟结果；不是预测，也不是实测效果。",
    ),
    "part": (
        "{share} of the households were simulated; persons and yuan are brought back to full size.",
        "模拟了{share}的住户；人数和金额已放大到完整规模。",
    ),
    "omitted": (
        "{n} further scenarios are not drawn; comparison.csv has them all.",
        "另有{n}个方案未绘出；comparison.csv 列有全部方案。",
    ),
    "place": ("Place: {place}.", "地区：{place}。"),
    "replicates": ("{n} replicates.", "{n}次重复模拟。"),
    "one_replicate": ("1 replicate: no band can be drawn.", "仅1次模拟：无法给出区间。"),
    "band_middle": (
        "Band or bar: middle 90% of the replicates ({uncertainty}).",
        "阴影或误差线：重复模拟的中间90%（{uncertainty}）。",
    ),
    "band_range": (
        "Band or bar: lowest to highest of the replicates ({uncertainty}).",
        "阴影或误差线：重复模拟的最低至最高值（{uncertainty}）。",
    ),
    "luck": ("luck only, parameters held fixed", "仅随机因素，参数固定"),
    "parameters": ("luck and drawn parameters together", "随机因素与参数抽样合计"),
    "interval": (
        "Bars: 95% interval of the difference paired by replicate ({uncertainty}).",
        "误差线：按重复配对差异的95%置信区间（{uncertainty}）。",
    ),
    "quantiles": (
        "Bars: 2.5% to 97.5% of the draws of parameters, difference paired by draw ({uncertainty}).",
        "误差线：参数抽样按配对差异的2.5%至97.5%分位（{uncertainty}）。",
    ),
    "no_cjk_font": (
        "Chinese labels were asked for, but no Chinese font was found on this computer "
        "(Noto Sans CJK would do), so the labels are in English.",
        "",
    ),
    "this_scenario": ("scenario of the panel", "本图方案"),
    "other_scenarios": ("other scenarios", "其他方案"),
    "nothing_spent": ("nothing spent", "未支出"),
    "baseline": ("{name} (baseline)", "{name}（基准）"),
    "year": ("Year", "年份"),
    # headcount
    "headcount_title": ("Who is poor, year by year: {view}", "历年贫困发生率：{view}"),
    "headcount_axis": ("Headcount ratio (% of persons)", "贫困发生率（占人口%）"),
    "initial_state": ("{year} is the initial state, not simulated.", "{year}年为初始状态，非模拟。"),
    # exit against relapse
    "exit_relapse_title": ("Leaving poverty against falling back: {view}", "脱贫与返贫：{view}"),
    "exit_axis": (
        "Exit rate: of persons poor the year before, % no longer poor\n(mean of years {first}-{last})",
        "脱贫率：上年贫困人口中本年不再贫困的%\n（{first}-{last}年平均）",
    ),
    "reentry_axis": (
        "Re-entry rate: of persons not poor the year before who had exited since {start}, % poor again\n"
        "(mean of years {first}-{last})",
        "返贫率：{start}年以来已脱贫且上年不贫困的人口中，本年再次贫困的%\n（{first}-{last}年平均）",
    ),
    "stock": (
        "Re-entry is of the stock of all who had exited, one year at a time; not of fresh exits only.",
        "返贫率按全部已脱贫存量逐年计算，而非仅新脱贫者。",
    ),
    # survival
    "survival_title": ("Staying out of poverty after an exit: {view}", "脱贫后保持不返贫的比例：{view}"),
    "survival_axis": ("Not yet relapsed (% of persons who exited)", "尚未返贫（占脱贫人口%）"),
    "years_since_exit": ("Years since exit", "脱贫后年数"),
    "survival_note": (
        "Kaplan-Meier estimate in each replicate, first relapse after each observed exit, weighted by "
        "persons; exits up to {start} left out.",
        "各次重复分别作Kaplan-Meier估计：每次观察到的脱贫后首次返贫，按人口加权；不含{start}年及以前的脱贫。",
    ),
    "survival_note_plain": (
        "Kaplan-Meier estimate in each replicate, first relapse after each observed exit, weighted by persons.",
        "各次重复分别作Kaplan-Meier估计：每次观察到的脱贫后首次返贫，按人口加权。",
    ),
    # cost
    "cost_title": ("What one more lasting exit costs: {view}", "每增加一人稳定脱贫的成本：{view}"),
    "gain_axis": ("Sustained exits gained over “{baseline}” (persons)", "比“{baseline}”多出的稳定脱贫人数（人）"),
    "cost_axis": (
        "Cost per sustained exit gained\n(thousand yuan, {year} prices{scale})",
        "每增加一人稳定脱贫的成本\n（千元，{year}年不变价{scale}）",
    ),
    "logarithmic": (", logarithmic axis", "，对数坐标"),
    "no_clear_gain": ("no clear gain: no ratio", "增量不明确：不计算比率"),
    "too_few": ("one replicate: no interval, so no ratio", "仅1次模拟：无区间，不计算比率"),
    "unbounded": ("upper end not bounded", "上限无界"),
    "sustained": (
        "Sustained exit: of the persons poor at the start, those above the line in each of the last three years.",
        "稳定脱贫：期初贫困人口中，最近三年收入均不低于贫困线者。",
    ),
    "rate": (" at {rate} a year", "（年率{rate}）"),
    "discounted": (
        "Costs and effects of ratios discounted{rate}, in constant {year} prices.",
        "成本（及比率中的成效）已贴现{rate}，按{year}年不变价。",
    ),
    "ratio_rule": (
        "A ratio is shown only where the whole interval of the gain lies above zero.",
        "仅当增量区间全部大于零时给出比率。",
    ),
    # efficiency frontier
    "frontier_title": ("What the money buys: {view}", "投入与成效：{view}"),
    "frontier_x": (
        "Public cost above “{baseline}” (million yuan, {year} prices, discounted)",
        "比“{baseline}”多出的公共支出（百万元，{year}年不变价，贴现）",
    ),
    "frontier_y": (
        "Poverty-years averted against “{baseline}” (person-years under the line)",
        "比“{baseline}”减少的贫困人年",
    ),
    "frontier_note": (
        "Dashed: the frontier. A hollow mark is dominated: another package, or a mix of two, averts more for the same"
        " money. By the means; where bars overlap the order is unclear.",
        "虚线为效率前沿。空心点为被占优方案：其他方案或两方案的组合以同样资金减少更多贫困人年。按均值判断；误差线重叠处次序不明确。",
    ),
    "cost_discounted": (
        "Cost discounted{rate}, in constant {year} prices; poverty-years as they are.",
        "成本已贴现{rate}，按{year}年不变价；贫困人年未贴现。",
    ),
    # dumbbell
    "dumbbell_title": ("Each package against “{baseline}”: {view}", "各方案与“{baseline}”对比：{view}"),
    "dumbbell_poverty": ("Still poor in {year} (% of persons)", "{year}年仍贫困（占人口%）"),
    "dumbbell_relapse": (
        "Relapsed within 3 years (% of those who exit under both)",
        "3年内返贫（占两方案下均脱贫者%）",
    ),
    "dumbbell_note": (
        "Diamond: “{baseline}”; dot: the package on the same luck. Those who exit under both differ by package, so the"
        " diamonds of relapse do too.",
        "菱形：“{baseline}”；圆点：同一随机条件下的方案。两方案下均脱贫者因方案而异，返贫的菱形亦然。",
    ),
    # left out
    "left_out_title": ("Who is left out, {year}: {view}", "{year}年谁被遗漏：{view}"),
    "left_out_table": ("Headcount ratio (% of persons in the group)", "贫困发生率（占该群体人口%）"),
    "left_out_beside": (
        "; beside it the change against “{baseline}” in percentage points",
        "；右侧：与“{baseline}”相比的百分点变化",
    ),
    "exclusion_axis": (
        "Exclusion error: of truly poor persons, % not registered (“{scenario}”)",
        "漏评率：真实贫困人口中未建档的%（“{scenario}”）",
    ),
    "unclear": ("unclear", "不明确"),
    "unclear_note": (
        "“unclear”: the 95% interval of the paired difference includes zero.",
        "“不明确”：配对差异的95%区间包含零。",
    ),
    "unclear_one": (
        "“unclear”: with one replicate nothing tells how sure a difference is.",
        "“不明确”：仅1次模拟，无法判断差异的可靠程度。",
    ),
    "no_group": ("nobody", "无"),
    "by_definition": ("by definition", "按定义"),
}

GROUPS: dict[str, tuple[str, str]] = {
    "all": ("Everybody", "全部人口"),
    **{f"{trait.name}=yes": trait.yes for trait in TRAITS},
    **{f"{trait.name}=no": trait.no for trait in TRAITS},
    **{f"{trait.name}={name}": (english, chinese) for trait in FURTHER for name, english, chinese in trait.labels},
}

SCENARIOS_ZH: dict[str, str] = {
    "none": "无帮扶",
    "all": "全部政策",
    "relocation": "易地搬迁",
    "cooperative": "合作社带动",
    "health_insurance": "医疗保障",
    "low_income_support": "低收入兜底",
    "even_mix": "平均组合",
}


def say(phrase: str, lang: Lang, **values: object) -> str:
    """The phrase in the language asked for, with its blanks filled in."""
    return PHRASES[phrase][0 if lang == "en" else 1].format(**values)


def scenario_label(name: str, lang: Lang, labels: Mapping[str, str] | None = None) -> str:
    """A scenario's name for readers: the caller's label, a known Chinese one, else the name with spaces."""
    if labels and name in labels:
        return labels[name]
    if lang == "zh":
        if name in SCENARIOS_ZH:
            return SCENARIOS_ZH[name]
        if name.startswith("all_but_"):
            return "全部减" + scenario_label(name.removeprefix("all_but_"), lang, labels)
    return name.replace("_", " ")


def view_label(view: str, lang: Lang) -> str:
    """A view of poverty for readers."""
    return VIEWS[view].english if lang == "en" else VIEWS[view].chinese


def view_note(view: str, lang: Lang) -> str:
    """Who is poor in a view, as a sentence of a footnote."""
    words = VIEWS[view]
    return (
        f"{words.english.capitalize()}: {words.meaning}." if lang == "en" else f"{words.chinese}：{words.meaning_zh}。"
    )


def group_label(group: str, lang: Lang) -> str:
    """A `trait=value` group for readers."""
    if group in GROUPS:
        return GROUPS[group][0 if lang == "en" else 1]
    trait, _, value = group.partition("=")
    words = trait.replace("_", " ")
    return words if value in ("yes", "") else f"{words}: {value.replace('_', ' ')}"
