from __future__ import annotations

import colorsys
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from tuopin.sim.figures.cost import draw_cost
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.style import BLACK, BLUE, PALE, chinese_font, language, save


def test_the_same_figure_gives_the_same_bytes_and_no_date(tmp_path: Path, comparison: pd.DataFrame):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        save(draw_cost(comparison, price_year=2016), tmp_path / folder / "cost")
    for kind in ("png", "svg"):
        first = (tmp_path / "a" / f"cost.{kind}").read_bytes()
        assert first == (tmp_path / "b" / f"cost.{kind}").read_bytes()
    svg = (tmp_path / "a" / "cost.svg").read_text(encoding="utf-8")
    assert "<dc:date>" not in svg
    assert "What one more lasting exit costs" in svg  # the title is kept for search and screen readers
    assert b"tIME" not in (tmp_path / "a" / "cost.png").read_bytes()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["cost.png", "cost.svg"]  # nothing unfinished


def test_the_three_kinds_of_line_differ_in_lightness_and_form(indicators: pd.DataFrame):
    light = [colorsys.rgb_to_hls(*to_rgb(colour))[1] for colour in (BLACK, BLUE, PALE)]
    assert light[1] - light[0] > 0.15 and light[2] - light[1] > 0.3
    axes = draw_headcount(indicators).axes[0]
    forms = {(line.get_linestyle(), line.get_linewidth()) for line in axes.lines}
    assert len(forms) == 3


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="unknown language 'fr'; allowed: en, zh"):
        language("fr")


def test_without_a_chinese_font_the_labels_are_english_and_say_so(
    indicators: pd.DataFrame, words, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tuopin.sim.figures.style.chinese_font", lambda: None)
    said = " ".join(words(draw_headcount(indicators, lang="zh")))
    assert "Headcount ratio" in said
    assert "no Chinese font was found" in said
    assert not any("\u4e00" <= character <= "\u9fff" for character in said)


@pytest.mark.skipif(chinese_font() is None, reason="no Chinese font on this computer")
def test_with_a_chinese_font_the_labels_are_chinese(indicators: pd.DataFrame, words, faults):
    figure = draw_headcount(indicators, lang="zh")
    assert any("贫困发生率" in text for text in words(figure))
    assert faults(figure) == []
