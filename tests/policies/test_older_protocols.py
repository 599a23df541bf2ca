"""Which rules count as written for this protocol; test_catalogue.py shows what is said of those that do not."""

from __future__ import annotations

from typing import Any

from tuopin.agents.county import County
from tuopin.policies.older_protocols import changes_missed
from tuopin.policies.places.relocation import Relocation


def test_a_rule_may_take_its_arguments_as_it_likes() -> None:
    class Loose(Relocation):
        def eligible(self, *arguments: Any) -> Any: ...

        def enrol(self, county: County, rows: Any, places: Any = None, more: int = 0) -> None: ...

    class Strict(Relocation):
        def enrol(self, county: County, rows: Any, places: Any, more: int) -> None: ...  # type: ignore[override]

    assert changes_missed(Loose) == [] and len(changes_missed(Strict)) == 1
