"""The arrays that rules of programmes take and return, by what they hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bool = NDArray[np.bool_]
I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

Mask = Bool
"""One flag a household, shape (households,)."""
Rows = I64
"""Rows of households, ascending, shape (n,)."""
Places = I64
"""Where each of some rows finds room: index of a site or firm, -1 nowhere; shape (n,)."""
Fen = I64
"""Money in integers of 0.01 yuan."""
