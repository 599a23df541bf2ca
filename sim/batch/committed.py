"""What of a study is done: the committed files of a directory, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from tuopin.sim.batch.taskfile import checksum, read_receipt
from tuopin.sim.results.errors import DirectoryRefused
from tuopin.sim.results.receipts import (
    JOURNAL,
    SET_ASIDE,
    Receipt,
    Records,
    file_stem,
    parse_name,
    read_journal,
    write_journal,
)
from tuopin.sim.results.schemas import state_year
from tuopin.sim.study.plan import Plan
from tuopin.sim.study.versions import changed_packages, other_packages


def add_receipt(records: Records, receipt: Receipt) -> None:
    """Enter a committed file: done supersedes failed, a panel supersedes none, else the first result stands.

    Saved states are kept from every file that has one, whichever result stands.
    """
    for position, run in enumerate(receipt.runs):
        new = replace(run, file=receipt.file, position=position)
        years = [year for year in map(state_year, run.rows) if year is not None]
        old = records.get(run.key)
        states = {**(old.states if old else {}), **dict.fromkeys(years, (receipt.file, position))}
        stands = old is not None and (new.done, new.panel) <= (old.done, old.panel) and (old.done or new.done)
        records[run.key] = replace(old if old is not None and stands else new, states=states)


def load_committed(runs: Path, plan: Plan, note: Callable[[str], None]) -> tuple[Records, dict[str, int]]:
    """The runs committed in `runs`, every file checked, and by stem of the files' names the first unused part number.

    A file without a receipt (the process stopped between the two) gets it; a torn, altered or foreign file is set
    aside, reported and never read, so that its runs are pending again; the journal is mended.

    Raises
    ------
    DirectoryRefused
        If a scenario that has committed runs is another one in `plan`.
    """
    journal = read_journal(runs)
    kept: list[Receipt] = []
    aside: list[Path] = []
    adopted = False
    for path in sorted(runs.glob("*.zip")):
        known = journal.receipts.get(path.name)
        try:
            receipt = _check_file(path, known, plan)
        except ValueError as error:
            note(f"{path}: {error}; set aside, its runs are done again")
            aside.append(path)
            continue
        adopted |= known is None
        kept.append(receipt)
    kept.sort(key=lambda receipt: (receipt.place, receipt.replicate, receipt.part))
    _refuse_changed_packages(runs.parent, kept, plan)
    _refuse_changed_scenarios(runs.parent, kept, plan)
    gone = sorted(set(journal.receipts) - {receipt.file for receipt in kept} - {path.name for path in aside})
    for name in gone:
        note(f"{runs / name}: is gone; its runs are done again")
    for path in aside:
        path.replace(path.with_name(path.name + SET_ASIDE))
    if journal.torn:
        note(f"{runs / JOURNAL}: {journal.torn} line(s) were not whole; mended from the committed files")
    if journal.identity is None or journal.torn or adopted or gone or aside:
        write_journal(runs, plan.identity, kept)
    records: Records = {}
    for receipt in kept:
        add_receipt(records, receipt)
    parts = {file_stem(receipt.place, receipt.replicate): receipt.part + 1 for receipt in kept}
    return _without_obsolete_failures(records, plan), parts


def _check_file(path: Path, known: Receipt | None, plan: Plan) -> Receipt:
    """The receipt of a committed file that is whole and of this plan; else ValueError."""
    if path.is_symlink() or not path.is_file():
        raise ValueError("is not a regular file")
    parse_name(path.name)
    if known is None:
        known = read_receipt(path)
    elif path.stat().st_size != known.size or checksum(path) != known.sha256:
        raise ValueError("is not what was committed (its checksum differs)")
    if known.identity != plan.identity:
        raise ValueError("was made from other inputs")
    return known


def _refuse_changed_scenarios(out: Path, receipts: Iterable[Receipt], plan: Plan) -> None:
    changed = {
        run.scenario
        for receipt in receipts
        for run in receipt.runs
        if run.status == "done" and plan.scenario_hashes.get(run.scenario, run.scenario_hash) != run.scenario_hash
    }
    if changed:
        raise DirectoryRefused(
            *(
                f"{out}: scenario {name} was run here with other policies or parameters;"
                " give the new one another name, or choose another --out"
                for name in sorted(changed)
            )
        )


def _refuse_changed_packages(out: Path, receipts: Iterable[Receipt], plan: Plan) -> None:
    """Two codes under one policy's name in one comparison are refused, whichever scenarios use them."""
    changed = {
        line
        for receipt in receipts
        if any(run.status == "done" for run in receipt.runs)
        for line in changed_packages(other_packages(receipt.versions), plan.packages)
    }
    if changed:
        raise DirectoryRefused(
            *(
                f"{out}: holds results of other inputs: {line}; install the same again, or choose another --out"
                for line in sorted(changed)
            )
        )


def _without_obsolete_failures(records: Records, plan: Plan) -> Records:
    """A failed run whose scenario has been mended since is pending, not failed."""
    return {
        key: record
        for key, record in records.items()
        if record.done or plan.scenario_hashes.get(key.scenario) == record.scenario_hash
    }
