"""The typed door to numba: every compiled kernel of the project goes through `compiled`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile `function` with numba and keep the machine code on disk beside its source.

    Fused multiply-add and other reassociation stay off (no ``fastmath``): the same input gives the same bits. Division
    by zero follows numpy (inf or nan), so that kernels carry no hidden exception branch.
    """
    return cast(F, njit(cache=True, error_model="numpy", nogil=True)(function))


def inlined(function: F) -> F:
    """Compile a rule of one household into every kernel that calls it.

    To call a function that is `compiled` takes a kernel as long to run; this takes it half as long to compile.
    """
    return cast(F, njit(inline="always", cache=True, error_model="numpy", nogil=True)(function))
