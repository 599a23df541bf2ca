"""Calibration: what the model simulates beside what was published, row by row, with a plain verdict.

    from tuopin.sim.calibration.table import calibration_table
    calibration_table(make_plan(Study.load("scenarios/lushi.yaml"), scale=0.2), replicates=5)

Targets are data (`scenarios/evidence/targets.yaml`); what a target is compared with is a measure of
`tuopin.sim.calibration.measures.MEASURES`.
"""
