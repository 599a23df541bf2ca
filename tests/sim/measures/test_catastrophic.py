from __future__ import annotations

import numpy as np

from sim.measures.catastrophic import catastrophic


def test_forty_percent_of_what_is_left_after_food() -> None:
    # 3 persons, 1,500 yuan food each: 10,000 leaves 5,500, of which 40% is 2,200
    payment = np.array([2_199.0, 2_200.0, 0.0])
    found = catastrophic(payment, np.full(3, 10_000.0), np.full(3, 3), 1_500.0)
    assert found.tolist() == [False, True, False]


def test_without_anything_left_every_payment_is_catastrophic_and_no_payment_never() -> None:
    found = catastrophic(np.array([10.0, 0.0, 10.0]), np.array([4_000.0, 4_000.0, -500.0]), np.full(3, 3), 1_500.0)
    assert found.tolist() == [True, False, True]
