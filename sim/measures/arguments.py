"""What every measure asks of its arguments: arrays of one length, weights that count somebody, a line to be under.

Kernels read arrays without looking at their ends: a short one would be read past it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def check_lengths(**arrays: Any) -> None:
    """Check that all are one-dimensional and of one length.

    Raises
    ------
    ValueError
        Naming those that are not.
    """
    shapes = {name: np.shape(values) for name, values in arrays.items()}
    first = next(iter(shapes.values()))
    if len(first) != 1 or any(shape != first for shape in shapes.values()):
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"arrays must be of one length, one entry a household; got {told}")


def check_weights(weights: Any, name: str = "weights") -> None:
    """Check that weights (persons) are finite numbers not below 0.

    Raises
    ------
    ValueError
        If one is not.
    """
    w = np.asarray(weights)
    if w.dtype == np.bool_ or not np.issubdtype(w.dtype, np.number):
        if len(w):
            raise ValueError(f"{name} must be numbers, got {w.dtype}")
    elif len(w) and not (w.min() >= 0 and (w.dtype.kind in "iu" or np.isfinite(w).all())):
        raise ValueError(f"{name} must be finite and not below 0")


def check_line(line: float) -> None:
    """Check that a poverty line is a finite number above 0.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not (math.isfinite(line) and line > 0):
        raise ValueError(f"the poverty line must be finite and above 0 yuan, got {line}")


def check_numbers(**arrays: Any) -> None:
    """Check that arrays hold no NaN, which is neither poor nor not.

    Raises
    ------
    ValueError
        Naming the first that does.
    """
    for name, values in arrays.items():
        if np.isnan(np.asarray(values, dtype=np.float64)).any():
            raise ValueError(f"{name} must not be NaN")
