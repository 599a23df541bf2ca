"""One look for all figures: sizes, colours that survive grey printing, fonts, title and footnote, deterministic files.

Only `matplotlib.figure.Figure` is used; nothing touches pyplot or its global state.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tuopin.sim.figures.words import Lang, say
from tuopin.sim.results.durable import write_atomically
from tuopin.sim.results.errors import StorageFailed

_AGAIN = "the tables stand: free space or make the folder writable, then give the same command again"

# Okabe & Ito (2008): told apart by readers with colour-vision deficiencies; chosen here to differ in lightness too.
BLUE = "#0072B2"
BLACK = "#1A1A1A"
GREY = "#595959"
PALE = "#C8C8C8"
FAINT = "#EDEDED"

TITLE, TEXT, SMALL = 13.0, 9.5, 8.5

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Hiragino Sans GB",
    "Heiti SC",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
CHINESE_FILES = re.compile(r"notosans(cjk|sc)|sourcehansans|msyh|simhei|pingfang|wqy|droidsansfallback", re.IGNORECASE)


@cache
def chinese_font() -> str | None:
    """Name of a font with simplified Chinese on this computer, or None.

    matplotlib keeps a list of fonts from its first start; fonts installed since are looked for on the disk as well.
    """
    known = set(font_manager.get_font_names())
    if not known.intersection(CHINESE_FONTS):
        for path in sorted(font_manager.findSystemFonts()):
            if CHINESE_FILES.search(Path(path).name):
                font_manager.fontManager.addfont(path)
        known = set(font_manager.get_font_names())
    return next((name for name in CHINESE_FONTS if name in known), None)


def check_language(asked: str) -> None:
    """Refuse a language that figures do not speak."""
    if asked not in ("en", "zh"):
        raise ValueError(f"unknown language {asked!r}; allowed: en, zh")


def language(asked: str) -> Lang:
    """The language the labels can be drawn in: Chinese only where a font has the characters; never boxes."""
    check_language(asked)
    return "zh" if asked == "zh" and chinese_font() else "en"


@contextmanager
def look(lang: Lang) -> Iterator[None]:
    """Settings in force while a figure is built; the font is named outright so that it holds when drawn later."""
    family = ["DejaVu Sans"]
    found = chinese_font() if lang == "zh" else None
    if found:
        family.insert(0, found)
    with mpl.rc_context(), _no_talk_of_weights():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "font.family": family,
                "font.size": TEXT,
                "axes.unicode_minus": lang == "en",
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.edgecolor": GREY,
                "axes.linewidth": 0.8,
                "axes.labelcolor": BLACK,
                "axes.labelsize": TEXT,
                "axes.axisbelow": True,
                "axes.titley": 1.0,  # no title stands over ticks, so none need be looked for at every drawing
                "grid.color": FAINT,
                "text.color": BLACK,
                "xtick.bottom": False,  # labels without marks
                "ytick.left": False,
                "xtick.major.size": 0.0,
                "xtick.minor.size": 0.0,
                "ytick.major.size": 0.0,
                "xtick.color": GREY,
                "ytick.color": GREY,
                "xtick.labelcolor": BLACK,
                "ytick.labelcolor": BLACK,
                "xtick.labelsize": SMALL,
                "ytick.labelsize": SMALL,
            }
        )
        yield


@contextmanager
def _no_talk_of_weights() -> Iterator[None]:
    """Keep matplotlib from warning a planner, once per text, that a Chinese font has no bold cut."""
    talker = logging.getLogger("matplotlib.font_manager")
    before = talker.level
    talker.setLevel(logging.ERROR)
    try:
        yield
    finally:
        talker.setLevel(before)


def new_figure(width: float, height: float) -> Figure:
    """An empty figure (inches) that can measure its own text, without pyplot."""
    figure = Figure(figsize=(width, height), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def wrapped(text: str, width: float) -> list[str]:
    """Lines of at most `width` ems: English breaks at spaces, Chinese anywhere but before its punctuation.

    A word longer than a line is cut.
    """
    lines, line, used = [], "", 0.0
    for word in re.findall(r"(?:[ -\u2fff]+?(?: |(?=[^ -\u2fff])|$)|[^ -\u2fff]%?)[”：，。；）、]*", text):
        size = _ems(word.rstrip())
        if line and used + size > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        while size > width and len(word) > 1:
            fits = max(1, int(len(word) * width / size))
            lines.append(word[:fits])
            word = word[fits:]
            size = _ems(word.rstrip())
        line, used = line + word, used + _ems(word)
    return [*lines, line.rstrip()] if line else lines


def _ems(text: str) -> float:
    """Width of a text in ems: Chinese characters fill one, others on average a little over half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.56 for character in text)


def fit(label: str, inches: float, size: float) -> str:
    """A label broken into lines to fit a width in inches at a font size in points."""
    return "\n".join(wrapped(label, inches * 72 / size))


def dress(figure: Figure, *, title: str, notes: list[str], asked: str, lang: Lang) -> tuple[float, float]:
    """Write the title above and the notes below; return the lower and upper limit (0..1) left for the axes."""
    width, height = figure.get_size_inches()
    if asked != lang:
        notes = [*notes, say("no_cjk_font", "en")]
    text = " ".join(notes) if lang == "en" else "".join(notes)
    lines = wrapped(text, (width - 0.5) * 72 / SMALL)
    figure.text(0.25 / width, 1 - 0.15 / height, title, fontsize=TITLE, fontweight="bold", va="top", ha="left")
    figure.text(
        0.25 / width,
        0.12 / height,
        "\n".join(lines),
        fontsize=SMALL,
        color=GREY,
        va="bottom",
        ha="left",
        linespacing=1.35,
    )
    return (0.2 + len(lines) * SMALL * 1.35 * 1.15 / 72) / height, 1 - 0.55 / height


def finish(figure: Figure, title: str) -> Figure:
    """Create the lazily made ticks while the settings hold, and keep the title for readers of the file."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        axis.get_ticklabels()
        if not axis.get_label_text():  # else its place beside the ticks is looked for at every drawing
            axis.set_label_coords(0, 0)
    figure.set_label(title)
    return figure


def save(figure: Figure, path: Path | str) -> list[Path]:
    """Write `path`.png and `path`.svg, whether or not `path` already ends in one of the two.

    The same figure gives the same bytes (no dates, fixed salt for ids).
    Files are written beside and renamed, so an interrupted run leaves no torn figure and no link is followed.

    Raises
    ------
    StorageFailed
        If a file cannot be written.
    """
    written = []
    path = Path(path)
    stem = path.name.removesuffix(".png").removesuffix(".svg")
    title = str(figure.get_label())
    kinds: dict[str, dict[str, Any]] = {
        "png": {
            "metadata": {"Software": None, "Title": title},
            "pil_kwargs": {"compress_level": 3},
        },  # 2% larger than 6
        "svg": {"metadata": {"Date": None, "Title": title}},
    }
    with mpl.rc_context(), _no_talk_of_weights():
        mpl.rcdefaults()  # nothing of the user's own settings gets into the file
        mpl.rcParams.update({"svg.hashsalt": "tuopin", "svg.fonttype": "path"})
        for kind, options in kinds.items():
            target = path.with_name(f"{stem}.{kind}")
            content = io.BytesIO()
            figure.savefig(content, format=kind, dpi=150, **options)
            try:
                write_atomically(target, content.getvalue())
            except OSError as error:
                raise StorageFailed(f"{target}: cannot be written: {error.strerror or error}; {_AGAIN}") from error
            written.append(target)
    return written
