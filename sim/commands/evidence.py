"""``tuopin evidence``: every documented system, and what of the program carries it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from tuopin.sim.commands.options import Format, FormatOption


def evidence(
    check: Annotated[
        bool,
        typer.Option("--check", help="Also simulate each carried system at small scale: does what it names move?"),
    ] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """List every documented system with kind, policy, study and facts; what no policy carries yet is open."""
    from tuopin.sim.commands.tables import show
    from tuopin.sim.evidence.check import faults
    from tuopin.sim.evidence.systems import CARRIED, NO_MECHANISM, OPEN, all_systems, register, status_of

    found, systems = register(), all_systems()
    rows: list[dict[str, Any]] = []
    counts = dict.fromkeys((CARRIED, OPEN, NO_MECHANISM), 0)
    for system in systems:
        status = status_of(system, found.carriers)
        counts[status] += 1
        carrier = found.carriers.get(system.system)
        rows.append(
            {
                "system": system.system,
                "status": status,
                "kind": system.kind,
                "module": system.module,
                "parameters": carrier.entry.parameters if carrier else "",
                "study": carrier.entry.study if carrier else "",
                "place": system.place,
                "name": system.name_en,
                "name_zh": system.name_zh,
                "facts": list(system.facts) if format is not Format.TABLE else len(system.facts),
                "note": carrier.entry.note if carrier else "",
            }
        )
    columns = list(rows[0])
    if format is Format.TABLE:
        columns = [column for column in columns if column not in ("name_zh", "place", "note")]
    title = ", ".join(f"{count} {status}" for status, count in counts.items())
    show(
        f"{len(systems)} documented systems: {title}.", columns, rows, format=format, ids=["system", "module", "study"]
    )
    wrong = faults(found, systems) if check else found.problems
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    if wrong:
        raise typer.Exit(1)
    if check:
        sys.stderr.write(f"{counts[CARRIED]} carried systems: every name exists and every observable moves\n")
