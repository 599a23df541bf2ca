from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from tuopin.sim.figures.placing import Point, label_points, spread
from tuopin.sim.figures.style import new_figure


def test_labels_with_room_stay_where_they_are():
    assert spread([1.0, 5.0, 9.0], 2.0, 0.0, 10.0) == [1.0, 5.0, 9.0]


def test_two_close_labels_move_apart_by_the_same_amount():
    assert spread([5.0, 5.0], 2.0, 0.0, 10.0) == [4.0, 6.0]


def test_order_is_kept_and_the_edge_respected():
    # 9.9 and 9.8 want the top: 9.9 gets it, 9.8 the place one gap below
    assert spread([9.9, 9.8], 1.0, 0.0, 10.0) == pytest.approx([10.0, 9.0])


def test_too_little_room_shrinks_the_gap():
    assert spread([1.0, 1.0, 1.0], 10.0, 0.0, 2.0) == pytest.approx([0.0, 1.0, 2.0])


def test_nothing_to_place():
    assert spread([], 1.0, 0.0, 1.0) == []


@given(st.lists(st.floats(-50, 150), min_size=1, max_size=30), st.floats(0.1, 3.0))
def test_spread_is_apart_inside_and_in_order(wanted: list[float], gap: float):
    placed = np.array(spread(wanted, gap, 0.0, 100.0))
    assert placed.min() >= -1e-9 and placed.max() <= 100 + 1e-9
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(placed[order]) >= gap - 1e-6)


def crowd(points: list[tuple[float, float]]) -> tuple[list[Text], list[Text]]:
    """Labels of points on one axes: all of them, and those outside the axes."""
    figure = new_figure(9, 6)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    marks = [
        Point(x, y, f"all but policy {i}", x - 0.03, x + 0.03, y - 0.03, y + 0.03) for i, (x, y) in enumerate(points)
    ]
    label_points(axes, marks)
    figure.draw_without_rendering()
    frame = axes.get_window_extent()
    outside = [text for text in axes.texts if Text.get_window_extent(text).x0 > frame.x1]
    return list(axes.texts), outside


def overlapping(texts: list[Text]) -> int:
    boxes = [Text.get_window_extent(text) for text in texts]
    return sum(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_a_lone_label_stands_beside_its_point():
    texts, outside = crowd([(0.5, 0.5)])
    assert len(texts) == 1 and not outside
    assert texts[0].arrow_patch is None  # no line needed


def test_ten_scenarios_on_one_spot_are_all_labelled_and_none_covers_another():
    texts, outside = crowd([(0.9, 0.5)] * 10)
    assert len(texts) == 10
    assert overlapping(texts) == 0
    assert outside  # not all find room beside the point


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)), min_size=2, max_size=12))
def test_labels_never_cover_each_other(points: list[tuple[float, float]]):
    texts, _ = crowd(points)
    assert len(texts) == len(points)
    assert overlapping(texts) == 0
