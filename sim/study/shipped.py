"""Where the shipped data are: the folder `scenarios` beside the package `sim`, in a checkout and in a wheel alike."""

from __future__ import annotations

from pathlib import Path

from tuopin.sim.study.names import is_name

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
PLACES = SCENARIOS / "places"
BUNDLES_FILE = SCENARIOS / "bundles.yaml"


def shipped_studies() -> list[Path]:
    """Study files that come with Tuopin, by name."""
    return sorted(file for file in SCENARIOS.glob("*.yaml") if file != BUNDLES_FILE)


def shipped_places() -> list[Path]:
    """Place files that come with Tuopin, by name."""
    return sorted(PLACES.glob("*.yaml"))


def find_place(name: str, beside: Path | None) -> Path | None:
    """File of the place `name`: ``places/<name>.yaml`` in the folder `beside` (the study's), else the shipped one."""
    folders = [PLACES] if beside is None else [beside / "places", PLACES]
    return next((folder / f"{name}.yaml" for folder in folders if (folder / f"{name}.yaml").is_file()), None)


def find_study(given: str | Path) -> Path:
    """File of the study `given`: a path, or the name of a shipped study.

    What is neither comes back as it is, for its reader to tell.
    """
    path = Path(given)
    named = SCENARIOS / f"{path}.yaml"
    return named if is_name(str(given)) and not path.is_file() and named in shipped_studies() else path


def places_seen(beside: Path | None) -> list[str]:
    """Names of the places a study in the folder `beside` can use."""
    files = shipped_places() + ([] if beside is None else sorted((beside / "places").glob("*.yaml")))
    return sorted({file.stem for file in files})
