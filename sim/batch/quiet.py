"""Imported first by the process from which workers are forked: one whose parent has gone says nothing of it.

A worker that is forked just after the parent was stopped finds nothing to read where its work should be.
"""

from __future__ import annotations

import sys
from types import TracebackType


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, EOFError | ConnectionError | KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _tell
