"""Calibration: what the model simulates beside what was published, row by row, with a plain verdict.

    from tuopin.sim.calibration import calibration_table
    calibration_table(make_plan(Study.load("scenarios/lushi.yaml"), scale=0.2), replicates=5)

Targets are data (`scenarios/evidence/targets.yaml`); what a target is compared with is a measure of `MEASURES`.
"""

from tuopin.sim.calibration.measures import MEASURES
from tuopin.sim.calibration.table import calibration_table, markdown, verdict
from tuopin.sim.calibration.targets import Target, load_targets

__all__ = ["MEASURES", "Target", "calibration_table", "load_targets", "markdown", "verdict"]
