"""Read by worker processes of the cluster tests only: lets one pretend another numpy, or see no shared directory."""

import os

if "TUOPIN_TEST_NUMPY" in os.environ:
    import importlib.metadata

    _true_version = importlib.metadata.version
    importlib.metadata.version = lambda name: (
        os.environ["TUOPIN_TEST_NUMPY"] if name == "numpy" else _true_version(name)
    )

if "TUOPIN_TEST_BLIND" in os.environ:
    import tuopin.sim.batch.cluster

    tuopin.sim.batch.cluster._sees = lambda token: False
