"""Coordinates of curves and bars for inline SVG, written with a decimal point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Size of the view box in templates/churn/run.html, without the labels of the axes.
WIDTH, HEIGHT = 600, 260


@dataclass(frozen=True, slots=True)
class ThresholdPoint:
    """Position of the chosen threshold on a curve, in SVG units."""

    x: str
    y: str


def polyline(points: Sequence[Mapping[str, float]], x: str, y: str) -> str:
    """Return the `points` attribute of a polyline; columns `x` and `y` are shares from 0 to 1."""
    return " ".join(
        f"{_across(point[x])},{_up(point[y])}" for point in points if point[y] is not None
    )


def threshold_point(
    points: Sequence[Mapping[str, float]], threshold: float
) -> ThresholdPoint | None:
    """Return the last point at or above `threshold`; None if the whole curve lies below it."""
    reached = [point for point in points if point["threshold"] >= threshold]
    if not reached:
        return None
    return ThresholdPoint(_across(reached[-1]["contacted"]), _up(reached[-1]["recall"]))


def bar(share: float) -> str:
    """Return the width of a bar in percent, limited to 0 to 100."""
    return f"{100 * min(max(share, 0.0), 1.0):.1f}"


def _across(share: float) -> str:
    return f"{share * WIDTH:.1f}"


def _up(share: float) -> str:
    return f"{(1 - share) * HEIGHT:.1f}"
