from __future__ import annotations

from collections.abc import Callable

import pytest

from tuopin.agents.county import County
from tuopin.policies.cycle import open_programmes, run_programmes
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy


@pytest.fixture
def programmes() -> Callable[..., Ledger]:
    """Run the programme step of a county's year with these policies; return the ledger, still open."""

    def run(county: County, *policies: Policy) -> Ledger:
        ledger, ordered = Ledger(), sorted(policies, key=lambda policy: policy.name)
        open_programmes(county, ordered, ledger)
        run_programmes(county, ordered, ledger)
        return ledger

    return run
