"""How many threads a piece of work is worth, on a machine shared with others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

MIN_ROWS = 20_000


def thread_count(rows: int) -> int:
    """Cores worth using on so many rows: below 20,000 waiting for each other costs more."""
    if rows < MIN_ROWS:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Keep linear algebra to one thread.

    On matrices as small as ours several threads gain nothing, and beside a busy neighbour they spin
    while they wait for each other: forty times the time was measured.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
