"""Drill: every task worker is busy with a long job.

    python benchmarks/drills/busy_workers.py [--seconds 90]

Occupies all worker processes and looks at the heartbeat of the host meanwhile; /ready must not call
the host silent. Exits with 1 if one of the conditions does not hold.
"""

import argparse
import sys
import time

from _service import Service, report, running_service, wait_until

# Three heartbeats.
MAX_AGE_SECONDS = 30.0
_AGE = "SELECT extract(epoch FROM now() - max(beat_at)) FROM churn_workerheartbeat"
_TASKS = "from django_q.tasks import async_task\nfor _ in range(4): async_task('time.sleep', {})"
_WAITING = "SELECT count(*) FROM django_q_ormq"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90.0)
    seconds = parser.parse_args().seconds
    with running_service(("web", "worker")) as service:
        wait_until(lambda: service.query(_AGE) is not None, "the worker beats")
        service.manage("shell", "--verbosity", "0", "-c", _TASKS.format(seconds))
        oldest, states = _observe(service, seconds)
        waiting = int(str(service.query(_WAITING)))
    holds = report(
        f"All workers busy for {seconds:g} s, {waiting} tasks left in the queue",
        {},
        {
            f"the oldest heartbeat is {oldest:.1f} s, below {MAX_AGE_SECONDS:g}": (
                oldest < MAX_AGE_SECONDS
            ),
            f"/ready calls the worker ok ({', '.join(sorted(states))})": states == {"ok"},
            "the workers were busy: tasks waited": waiting > 0,
        },
    )
    return 0 if holds else 1


def _observe(service: Service, seconds: float) -> tuple[float, set[str]]:
    """Return the greatest age of the heartbeat in seconds, and what /ready said of the worker."""
    oldest, states = 0.0, set()
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        oldest = max(oldest, float(str(service.query(_AGE))))
        states.add(service.get("/ready").json()["checks"]["worker"]["status"])
        time.sleep(0.5)
    return oldest, states


if __name__ == "__main__":
    sys.exit(main())
