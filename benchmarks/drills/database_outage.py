"""Drill: the database is away for minutes, while clients read warm verses.

    python benchmarks/drills/database_outage.py [--seconds 300]

Half of the time its server refuses connections, the other half it is silent. Every request of a
warm verse must be answered and be in the tables afterwards, and the log must stay readable. Exits
with 1 if one of the conditions does not hold.
"""

import argparse
import json
import math
import sys
from collections import Counter
from contextlib import suppress

from _service import WARM, Answers, Service, measure, report, running_service, wait_until

# In memory too, from an edition that upstream does not have.
WARM_ELSEWHERE = "/verse?reference=Juan+3:16&translation=rv1909"
PATHS = [WARM, WARM_ELSEWHERE, "/bible-api/John+3:16"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    seconds = parser.parse_args().seconds
    with running_service() as service:
        sent = len(PATHS) * 20
        for _request in range(20):  # both processes keep the responses
            for path in PATHS:
                service.get(path).raise_for_status()
        service.proxy.drop()
        refused = measure(service, PATHS, seconds / 2)
        service.proxy.restore()
        service.proxy.silence()
        silent = measure(service, PATHS, seconds / 2)
        service.proxy.restore()
        sent += sum(len(one.statuses) for found in (refused, silent) for one in found.values())
        flushed = _wait_for_counts(service, sent)
        counted = _counted(service)
        errors = _errors_per_second(service)
        holds = [
            report("The database refuses connections", refused, _conditions(refused)),
            report("The database is silent", silent, _conditions(silent)),
            report(
                f"Afterwards: {sent} requests, in the tables {flushed:.1f} s after the outage",
                {},
                {
                    f"each request is counted exactly once ({counted} are)": counted == sent,
                    f"at most one ERROR line in a second (most: {errors})": errors <= 1,
                },
            ),
        ]
    return 0 if all(holds) else 1


def _conditions(found: dict[str, Answers]) -> dict[str, bool]:
    return {"every request is answered with 200": all(one.all_ok for one in found.values())}


def _wait_for_counts(service: Service, sent: int) -> float:
    with suppress(RuntimeError):
        return wait_until(lambda: _counted(service) >= sent, "the counts are in the tables", 30)
    return math.inf


def _counted(service: Service) -> int:
    total = service.query("SELECT coalesce(sum(total), 0) FROM verses_passagecount")
    return int(str(total))


def _errors_per_second(service: Service) -> int:
    """Return the most ERROR lines that one second has, over all processes."""
    seconds: Counter[str] = Counter()
    for line in service.log.read_text().splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if entry.get("level") == "error":
            seconds[entry["timestamp"][:19]] += 1
    return max(seconds.values(), default=0)


if __name__ == "__main__":
    sys.exit(main())
