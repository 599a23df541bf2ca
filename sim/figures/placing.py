"""Direct labels that do not cover each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from tuopin.sim.figures.style import BLACK, GREY, TEXT

FloatArray = NDArray[np.float64]
Box = tuple[float, float, float, float]
LEADER = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}
NO_ROOM = 1000.0


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near as possible (least squares) to those wanted, at least `gap` apart and within [low, high].

    Keeps order. With position = slot + order * gap the problem is an isotonic regression, solved by pooling adjacent
    violators (Barlow et al. 1972). Where even [low, high] is too short the gap shrinks to what fits.
    """
    count = len(wanted)
    if count == 0:
        return []
    if count > 1:
        gap = min(gap, (high - low) / (count - 1))
    order = np.argsort(np.asarray(wanted, dtype=float), kind="stable")
    steps = gap * np.arange(count)
    slots = isotonic_regression(np.asarray(wanted, dtype=float)[order] - steps).x
    placed = np.empty(count)
    placed[order] = np.clip(slots, low, high - steps[-1]) + steps
    return [float(value) for value in placed]


@dataclass(frozen=True)
class Point:
    """A labelled point: data coordinates, and the reach of its error bars."""

    x: float
    y: float
    label: str
    low_x: float
    high_x: float
    low_y: float
    high_y: float
    bold: bool = False


@dataclass(frozen=True)
class Spot:
    """Where a label may go: box (left, bottom, right, top) in pixels, how bad it is, whether it needs a line."""

    box: Box
    cost: float
    leader: bool


def label_points(axes: Axes, points: Sequence[Point], *, size: float = TEXT, marker: float = 5.0) -> None:
    """Write each label beside its point where nothing is covered; those without room go to a column at the right.

    Limits and layout of the axes must be final. `marker` is the marker's radius in points.
    """
    if not points:
        return
    sizes = [_extent(axes, point, size) for point in points]
    spots = _best_spots(axes, points, sizes, marker)
    if None in spots:  # make room for the column, then try again
        box = axes.get_position()
        column = max(width for width, _ in sizes) / axes.figure.bbox.width
        axes.set_position((box.x0, box.y0, box.width - column, box.height))
        spots = _best_spots(axes, points, sizes, marker)
    homeless = []
    for point, spot in zip(points, spots, strict=True):
        if spot is None:
            homeless.append(point)
        else:
            _write(axes, point, spot, size)
    _column(axes, homeless, size, max(height for _, height in sizes))


def _extent(axes: Axes, point: Point, size: float) -> tuple[float, float]:
    """Width and height of a label in pixels."""
    weight = "bold" if point.bold else "normal"
    text = axes.text(0, 0, point.label, fontsize=size, fontweight=weight, transform=IdentityTransform())
    extent = text.get_window_extent()
    text.remove()
    return extent.width, extent.height


def _best_spots(
    axes: Axes, points: Sequence[Point], sizes: Sequence[tuple[float, float]], marker: float
) -> list[Spot | None]:
    """The cheapest of four greedy placements: from the right, from the left, from above, from below."""
    orders = [
        sorted(range(len(points)), key=key)
        for key in (
            lambda i: (-points[i].x, points[i].y),
            lambda i: (points[i].x, points[i].y),
            lambda i: (-points[i].y, points[i].x),
            lambda i: (points[i].y, points[i].x),
        )
    ]
    placements = [_place(axes, points, sizes, marker, order) for order in orders]
    return min(placements, key=lambda spots: sum(NO_ROOM if spot is None else spot.cost for spot in spots))


def _place(
    axes: Axes, points: Sequence[Point], sizes: Sequence[tuple[float, float]], marker: float, order: Sequence[int]
) -> list[Spot | None]:
    """A spot for each point in turn, or None where there is no room left."""
    scale = axes.figure.get_dpi() / 72
    middles = axes.transData.transform([(point.x, point.y) for point in points])
    taken = _marks(axes, points, marker * scale)
    spots: list[Spot | None] = [None] * len(points)
    for index in order:
        spot = _free_spot(axes, middles, index, sizes[index], np.array(taken))
        spots[index] = spot
        if spot is not None:
            left, bottom, right, top = spot.box
            taken.append((left - 2 * scale, bottom - scale, right + 2 * scale, top + scale))
    return spots


def _marks(axes: Axes, points: Sequence[Point], radius: float) -> list[Box]:
    """Boxes of all markers and error bars in pixels."""
    boxes: list[Box] = []
    for point in points:
        (x, y), (left, bottom), (right, top) = axes.transData.transform(
            [(point.x, point.y), (point.low_x, point.low_y), (point.high_x, point.high_y)]
        )
        room = radius / 2
        boxes += [
            (x - radius, y - radius, x + radius, y + radius),
            (left - room, y - 2, right + room, y + 2),
            (x - 2, bottom - room, x + 2, top + room),
        ]
    return boxes


def _free_spot(
    axes: Axes, middles: FloatArray, index: int, extent: tuple[float, float], taken: FloatArray
) -> Spot | None:
    """The best free box around a point: near it, and clearly nearer to it than to any other point."""
    frame, scale = axes.get_window_extent(), axes.figure.get_dpi() / 72
    (x, y), (width, height) = middles[index], extent
    others = np.delete(middles, index, axis=0)
    best: Spot | None = None
    for distance in (8.0, 14.0, 22.0, 32.0, 44.0):
        for dx, dy in ((1, 0), (-1, 0), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7), (0, 1), (0, -1)):
            left = x + dx * distance * scale - width * (0.5 - 0.5 * np.sign(dx))
            bottom = y + dy * distance * scale - height * (0.5 - 0.5 * np.sign(dy))
            box = (left, bottom, left + width, bottom + height)
            inside = frame.x0 <= left and box[2] <= frame.x1 and frame.y0 <= bottom and box[3] <= frame.y1
            if not inside or _covers(box, taken):
                continue
            doubtful = _apart(box, others) < 1.5 * _apart(box, middles[index : index + 1])
            cost = distance + (40.0 if doubtful else 0.0)
            if best is None or cost < best.cost:
                best = Spot(box, cost, leader=doubtful or distance > 22)
    return best


def _covers(box: Box, taken: FloatArray) -> bool:
    """Whether the box overlaps any of those taken."""
    return bool(
        np.any((taken[:, 0] < box[2]) & (taken[:, 2] > box[0]) & (taken[:, 1] < box[3]) & (taken[:, 3] > box[1]))
    )


def _apart(box: Box, points: FloatArray) -> float:
    """Distance in pixels from the box to the nearest of the points."""
    gaps = np.maximum(np.maximum(np.array(box[:2]) - points, points - np.array(box[2:])), 0.0)
    return float(np.hypot(gaps[:, 0], gaps[:, 1]).min(initial=np.inf))


def _write(axes: Axes, point: Point, spot: Spot, size: float) -> None:
    """The label in its box, placed relative to the point and in points, so that it holds at any resolution."""
    scale = axes.figure.get_dpi() / 72
    x, y = axes.transData.transform((point.x, point.y))
    left, bottom, right, top = spot.box
    side, anchor = ("left", left) if left >= x else ("right", right) if right <= x else ("center", (left + right) / 2)
    axes.annotate(
        point.label,
        (point.x, point.y),
        ((anchor - x) / scale, ((bottom + top) / 2 - y) / scale),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=size,
        color=BLACK,
        zorder=5,
        fontweight="bold" if point.bold else "normal",
        arrowprops=LEADER if spot.leader else None,
    )


def _column(axes: Axes, homeless: Sequence[Point], size: float, height: float) -> None:
    """Labels without room, one below the other right of the axes, each with a thin line to its point."""
    frame = axes.get_window_extent()
    pixels = [float(axes.transData.transform((point.x, point.y))[1]) for point in homeless]
    places = spread(pixels, height * 1.15, frame.y0 + height / 2, frame.y1 - height / 2)
    for point, y in zip(homeless, places, strict=True):
        axes.annotate(
            point.label,
            (point.x, point.y),
            (1.015, (y - frame.y0) / frame.height),
            textcoords="axes fraction",
            va="center",
            ha="left",
            fontsize=size,
            color=BLACK,
            annotation_clip=False,
            zorder=5,
            fontweight="bold" if point.bold else "normal",
            arrowprops=LEADER,
        )
