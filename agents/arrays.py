"""Short names for the types of the arrays that columns, flows and kernels hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
"""True or False."""
Array = NDArray[Any]
"""An array of whatever type a column has; never in a kernel's signature."""
