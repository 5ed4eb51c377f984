"""Thread counts for training and scoring, on a machine shared with other processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

MIN_ROWS = 20_000  # on fewer rows the threads of XGBoost wait for each other longer than they work


def thread_count(rows: int) -> int:
    """Return the number of threads to use on `rows` rows: one below 20,000, else one per core."""
    if rows < MIN_ROWS:
        return 1
    # The affinity counts the cores of the container, cpu_count those of its host.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Limit linear algebra to one thread.

    On matrices of this size several threads gain nothing, and on a busy machine they spin while
    they wait for each other: forty times the time was measured.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
