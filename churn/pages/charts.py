"""Curves and bars as shapes for inline SVG, whose coordinates know no language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 260


@dataclass(frozen=True, slots=True)
class Mark:
    x: str
    y: str


def polyline(points: Sequence[Mapping[str, float]], x: str, y: str) -> str:
    """Return the `points` of a polyline through shares `x` and `y`, both from 0 to 1."""
    return " ".join(
        f"{_across(point[x])},{_up(point[y])}" for point in points if point[y] is not None
    )


def mark(points: Sequence[Mapping[str, float]], threshold: float) -> Mark | None:
    """Return where the last point at or above `threshold` lies on the share contacted."""
    reached = [point for point in points if point["threshold"] >= threshold]
    if not reached:
        return None
    return Mark(_across(reached[-1]["contacted"]), _up(reached[-1]["recall"]))


def bar(share: float) -> str:
    """Return the width of a bar as a share of a hundred."""
    return f"{100 * min(max(share, 0.0), 1.0):.1f}"


def _across(share: float) -> str:
    return f"{share * WIDTH:.1f}"


def _up(share: float) -> str:
    return f"{(1 - share) * HEIGHT:.1f}"
