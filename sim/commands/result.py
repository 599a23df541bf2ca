"""What is shown of a finished result: headline, what it counts, what decides under draws, money, figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuopin.sim.results.results import Results


def show_result(directory: Path) -> None:
    """Print the comparison of the scenarios of a result and draw its figures.

    Where there is nothing to compare (one scenario, or the baseline not done) it prints nothing: the engine says so.
    """
    from tuopin.sim.commands.headline import ROOM, headline_table, part_notes
    from tuopin.sim.commands.tables import show
    from tuopin.sim.results.regions import RegionIncomplete
    from tuopin.sim.results.results import Results

    results = Results.open(directory)
    try:
        title, rows = headline_table(results)
    except RegionIncomplete as error:
        sys.stderr.write(f"{error}\n")
        return
    if not rows:
        _lines(iter(part_notes(results)))
        return
    show(title, list(rows[0]), rows, ids=["place", "scenario"], room=ROOM)
    _lines(below(results))
    _show_money(results)

    from tuopin.sim.figures.files import draw_all

    draw_all(results)


def below(results: Results) -> Iterator[str]:
    """What stands below the headline table: what is counted, what must not be overlooked, what decides under draws."""
    from tuopin.sim.commands.draws import draw_notes
    from tuopin.sim.commands.headline import annualised_notes, definitions, harm_notes, scale_notes, start_notes

    yield from scale_notes(results)
    yield from definitions(results)
    yield from harm_notes(results)
    yield from annualised_notes(results)
    yield from draw_notes(results)
    yield from start_notes(results)


def _show_money(results: Results) -> None:
    from tuopin.sim.commands.headline import ROOM
    from tuopin.sim.commands.tables import show
    from tuopin.sim.comparison.spending import money_rows, unequal_notes

    rows = money_rows(results)
    if not rows:
        return
    title = "Money in M yuan of the day, all years; caused elsewhere: added to what every scenario pays."
    sys.stdout.write("\n")
    show(title, list(rows[0]), rows, ids=["place", "scenario"], room=ROOM)
    _lines(iter(unequal_notes(results)))


def _lines(notes: Iterator[str]) -> None:
    from tuopin.sim.commands.headline import ROOM
    from tuopin.sim.commands.layout import wrapped

    sys.stdout.write("".join(f"{line}\n" for note in notes for line in wrapped(note, ROOM)))
