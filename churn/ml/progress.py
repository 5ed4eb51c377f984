"""Progress reporting by callback."""

from collections.abc import Callable
from typing import TypeAlias

# Called with the name of a stage and the fraction of the work done, 0 to 1.
ProgressCallback: TypeAlias = Callable[[str, float], None]


def no_progress(stage: str, fraction: float) -> None:
    """Ignore progress."""


def subrange(on_progress: ProgressCallback, start: float, end: float) -> ProgressCallback:
    """Return a callback that maps fractions 0 to 1 of a step to `start` to `end` of the whole."""

    def report(stage: str, fraction: float) -> None:
        on_progress(stage, start + (end - start) * fraction)

    return report
