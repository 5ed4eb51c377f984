"""Drill: a table is locked, or the database is silent, while probes go on.

    python benchmarks/drills/locked_table.py [--seconds 20]

Locks the table of worker heartbeats, sends 60 probes of /ready at once, and meanwhile measures
/health, a warm verse and /metrics; then the same with a database that accepts bytes and never
answers. Exits with 1 if one of the conditions does not hold.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from _service import WARM, Answers, Service, measure, report, running_service

from config.readiness import MAX_AGE_SECONDS

# A page that reads the database.
PAGE = "/"
PROBES = 60
# Requests that never wait for a thread; the machine of a drill is busy.
MAX_SECONDS = 0.5
# The deadline of the checks, and of the figures that are computed at a scrape.
MAX_OPERATIONS_SECONDS = 6.0
# The silence after which a page gives up, with its look at the server and a queue of one.
MAX_PAGE_SECONDS = 15.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    with running_service() as service:
        for _request in range(20):  # both processes keep the response
            service.get(WARM)
            service.get("/metrics")
        holds = [
            _drill(service, "A locked table", _locked_table, seconds, ready=200),
            _drill(service, "A silent database", _silence, seconds, ready=503),
        ]
    return 0 if all(holds) else 1


def _drill(
    service: Service,
    title: str,
    fault: Callable[[Service], AbstractContextManager[None]],
    seconds: float,
    ready: int,
) -> bool:
    probes = Answers("/ready, 60 at once")

    def probe() -> None:
        answer = service.get("/ready")
        probes.statuses.append(answer.status_code)
        probes.seconds.append(answer.elapsed.total_seconds())

    paths = ["/health", WARM, "/metrics"]
    with fault(service):
        time.sleep(MAX_AGE_SECONDS)  # a result from before the fault may be shown for so long
        threads = [threading.Thread(target=probe) for _ in range(PROBES)]
        for thread in threads:
            thread.start()
        found = measure(service, [*paths, PAGE], seconds)
        for thread in threads:
            thread.join()
    found[probes.path] = probes
    return report(
        title,
        found,
        {
            "/health, warm verses and /metrics are all answered": all(
                found[path].all_ok for path in paths
            ),
            f"/health and warm verses within {MAX_SECONDS:g} s": all(
                found[path].slowest < MAX_SECONDS for path in paths[:2]
            ),
            f"/metrics within {MAX_OPERATIONS_SECONDS:g} s": (
                found["/metrics"].slowest < MAX_OPERATIONS_SECONDS
            ),
            f"every probe gets {ready} within {MAX_OPERATIONS_SECONDS:g} s": (
                set(probes.statuses) == {ready} and probes.slowest < MAX_OPERATIONS_SECONDS
            ),
            f"a page is answered within {MAX_PAGE_SECONDS:g} s": (
                found[PAGE].slowest < MAX_PAGE_SECONDS
            ),
        },
    )


@contextmanager
def _locked_table(service: Service) -> Iterator[None]:
    with psycopg.connect(service.database_url) as connection:
        connection.execute("LOCK TABLE churn_workerheartbeat IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def _silence(service: Service) -> Iterator[None]:
    service.proxy.silence()
    try:
        yield
    finally:
        service.proxy.restore()


if __name__ == "__main__":
    sys.exit(main())
