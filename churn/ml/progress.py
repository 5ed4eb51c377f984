"""Progress of a part of the work as a part of the whole."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, float], None]


def quiet(stage: str, fraction: float) -> None:
    """Report no progress."""


def within(progress: Progress, start: float, end: float) -> Progress:
    """Report fractions 0 to 1 of a part as `start` to `end` of the whole."""

    def step(stage: str, fraction: float) -> None:
        progress(stage, start + (end - start) * fraction)

    return step
