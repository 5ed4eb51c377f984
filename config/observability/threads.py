"""How many threads of each pool are busy, against how many there are."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prometheus_client import Gauge

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_THREADS = Gauge(
    "web_threads",
    "Threads for requests that need Django, by pool",
    ["pool", "state"],
    multiprocess_mode="livesum",
)


def count_threads(
    application: Application, pools: Mapping[str, int], pool_of: Callable[[str], str]
) -> Application:
    """Return a WSGI application that counts the threads in it; `pools` has their limits."""
    busy = {pool: _THREADS.labels(pool, "busy") for pool in pools}

    def counted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with busy[pool_of(environ["PATH_INFO"])].track_inprogress():
            return application(environ, start_response)

    return counted


def report_limits(pools: Mapping[str, int]) -> None:
    """Set the size of each pool; called once in every web process."""
    for pool, size in pools.items():
        _THREADS.labels(pool, "limit").set(size)
        _THREADS.labels(pool, "busy").set(0)
