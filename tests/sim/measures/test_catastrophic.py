from __future__ import annotations

import numpy as np

from tuopin.sim.measures.catastrophic import catastrophic


def test_forty_percent_of_what_is_left_after_food() -> None:
    # 3 persons with 3,500 yuan, 1,500 of it food, each: 6,000 are left, of which 40% is 2,400
    payment = np.array([2_399.0, 2_400.0, 0.0])
    found = catastrophic(payment, np.full(3, 3_500.0), np.full(3, 3), 1_500.0)
    assert found.tolist() == [False, True, False]


def test_without_anything_left_every_payment_is_catastrophic_and_no_payment_never() -> None:
    found = catastrophic(np.array([10.0, 0.0, 10.0]), np.array([1_400.0, 1_400.0, -500.0]), np.full(3, 3), 1_500.0)
    assert found.tolist() == [True, False, True]
