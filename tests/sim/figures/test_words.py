from __future__ import annotations

import string
import unicodedata

import pytest

from tuopin.sim.figures.style import wrapped
from tuopin.sim.figures.words import GROUPS, PHRASES, group_label, say, scenario_label, view_label, view_note
from tuopin.sim.measures.views import VIEWS


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("phrase", sorted(PHRASES))
def test_both_languages_say_the_same_blanks(phrase: str):
    english, chinese = PHRASES[phrase]
    if phrase == "no_cjk_font":  # only ever said in English
        return
    assert blanks(english) == blanks(chinese)
    assert any(unicodedata.east_asian_width(character) == "W" for character in chinese) or phrase == "baseline"


def test_names_for_readers():
    assert scenario_label("all_but_health_insurance", "en") == "all but health insurance"
    assert scenario_label("all_but_health_insurance", "zh") == "全部减医疗保障"
    assert scenario_label("my_own", "zh") == "my own"
    assert scenario_label("a", "en", {"a": "Package A"}) == "Package A"
    assert group_label("elderly_only=yes", "zh") == GROUPS["elderly_only=yes"][1]
    assert group_label("zone=far_west", "en") == "zone: far west"
    assert say("place", "en", place="lushi") == "Place: lushi."
    assert view_label("registry", "zh") == "建档口径"
    assert view_note("registry", "en") == "Registry view: persons registered as poor and not exited."
    assert all(view_note(view, "zh").endswith("。") for view in VIEWS)


def test_english_breaks_at_spaces_and_loses_nothing():
    text = "Kaplan-Meier estimate in each replicate, % of persons, first relapse"
    lines = wrapped(text, 12)
    assert len(lines) > 2
    assert " ".join(lines) == text
    assert all(0.55 * len(line) <= 12.6 for line in lines)


def test_chinese_breaks_anywhere_but_not_before_punctuation():
    text = "稳定脱贫：连续三次年度评估有效收入不低于贫困线；地区：lushi。20次重复模拟。"
    for width in range(4, 20):
        lines = wrapped(text, width)
        assert "".join(lines) == text
        assert not any(line[0] in "：；。，" for line in lines)


def test_a_word_longer_than_a_line_is_cut():
    assert wrapped("relocation" * 3, 9) == ["relocationreloca", "tionrelocation"]


def test_nothing_to_wrap():
    assert wrapped("", 10) == []
