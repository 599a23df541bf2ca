"""Imported once by the server process from which workers fork: they begin with the model imported and compiled.

Numba keeps machine code on disk (``cache=True``); loading it here once costs one process a second or two instead of
every worker, and with cold caches one process compiles instead of all.
"""

from __future__ import annotations

import contextlib
import importlib

with contextlib.suppress(Exception):  # a worker that needs it will say what is wrong
    importlib.import_module("tuopin.sim.run.task").warm_up()
