from __future__ import annotations

import colorsys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from tuopin.sim.figures.cost import draw_cost
from tuopin.sim.figures.files import _folder
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.style import BLACK, BLUE, PALE, chinese_font, language, new_figure, save
from tuopin.sim.results.errors import StorageFailed


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


def test_the_users_own_settings_change_no_byte(tmp_path: Path, comparison: pd.DataFrame):
    save(draw_cost(comparison, price_year=2016), tmp_path / "plain")
    odd = {
        "font.size": 20.0,
        "savefig.bbox": "tight",
        "savefig.facecolor": "red",
        "savefig.transparent": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "mine",
        "path.simplify": False,
        "axes.facecolor": "black",
        "lines.linewidth": 9.0,
        "figure.dpi": 40.0,
    }
    with mpl.rc_context(odd):
        save(draw_cost(comparison, price_year=2016), tmp_path / "odd")
        assert mpl.rcParams["savefig.facecolor"] == "red"  # and they are as they were
    for kind in ("png", "svg"):
        assert (tmp_path / f"plain.{kind}").read_bytes() == (tmp_path / f"odd.{kind}").read_bytes()


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_link_in_place_of_a_figure_is_replaced_and_not_followed(tmp_path: Path, comparison: pd.DataFrame, kind: str):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / f"cost.{kind}").symlink_to(tmp_path / "precious")
    save(draw_cost(comparison, price_year=2016), tmp_path / "cost")
    assert (tmp_path / "precious").read_text() == "mine" and not (tmp_path / f"cost.{kind}").is_symlink()


def test_a_figure_that_cannot_be_written_is_named(tmp_path: Path, comparison: pd.DataFrame):
    with pytest.raises(StorageFailed, match=r"cost\.png: cannot be written: No such file") as caught:
        save(draw_cost(comparison, price_year=2016), tmp_path / "nowhere" / "cost")
    assert caught.value.exit_status == 1


@pytest.mark.parametrize("place", ["../../../pwn", "/tmp/pwn", "..", ".", "a/b", "a\\b", "c:d"])
def test_a_places_name_leads_nowhere(tmp_path: Path, place: str):
    folder = _folder(tmp_path, place)
    assert folder.parent == tmp_path / "figures" and folder.resolve().is_relative_to((tmp_path / "figures").resolve())
    assert folder.resolve() != (tmp_path / "figures").resolve()


def test_a_folder_of_figures_that_is_a_link_is_refused(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "figures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageFailed, match="figures: is not a folder of its own"):
        _folder(tmp_path, None)


@pytest.mark.parametrize("name", ["x", "x.png", "x.svg", "x.v2"])
def test_a_figure_is_saved_under_text_or_path_with_each_suffix_once(name: str, tmp_path: Path) -> None:
    figure = new_figure(2.0, 2.0)
    stem = name.removesuffix(".png").removesuffix(".svg")
    for path in (tmp_path / name, str(tmp_path / name)):
        assert [file.name for file in save(figure, path)] == [f"{stem}.png", f"{stem}.svg"]
