"""The command line: one typer application, and the one place where errors become lines and exit statuses.

Nothing but typer is imported here and at the top of the commands, so that ``tuopin --help`` answers at once.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from tuopin.sim.commands.branch import branch
from tuopin.sim.commands.check import check
from tuopin.sim.commands.compare import compare
from tuopin.sim.commands.evidence import evidence
from tuopin.sim.commands.explain import explain
from tuopin.sim.commands.init import init
from tuopin.sim.commands.list import list_what
from tuopin.sim.commands.run import run
from tuopin.sim.commands.schema import schema
from tuopin.sim.commands.verify import verify

DONE, FAULTS, BAD_INPUT, INTERRUPTED, NO_READER, TERMINATED = 0, 1, 2, 130, 141, 143
# typer carries its own copy of click in newer versions and does not export this
ClickError = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="tuopin",
    help="Who leaves poverty, who falls back, and what a lasting exit costs: simulation of a county's programmes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        sys.stdout.write(f"tuopin {version('tuopin')}\n")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before the name of a command."""


app.command()(run)
app.command()(check)
app.command()(explain)
app.command()(compare)
app.command()(branch)
app.command(name="list")(list_what)
app.command()(init)
app.command()(schema)
app.command()(verify)
app.command()(evidence)


def main() -> NoReturn:
    """Run the command of `sys.argv` and end the process with its exit status."""
    sys.exit(status_of(sys.argv[1:]))


def status_of(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status.

    0 done; 1 some runs failed or a check found faults; 2 bad input, one line per mistake on standard error; 130 after
    Ctrl-C. An error without an ``exit_status`` of its own is a fault of the program and keeps its traceback.
    """
    _open_missing_streams()
    _let_any_character_pass()
    try:
        result = app(args=list(arguments), prog_name="tuopin", standalone_mode=False)
        sys.stdout.flush()
        if result == INTERRUPTED:  # newer typer turns Ctrl-C into this result, older typer into Abort
            raise typer.Abort
        return result if isinstance(result, int) else DONE
    except (KeyboardInterrupt, typer.Abort) as stop:
        if isinstance(stop.__context__, EOFError):  # typer takes it for the end of what a person types
            return _print_error(
                "tuopin:1: (program): something ended before its time; the same command continues", FAULTS
            )
        if _was_terminated():
            return _print_error("terminated; the same command continues", TERMINATED)
        return _print_error("stopped; the same command continues", INTERRUPTED)
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as end:  # typer ends the process itself, and only, when a write met a closed pipe
        return _reader_gone() if isinstance(end.__context__, BrokenPipeError) else int(end.code or DONE)
    except MemoryError:
        return _print_error("tuopin: not enough memory; use a smaller --scale or fewer --workers", FAULTS)
    except OSError as error:
        from tuopin.sim.study.problems import printable

        where = error.filename if error.filename is not None else "tuopin"
        said = printable(f"{where}:1: (whole file): {error.strerror or error}; allowed: a path that can be used")
        return _print_error(said, BAD_INPUT)
    except Exception as error:
        if isinstance(error, ClickError):
            return _usage(error)
        status = getattr(error, "exit_status", None)
        if not isinstance(status, int):
            raise
        return _print_error("\n".join(map(_error_line, str(error).splitlines())), status)


def _was_terminated() -> bool:
    """Whether it was SIGTERM; typer forgets what it was that stopped a command."""
    signals = sys.modules.get("tuopin.sim.run.signals")
    return signals is not None and signals.Terminated.happened


def _let_any_character_pass() -> None:
    """Characters that the terminal's or pipe's encoding does not have are replaced: nothing dies of a name."""
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper) and stream.errors != errors:
            stream.reconfigure(errors=errors)


def _open_missing_streams() -> None:
    """A closed standard stream (`>&-`) leads nowhere, not into the first file that is opened."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _reader_gone() -> int:
    """The reader (`head`, a pager) has gone: nothing more to say, also not by Python's flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return NO_READER


def _error_line(line: str) -> str:
    """A message of the engine in the form of all others, ``file:line: path: what is wrong; what is allowed``."""
    if re.match(r".+?:\d+: ", line):
        return line
    if line.startswith("--"):
        return f"command line:1: {line}"
    where, colon, rest = line.partition(": ")
    return f"{where}:1: (directory): {rest}" if colon else f"tuopin:1: (program): {line}"


def _usage(error: Exception) -> int:
    from tuopin.sim.study.problems import printable

    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", None) or "tuopin"
    said = printable(" ".join(getattr(error, "format_message", lambda: str(error))().split()))
    if not said:  # `tuopin` alone: the help has been printed
        return BAD_INPUT
    return _print_error(f"command line:1: {command}: {said.rstrip('.')}; allowed: see `{command} --help`", BAD_INPUT)


def _print_error(text: str, status: int) -> int:
    sys.stderr.write(text + "\n")
    return status
