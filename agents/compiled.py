"""The typed door to numba: every compiled function of the project goes through `compiled` or `rule`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}


def compiled(function: F) -> F:
    """Compile `function`, a kernel or what several kernels call, and keep the machine code on disk beside its source.

    Fused multiply-add and other reassociation stay off (no ``fastmath``): the same input gives the same bits. Division
    by zero follows numpy (inf or nan), so that kernels carry no hidden exception branch. The wrapper for callers in C,
    of whom there are none, is left out: it took an eighth of the time of compilation.
    """
    return cast(F, _njit(function))


def rule(function: F) -> F:
    """Make a scalar rule of `function`: quantities in, a quantity out, no array and no loop.

    A kernel that calls it takes its text in and compiles it with its own, so that forty rules cost neither time of
    compilation (a function of its own takes 50 ms, this a tenth) nor calls. Python may call it too.
    """
    return cast(F, _njit(function, inline="always"))


def _njit(function: Callable[..., Any], **options: Any) -> Any:
    """Hand a function to numba; where no folder can be written, as in a sealed container, its code is not kept."""
    try:
        return njit(cache=True, **_OPTIONS, **options)(function)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
    _say_once()
    return njit(**_OPTIONS, **options)(function)


@cache
def _say_once() -> None:
    warnings.warn(
        "the compiled model cannot be kept on disk, so every process compiles it anew (about half a minute); "
        "set NUMBA_CACHE_DIR to a folder that can be written",
        stacklevel=5,
    )
