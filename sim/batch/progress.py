"""How far the batch is: a bar on a terminal or in a notebook, plain lines elsewhere, nothing for an instant's work."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

SHOW_AFTER_SECONDS = 2.0
LINE_EVERY_SECONDS = 5.0


@dataclass(frozen=True)
class Progress:
    """The state of a batch: runs asked for, finished before, done and failed now, and the time since it began."""

    total: int
    skipped: int = 0
    done: int = 0
    failed: int = 0
    household_years: float = 0.0
    seconds: float = 0.0

    @property
    def finished(self) -> int:
        """Runs that need no more work."""
        return self.skipped + self.done + self.failed

    @property
    def rate(self) -> str:
        """Household-years per second if the simulation counts them, else runs per second."""
        if self.seconds <= 0 or self.done + self.failed == 0:
            return "-"
        if self.household_years > 0:
            return f"{_thousands(self.household_years / self.seconds)} household-years/s"
        return f"{(self.done + self.failed) / self.seconds:.3g} runs/s"

    @property
    def seconds_left(self) -> float | None:
        """Time left at the mean rate so far; None before the first run has ended."""
        ended = self.done + self.failed
        return None if ended == 0 else self.seconds / ended * (self.total - self.finished)


class Display(Protocol):
    """Where progress and notes go."""

    def update(self, progress: Progress) -> None:
        """Show a new state."""

    def note(self, text: str) -> None:
        """Say one line that must not be overwritten."""

    def close(self) -> None:
        """Leave the screen tidy."""


def _thousands(number: float) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.3g}"


def clock(seconds: float | None) -> str:
    """A duration as h:mm:ss."""
    if seconds is None:
        return "-:--:--"
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def line(progress: Progress) -> str:
    """The state as one plain line."""
    failures = f", {progress.failed} failed" if progress.failed else ""
    return (
        f"{progress.finished} of {progress.total} runs{failures}; {progress.rate};"
        f" {clock(progress.seconds)} elapsed, {clock(progress.seconds_left)} left"
    )


class Silent:
    """Says nothing; gives each state to a function if there is one."""

    def __init__(self, receive: Callable[[Progress], object] | None = None) -> None:
        self._receive = receive

    def update(self, progress: Progress) -> None:
        """Pass the state on."""
        if self._receive is not None:
            self._receive(progress)

    def note(self, text: str) -> None:
        """Notes are in the report."""

    def close(self) -> None:
        """Nothing to tidy."""


class Lines:
    """Plain lines on a stream, the first after two seconds, then at most one every few seconds."""

    def __init__(self, stream: Any = None, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._now = now
        self._next = now() + SHOW_AFTER_SECONDS
        self._last: Progress | None = None
        self._shown = False

    def update(self, progress: Progress) -> None:
        """Write a line if it is time for one."""
        self._last = progress
        if self._now() >= self._next:
            print(line(progress), file=self._stream, flush=True)
            self._next = self._now() + LINE_EVERY_SECONDS
            self._shown = True
            self._last = None

    def note(self, text: str) -> None:
        """Write the note at once."""
        print(text, file=self._stream, flush=True)

    def close(self) -> None:
        """Write the final state if lines were written before."""
        if self._shown and self._last is not None:
            print(line(self._last), file=self._stream, flush=True)


class Bar:
    """A rich progress bar, on a terminal or in Jupyter, that appears after two seconds."""

    def __init__(self, console: Any) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._console = console
        self._bar = RichProgress(
            TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rest]}"), console=console
        )
        self._task = self._bar.add_task("runs", total=None, rest="")
        self._lock = threading.Lock()
        self._started = self._closed = False
        # A timer and not the first update: one long run must show a bar too.
        self._timer = threading.Timer(SHOW_AFTER_SECONDS, self._start)
        self._timer.daemon = True
        self._timer.start()

    def _start(self) -> None:
        with self._lock:
            if not self._closed:
                self._bar.start()
                self._started = True

    def update(self, progress: Progress) -> None:
        """Move the bar."""
        failures = f"[red]{progress.failed} failed[/red]  " if progress.failed else ""
        rest = f"{failures}{progress.rate}  {clock(progress.seconds_left)} left"
        self._bar.update(self._task, total=progress.total, completed=progress.finished, rest=rest)

    def note(self, text: str) -> None:
        """Print above the bar."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Stop the bar where it stands."""
        self._timer.cancel()
        with self._lock:
            self._closed = True
            if self._started:
                self._bar.stop()


def display_for(choice: bool | Callable[[Progress], object] | None) -> Display:
    """The display for `run_study`'s `progress`: False none, a function gets all states, else as fits stderr."""
    if choice is False:
        return Silent()
    if callable(choice):
        return Silent(choice)
    from rich.console import Console

    console = Console(stderr=True)
    return Bar(console) if console.is_terminal or console.is_jupyter else Lines()


class Meter:
    """Counts what the engine reports and tells the display."""

    def __init__(self, display: Display, total: int, skipped: int, failed_before: int) -> None:
        self._display = display
        self._began = time.monotonic()
        self.state = Progress(total, skipped + failed_before)
        display.update(self.state)

    def count(self, done: int, failed: int, household_years: float) -> None:
        """Enter finished runs."""
        self.state = replace(
            self.state,
            done=self.state.done + done,
            failed=self.state.failed + failed,
            household_years=self.state.household_years + household_years,
            seconds=time.monotonic() - self._began,
        )
        self._display.update(self.state)
