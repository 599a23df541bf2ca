"""``tuopin schema``: JSON Schema of study and place files, for editors."""

from __future__ import annotations

import enum
from typing import Annotated

import typer


class What(enum.StrEnum):
    """Kinds of file."""

    STUDY = "study"
    PLACE = "place"


def schema(what: Annotated[What, typer.Argument(help="Kind of file.")] = What.STUDY) -> None:
    """Print the JSON Schema of study or place files, for editors that complete and check YAML."""
    import json
    import sys

    from tuopin.sim.study.schema import place_schema, study_schema

    found = study_schema() if what is What.STUDY else place_schema()
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
