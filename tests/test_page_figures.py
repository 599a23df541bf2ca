"""Figures of README, docs/many-places.md and docs/decisions are computed anew and compared, or carry commit and date.

A sentence of a page stands in `page_figures.yaml` as a template with its figures as fields. What fills them comes from
the program and its data, in `test_page_runs.py` from runs. A figure of time, memory, money or a share that no template
holds must have a commit and a date beside it, in its paragraph.
"""

from __future__ import annotations

import importlib.util
import re
import string
from functools import cache
from typing import Any

import pytest

from tests.page_templates import PAGES, ROOT, SCENARIOS, TEMPLATES, all_of, flat, flat_page, lushi, page_of, percent
from tuopin.agents.columns import COLUMNS
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.finance import DEBT_YEARS
from tuopin.agents.households import Households
from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.agents.parameters import FREE, model_parameters
from tuopin.agents.place import Place
from tuopin.agents.plain_names import MOST_CHARACTERS
from tuopin.agents.population import synthesise
from tuopin.agents.randomness import CHUNK, Luck
from tuopin.policies import trial
from tuopin.policies.catalogue import catalogue
from tuopin.sim.batch import pool
from tuopin.sim.calibration.targets import load_targets
from tuopin.sim.commands.headline import FEW_DRAWS
from tuopin.sim.measures.sustained import ASSESSMENTS
from tuopin.sim.results.schemas import TABLES
from tuopin.sim.study.admissibility import admissibility
from tuopin.sim.study.places import load_place
from tuopin.sim.study.study import Study

NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six", 10: "ten", 12: "twelve", 2: "two"}


FIGURE = re.compile(
    r"(?<![\w.])\d[\d,.]*(?:%|(?:-| to )\d[\d,.]*%|"
    r" (?:ns|ms|s|MB|GB|MiB|GiB|bn|M yuan|yuan a person|CPU-seconds|times smaller|percentage points)\b)"
)
DATED = re.compile(r"\b[0-9a-f]{7}, \d{1,2} [A-Z][a-z]+ \d{4}\b")


def test_every_figure_of_a_page_is_computed_or_dated() -> None:
    """And not just there: a measured share, time, size or sum without origin fails with its page and paragraph."""
    wrong = [
        (page.name, figure[0], paragraph[:90])
        for page in PAGES
        for paragraph, figure in unheld(page.name, page_of(page))
    ]
    assert wrong == []


def test_a_figure_without_origin_is_found() -> None:
    page = "**Measured.** It takes 12 ns.\n\nOf it 40% (a80a3a9, 21 November 2026).\n\n```text\n9 ms\n```\n"
    assert [figure[0] for _, figure in unheld("x.md", page)] == ["12 ns"]


def unheld(name: str, text: str) -> list[tuple[str, re.Match[str]]]:
    """Paragraphs with a figure that no template holds and no commit dates; code and what was printed are left out."""
    held = [pattern(template) for pages in TEMPLATES.values() for template in pages.get(name, ())]
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    found = []
    for block in re.split(r"\n\s*\n|(?=^\* )", text, flags=re.M):
        paragraph = flat(block)
        for one in held:
            paragraph = one.sub("", paragraph)
        paragraph = re.sub(r"`[^`]*`", "", paragraph)
        figure = FIGURE.search(paragraph)
        if figure and not DATED.search(paragraph):
            found.append((paragraph, figure))
    return found


def pattern(template: str) -> re.Pattern[str]:
    """The template with any number, or a number in words, in its fields."""
    parts = [
        re.escape(text) + (r"[\w.,+%-]+(?: and \d+)?" if field else "")
        for text, field, _, _ in string.Formatter().parse(template)
    ]
    return re.compile("".join(parts))


def short(value: float, digits: int = 2) -> str:
    """A number below one as an economist writes it: .05, not 0.05."""
    return f"{value:.{digits}f}".lstrip("0")


@cache
def cheap_values() -> dict[str, Any]:
    place, p, study = lushi(), model_parameters(), Study.load(SCENARIOS / "lushi.yaml")
    county = synthesise(place, resolve_parameters({}), resolve_mechanisms({}), Luck(study.seed, 0))
    equal = Study.load(SCENARIOS / "lushi-equal-budget.yaml").scenarios["relocation"]["relocation"]["budget"]
    programmes = catalogue()
    wages = dict(p["labour.wage_discount"].value)  # type: ignore[call-overload]
    targets, change = load_targets(), admissibility().targets["variance_of_change"]
    matter = exceptions()
    base = Households(1)
    return {
        "households": f"{place.registered_households.value:,}",
        "persons": f"{place.registered_persons.value:,}",
        "all_households": f"{len(county.households):,}",
        "rural_persons": f"{place.rural_persons.value:,}",
        "others": f"{round(len(county.households) - place.registered_households.value, -3):,.0f}",
        "last": study.last_year,
        "packages": NUMBERS[len(study.scenarios)],
        "replicates": NUMBERS[study.replicates],
        "equal": f"{sum(equal.values()) / 1e6:g}",
        "equal_by_year": "{:g}, {:g} and {:g}".format(*(x / 1e6 for x in equal.values())),
        "line": f"{p['economy.statistical_line_2016'].value:,}",
        "capital_years": programmes["relocation"].capital_years,
        "characters": MOST_CHARACTERS,
        "codes": f"{Place.model_fields['code'].metadata[1].le:,}",
        "bytes": sum(base.column(name).dtype.itemsize for name in COLUMNS),
        "kept": f"{40 * 8 * len(county.households) * (study.last_year - place.year) / 1e6:.0f}",
        "years": {9: "nine"}[study.last_year - place.year],
        "decade": 10,
        "bill_share": percent(p["finance.bill_share"].value),  # type: ignore[arg-type]
        "instalment_share": percent(p["finance.instalment_share"].value),  # type: ignore[arg-type]
        "debt_years": round(DEBT_YEARS),
        "hours": p["village.hours_per_household"].value,
        "free": sum(one.confidence in FREE for one in p.values()),
        "numbers": len(p),
        "rows": len(targets),
        "checks": sum(target.use == "compare" for target in targets),
        "chunk": CHUNK,
        "tries": NUMBERS[pool._TRIES],
        "seconds": f"{trial.SECONDS:g}",
        **matter,
        "few_draws": FEW_DRAWS,
        "reference": admissibility().reference.replicate,
        "transitory": short(p["income_risk.transitory_variance"].value, 3),  # type: ignore[arg-type]
        "expansion": short(programmes["cooperative"].parameters["expansion"].value),  # type: ignore[arg-type]
        "change_low": short(change.low),
        "change_high": short(change.high),
        "lasting_low": short(p["registry.lasting_misjudgement"].low or 0.0, 1),
        "lasting_high": short(p["registry.lasting_misjudgement"].high or 0.0),
        "assessments": NUMBERS[ASSESSMENTS],
        "wage_first": short(wages[min(wages)]),
        "wage_last": short(wages[max(wages)], 3),
        "off_farm": percent(p["economy.off_farm_growth"].value),  # type: ignore[arg-type]
        "local": percent(p["economy.local_real_growth"].value),  # type: ignore[arg-type]
        **region_values(),
    }


def region_values() -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, name in (("china", "china-832"), ("guizhou", "guizhou")):
        region = load_place(SCENARIOS / "places" / f"{name}.yaml")
        counties = region.counties
        households = sum(c.registered_households.value for c in counties)
        persons = sum(c.registered_persons.value for c in counties)
        rural = sum(c.rural_persons.value for c in counties)
        others = (rural - persons) / counties[0].household_size.value
        values |= {
            f"{key}_households": f"{households / 1e6:g}",
            f"{key}_persons": f"{persons / 1e6:g}",
            f"{key}_counties": len(counties),
            f"{key}_code": min(c.code for c in counties),
            f"{key}_rural": f"{(households + others) / 1e6:.0f}",
        }
        low, high = region.file.totals.rural_persons.range
        values |= {"rural": NUMBERS[round(rural / persons)].capitalize()}
        values |= {"rural_low": f"{low / persons:g}", "rural_high": f"{high / persons:g}"}
    return values


def exceptions() -> dict[str, str]:
    """How many parameters the slow test of all of them treats apart."""
    path = ROOT / "tests" / "sim" / "run" / "test_parameters_matter.py"
    spec = importlib.util.spec_from_file_location("parameters_matter", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    traps = sum("mechanisms" in study for study in module.ELSEWHERE.values())
    long = sum("years" in study for study in module.ELSEWHERE.values())
    return {
        "on_record": NUMBERS[len(module.RECORD_ONLY)].capitalize(),
        "trap": NUMBERS[traps].capitalize(),
        "long": NUMBERS[long],
        "limits": NUMBERS[len(module.ELSEWHERE) - traps - long],
    }


@pytest.mark.parametrize(("page", "template"), all_of("program"))
def test_figures_of_the_data_and_the_program(page: str, template: str) -> None:
    assert template.format(**cheap_values()) in flat_page(page)


def test_the_readmes_table_of_files_has_the_columns_of_the_tables() -> None:
    text = page_of(ROOT / "README.md")
    for name, columns in TABLES.items():
        (row,) = re.findall(rf"^\| `{name}\.parquet`.*$", text, flags=re.M)
        if name != "panel":  # its columns are told in words
            said = flat(re.sub(r" \([^)]*\)", "", row))
            assert re.search(rf"(\||:) {', '.join(c.name for c in columns)}( \||:|;)", said), name
