"""The batch engine: tasks to committed files to tables, in parallel, interruptible, exact."""

from sim.batch.engine import RunReport, run_study
from sim.batch.errors import BatchError, ClusterLost, ClusterRefused, DirectoryRefused, StorageFailed
from sim.batch.manifest import Failure
from sim.batch.progress import Progress

__all__ = [
    "BatchError",
    "ClusterLost",
    "ClusterRefused",
    "DirectoryRefused",
    "Failure",
    "Progress",
    "RunReport",
    "StorageFailed",
    "run_study",
]
