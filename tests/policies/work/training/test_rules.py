"""Training adds points to each household's own rate of entry, as distance and motivation are felt this year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tuopin.agents.county import County
from tuopin.policies.work.training.rules import entry_factors


def test_points_are_added_to_the_rate_as_it_is_felt(by_hand: Callable[..., County]) -> None:
    """Rates .1 x (1 - .6 x .5) = .07; felt at half the distance .1; with full motivation .1 x 1.2 = .12."""
    terms = {"labour.entry_rate": 0.1, "labour.remote_penalty": 0.6, "labour.motivation_effect": 0.4}
    county = by_hand(3, terms, {"motivation": True}, remoteness=1.0, motivation=0.5)
    county.flows.distance_factor[:], county.flows.motivation_term[:] = [1.0, 0.5, 0.5], [0.0, 0.0, 0.9]
    factors = entry_factors(county, np.arange(3), np.full(3, 0.05))
    np.testing.assert_allclose(factors, [1 + 0.05 / 0.07, 1.5, 1 + 0.05 / 0.12], rtol=1e-6)
