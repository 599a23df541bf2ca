"""``tuopin verify`` tells whether a result is still what its runs gave."""

from __future__ import annotations

import sys

import typer

from tuopin.sim.commands.options import DirectoryArgument


def verify(directory: DirectoryArgument) -> None:
    """Work out every table of DIR again from its committed runs, and say that they are equal or what differs."""
    from tuopin.sim.batch.verify import verify as differing
    from tuopin.sim.results.results import Results

    found = differing(directory)
    if found:
        sys.stderr.write("\n".join(found) + "\n")
        raise typer.Exit(1)
    manifest = Results.open(directory, finished=False).manifest
    counts = manifest["counts"]
    sys.stdout.write(
        f"{directory}: equal: every table is what its {counts['done']} runs give"
        f" ({counts['failed']} failed, {counts['pending']} pending); fingerprint {manifest['fingerprint']}\n"
    )
