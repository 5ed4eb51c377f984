"""Progress of a part of the work as a part of the whole."""

from collections.abc import Callable
from typing import TypeAlias

ProgressCallback: TypeAlias = Callable[[str, float], None]


def no_progress(stage: str, fraction: float) -> None:
    """Report no progress."""


def subrange(progress: ProgressCallback, start: float, end: float) -> ProgressCallback:
    """Report fractions 0 to 1 of a part as `start` to `end` of the whole."""

    def step(stage: str, fraction: float) -> None:
        progress(stage, start + (end - start) * fraction)

    return step
