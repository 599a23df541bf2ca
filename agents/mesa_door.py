"""The one place that imports Mesa.

Mesa 3.3 forces the spawn start method on the whole process when it is imported; what the user's process had chosen is
put back here.
"""

from __future__ import annotations

import multiprocessing

_before = multiprocessing.get_start_method(allow_none=True)
import mesa  # noqa: E402

multiprocessing.set_start_method(_before, force=True)

Model = mesa.Model
Agent = mesa.Agent
DataCollector = mesa.DataCollector
