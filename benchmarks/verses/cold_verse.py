"""Fifty requests in several processes for one cold verse: upstream must get one call.

    python benchmarks/verses/cold_verse.py [--rounds 5] [--processes 4] [--ignore-times]
        [--database URL] [--redis URL]

Then one request for several cold chapters, which upstream answers when all are called at once.
Then fifty requests while the calling process is killed (SIGKILL): the others must respond within
three seconds. Exit code 1 for too many calls or a late response; `--ignore-times`
checks only calls and responses, for a busy machine.
"""

import argparse
import math
import os
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests
from served import Served
from upstream_server import TOGETHER, ScriptedUpstream

READERS = 50
MAX_SECONDS_AFTER_KILL = 3.0
_CLEAN = """
from verses.models import *
for model in (UpstreamState, CallSlot, Lease, Chapter): model.objects.all().delete()
"""


def ask_all(served: Served, chapter: int) -> list[tuple[int | None, float]]:
    """Return status (None: the connection broke) and seconds of each response."""

    def ask(_reader: int) -> tuple[int | None, float]:
        began = time.perf_counter()
        try:
            return served.ask(f"Psalm {chapter}:1", "asv")[0], time.perf_counter() - began
        except requests.ConnectionError:
            return None, time.perf_counter() - began

    with ThreadPoolExecutor(READERS) as readers:
        return list(readers.map(ask, range(READERS)))


def cold(served: Served, upstream: ScriptedUpstream, chapter: int) -> bool:
    """Request a chapter that is not cached; print the responses."""
    upstream.become("slow" if chapter % 2 else "none")
    answers = ask_all(served, chapter)
    right = upstream.made == 1 and all(status == HTTPStatus.OK for status, _seconds in answers)
    slowest = max(seconds for _status, seconds in answers)
    print(
        f"cold verse  {len(answers)} readers  {upstream.made} calls  slowest {slowest:.2f} s"
        f"  {'' if right else 'WRONG ' + str(answers)}",
        flush=True,
    )
    return right


def several(served: Served, upstream: ScriptedUpstream, chapter: int) -> bool:
    """Request as many cold chapters as are fetched at once; print the response."""
    upstream.become("together")
    status, _passage, seconds = served.ask(f"Psalm {chapter}-{chapter + TOGETHER - 1}", "asv")
    right = status == HTTPStatus.OK and set(upstream.calls.values()) == {1}
    print(
        f"cold chapters  {upstream.made} calls at once  {seconds:.2f} s"
        f"  {'' if right else 'WRONG'}",
        flush=True,
    )
    return right


def killed(served: Served, upstream: ScriptedUpstream, chapter: int, *, max_seconds: float) -> bool:
    """Kill the process that calls upstream while the others wait for it."""
    upstream.become("hanging")
    with ThreadPoolExecutor(1) as background:
        waiting = background.submit(ask_all, served, chapter)
        while not upstream.made:
            time.sleep(0.01)
        time.sleep(0.3)
        leader = _caller_of(served, upstream)
        upstream.become("none")
        os.kill(leader, signal.SIGKILL)
        killed_at = time.perf_counter()
        answers = waiting.result()
    late = time.perf_counter() - killed_at
    answered = [status for status, _seconds in answers if status is not None]
    right = late < max_seconds and set(answered) == {HTTPStatus.OK} and upstream.made == 1
    print(
        f"leader killed  {len(answered)} answered 200, {READERS - len(answered)} were in it"
        f"  {upstream.made} further call  all done {late:.2f} s after the kill"
        f"  {'' if right else 'WRONG ' + str(answers)}",
        flush=True,
    )
    return right


def _caller_of(served: Served, upstream: ScriptedUpstream) -> int:
    """Return the process id of the worker with a connection to upstream."""
    port = f"{int(upstream.url.rsplit(':', 1)[1]):04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    inodes = {
        f"socket:[{line.split()[9]}]"
        for line in lines
        if line.split()[2].endswith(f":{port}") and line.split()[3] == "01"
    }
    for worker in served.workers():
        for descriptor in Path(f"/proc/{worker}/fd").iterdir():
            if descriptor.is_symlink() and str(descriptor.readlink()) in inodes:
                return worker
    raise RuntimeError("no worker is calling")


def run(rounds: int, environment: dict[str, Any], *, processes: int, max_seconds: float) -> bool:
    upstream = ScriptedUpstream()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"BIBLE_API_URL": upstream.url, "BIBLE_API_BUDGET": "0", **environment}
        threads = READERS // processes + 1
        with Served(Path(folder), processes=processes, threads=threads, **settings) as served:
            if "DATABASE_URL" in environment:
                served.shell(_CLEAN)
            served.warm_up()
            right = [cold(served, upstream, chapter) for chapter in range(1, rounds + 1)]
            right += [several(served, upstream, chapter) for chapter in (51, 54)]
            right += [
                killed(served, upstream, chapter, max_seconds=max_seconds)
                for chapter in range(101, 101 + rounds)
            ]
    upstream.close()
    return all(right)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--ignore-times", action="store_true")
    parser.add_argument("--database", default="", help="default: SQLite")
    parser.add_argument("--redis", default="", help="default: none, leases are rows")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SECRET_KEY", "a key that only this script uses")
    environment = {"REDIS_URL": options.redis}
    if options.database:
        environment["DATABASE_URL"] = options.database
    max_seconds = math.inf if options.ignore_times else MAX_SECONDS_AFTER_KILL
    is_right = run(
        options.rounds, environment, processes=options.processes, max_seconds=max_seconds
    )
    return int(not is_right)


if __name__ == "__main__":
    sys.exit(main())
