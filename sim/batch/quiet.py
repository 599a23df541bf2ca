"""Imported first by the process from which workers are forked: one whose parent has gone says nothing of it.

A worker that is forked just after the parent was stopped finds nothing to read where its work should be, or a semaphore
that has been taken away (a FileNotFoundError without a name).
"""

from __future__ import annotations

import sys
from types import TracebackType


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    gone = isinstance(error, FileNotFoundError) and error.filename is None
    if not gone and not issubclass(kind, EOFError | ConnectionError | KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _tell
