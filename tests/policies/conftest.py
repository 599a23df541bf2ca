from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tuopin.agents.county import County
from tuopin.policies import catalogue as catalogue_module
from tuopin.policies.cycle import open_programmes, run_programmes
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.policies.variants import variants_of
from tuopin.sim.measures.known import known_indicators
from tuopin.sim.study.declarations import declared


@pytest.fixture
def programmes() -> Callable[..., Ledger]:
    """Run the programme step of a county's year with these policies; return the ledger, still open."""

    def run(county: County, *policies: Policy) -> Ledger:
        ledger, ordered = Ledger(), sorted(policies, key=lambda policy: policy.name)
        open_programmes(county, ordered, ledger)
        run_programmes(county, ordered, ledger)
        return ledger

    return run


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Make policies known to all of Tuopin as installed plug-ins are, with their variants."""

    def add(*kinds: type[Policy]) -> None:
        found = catalogue_module._discover()
        more = {name: kind for one in kinds for name, kind in {one.name: one, **variants_of(one)}.items()}
        both = dict(sorted({**found.policies, **more}.items()))
        monkeypatch.setattr(catalogue_module, "_discover", lambda: found._replace(policies=both))
        for cached in (known_indicators, declared):
            cached.cache_clear()

    yield add
    monkeypatch.undo()
    for cached in (known_indicators, declared):
        cached.cache_clear()
