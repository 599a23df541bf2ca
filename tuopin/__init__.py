"""Who leaves poverty, who falls back, and what a lasting exit costs.

`from tuopin import Study, simulate, compare, Results`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuopin.sim.api import simulate
    from tuopin.sim.comparison.compare import compare
    from tuopin.sim.results.results import Results
    from tuopin.sim.run.model import CountyModel
    from tuopin.sim.study.study import Study

__all__ = ["CountyModel", "Results", "Study", "compare", "simulate"]

_HOMES = {
    "CountyModel": "tuopin.sim.run.model",
    "Results": "tuopin.sim.results.results",
    "Study": "tuopin.sim.study.study",
    "compare": "tuopin.sim.comparison.compare",
    "simulate": "tuopin.sim.api",
}

# Parameters and compiled code are files beside the modules, which an archive cannot give.
if not Path(__file__).is_file():
    raise ImportError(f"tuopin was imported from an archive, {Path(__file__).parents[1]}: install it with pip instead")

# In a checkout the packages stand beside this folder, not in it; whatever is installed, the checkout's own are meant.
_beside = Path(__file__).resolve().parent.parent
if (_beside / "agents" / "__init__.py").is_file() and (_beside / "policies" / "__init__.py").is_file():
    __path__.append(str(_beside))


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the command line starts in a fraction of a second."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tuopin' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Names for completion in an editor or notebook."""
    return sorted({*globals(), *_HOMES})
