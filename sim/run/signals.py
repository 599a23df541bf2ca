"""Signals while a run goes on: what the user sends stops the program, what a policy raises only fails its run."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class Terminated(KeyboardInterrupt):
    """SIGTERM, as an exception that cleans up on its way like Ctrl-C."""

    happened = False


class RunTooLong(BaseException):
    """A run took longer than it was given. No `Exception`, so that a policy does not take it for one of its own."""


@contextmanager
def noticing_signals() -> Iterator[list[int]]:
    """The signals that arrive meanwhile: a `KeyboardInterrupt` without one was raised by the code itself.

    In another thread than the main one none arrives.
    """
    arrived: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield arrived
        return
    before = {number: signal.getsignal(number) for number in _STOPPING}

    def notice(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    watched = [number for number, handler in before.items() if callable(handler)]
    for number in watched:
        signal.signal(number, notice)
    try:
        yield arrived
    finally:
        for number in watched:
            signal.signal(number, before[number])


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM raise `Terminated` in the main thread, unless somebody else has said what it does."""
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if mine:
        signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:
    Terminated.happened = True
    raise Terminated


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise `RunTooLong` in the main thread after `seconds`; who does not heed it is killed by SIGALRM soon after.

    For a worker process: the second alarm ends the whole process. Compiled code that never lets Python run, and a
    policy that ignores alarms, are ended a little later by a thread that needs neither.
    """
    if seconds is None:
        yield
        return

    def too_long(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 1.0 + 0.1 * seconds)
        raise RunTooLong(told_too_long(seconds))

    before = signal.signal(signal.SIGALRM, too_long)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(2.0 + 1.2 * seconds, exit=True, file=nowhere)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        with suppress(OSError):  # a policy may have closed it
            os.close(nowhere)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def told_too_long(seconds: float) -> str:
    """What is said of a run that took longer than `seconds`."""
    return f"the run took longer than the {seconds:g} s of --time-limit"
