"""Counts requests while workers are killed at random: none may be lost or counted twice.

    python benchmarks/verses/counting.py [--requests 100000] [--kills 300] [--seed 1] [--served]

With `--served`, workers of the server that `make run` starts are killed under load, and the tables
are compared with the responses that clients received. Without it:

Uses the database of DATABASE_URL and migrates it. Every worker records in a ledger what it is about
to count and what it has counted. A request in between when its worker was killed may be counted or
not, every other request exactly once. Exit code 1 if not.
"""

import argparse
import math
import mmap
import os
import random
import signal
import sys
import tempfile
import time

import killed_server
import prepared  # noqa: F401  before any model
from django.core.management import call_command
from django.db import connections
from django.test.utils import override_settings

from verses import popularity
from verses.cache import chapter_cache
from verses.models import DailyCount, PassageCount
from verses.services import background

PROCESSES = 4
PASSAGES = [f"Ps.{psalm}.1" for psalm in range(1, 41)]
KILL_EVERY = 0.02
_CELLS = 1 << 14


class Ledger:
    """Two shared numbers per worker: requests about to be counted, and counted."""

    def __init__(self) -> None:
        self._cells = memoryview(mmap.mmap(-1, _CELLS * 8)).cast("Q")

    def intend(self, worker: int) -> None:
        self._cells[2 * worker] += 1

    def done(self, worker: int) -> None:
        self._cells[2 * worker + 1] += 1

    def totals(self) -> tuple[int, int]:
        return sum(self._cells[0::2].tolist()), sum(self._cells[1::2].tolist())


def work(ledger: Ledger, worker: int, seed: int) -> None:
    """Count until killed, flushing in the background like a web process."""
    background.TICK_SECONDS = 0.02
    background.start_once()
    chosen = random.Random(seed)  # noqa: S311  not a secret
    while True:
        osis = chosen.choice(PASSAGES)
        ledger.intend(worker)
        popularity.count("web", osis)
        ledger.done(worker)


def start(ledger: Ledger, worker: int, seed: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work(ledger, worker, seed + worker)
        finally:
            os._exit(1)
    return pid


def run(requests: int, kills: int, seed: int) -> Ledger:
    """Kill and replace workers at random until both numbers are reached."""
    ledger, fate = Ledger(), random.Random(seed)  # noqa: S311
    pids = [start(ledger, worker, seed) for worker in range(PROCESSES)]
    born = PROCESSES
    while ledger.totals()[1] < requests or born < kills:
        time.sleep(fate.uniform(0, 2 * KILL_EVERY))
        place = fate.randrange(PROCESSES)
        os.kill(pids[place], signal.SIGKILL)
        os.waitpid(pids[place], 0)
        pids[place] = start(ledger, born, seed)
        born += 1
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return ledger


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--served", action="store_true", help="kill workers of the real server")
    options = parser.parse_args()
    if options.served:
        return int(not killed_server.check(options.kills, options.seed))
    call_command("migrate", verbosity=0)
    chapter_cache.translations.all()
    before = PassageCount.objects.total_requests()
    connections.close_all()
    began = time.perf_counter()
    ledger = run(options.requests, options.kills, options.seed)
    seconds = time.perf_counter() - began
    popularity.flush(timeout=math.inf)
    intended, counted = ledger.totals()
    in_all = PassageCount.objects.total_requests() - before
    by_day = sum(DailyCount.objects.values_list("count", flat=True)) - before
    lost, twice = max(0, counted - in_all), max(0, in_all - intended)
    print(f"{counted} requests counted, {intended - counted} in progress at {options.kills} kills")
    print(f"tables: {in_all} in all, {by_day} by day, after {seconds:.1f} s")
    print(f"lost {lost}, counted twice {twice}")
    return int(bool(lost or twice or in_all != by_day))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, override_settings(VERSES_COUNTS_DIR=folder):
        sys.exit(main())
