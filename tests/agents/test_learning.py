"""Motivation: back to its mean, up with neighbours' success; of able workers only, never a label for the ill."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tuopin.agents.county import County
from tuopin.agents.learning import learn

TERMS = {"learning.reversion": 0.2, "learning.peer_gain": 0.5, "learning.support_decay": 0.1}
ON = {"motivation": True, "demonstration": True, "spillovers": True}


def test_by_hand(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        6,
        TERMS,
        ON,
        villages=2,
        village=[0, 0, 0, 0, 1, 1],
        motivation=[0.5, 0.8, 0.4, 0.4, 1.0, 0.0],
        able_workers=[1, 1, 1, 0, 1, 1],
        policy_transfers=[0.0, 0.0, 50.0, 50.0, 0.0, 50.0],
    )
    county.flows.left_poverty[:] = [True, False, False, False, False, False]
    learn(county)
    # village 0: one of four left poverty, so .5 / 4 = .125 for all able there; support costs .1; no able worker, no
    # change
    np.testing.assert_allclose(
        county.households.motivation,
        [0.5 + 0.125, 0.8 - 0.06 + 0.125, 0.4 + 0.02 + 0.125 - 0.1, 0.4, 0.9, 0.0],
        atol=1e-7,
    )


def test_it_stays_a_share(by_hand: Callable[..., County]) -> None:
    county = by_hand(2, {**TERMS, "learning.peer_gain": 5.0}, ON, motivation=[0.9, 0.1])
    county.flows.left_poverty[:] = True
    learn(county)
    assert county.households.motivation.tolist() == [1.0, 1.0]


def test_switches(by_hand: Callable[..., County]) -> None:
    for mechanisms, expected in (({}, 0.8), ({"motivation": True}, 0.74), (ON, 1.0)):
        county = by_hand(1, TERMS, mechanisms, motivation=0.8)
        county.flows.left_poverty[:] = True
        learn(county)
        np.testing.assert_allclose(county.households.motivation, expected, atol=1e-7)
