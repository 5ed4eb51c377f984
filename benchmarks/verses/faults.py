"""Responses, calls and times under every fault of upstream.

    python benchmarks/verses/faults.py [--only hanging,html] [--processes 4] [--ignore-times]

The application is started again for each fault. Eight concurrent requests are sent for each of
three passages: embedded but never fetched, cached but stale, and neither. Exit code 1 if a request
that could be served was not, or took too long; `--ignore-times` checks only responses, for a busy
machine.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from served import Served
from upstream_server import ScriptedUpstream

FAULTS = (
    "none",
    "slow",
    "hanging",
    "dropped",
    "dripping",
    "too_many",
    "banned",
    "broken",
    "html",
    "truncated",
    "half_json",
    "error_with_200",
    "null",
    "wrong_chapter",
    "huge",
    "elsewhere",
    "missing",
)
READERS = 8
MAX_WAIT_SECONDS = 12.0
MAX_SERVED_WAIT_SECONDS = 2.5
KINDS = {
    "embedded": ("John 3:16", "kjv"),
    "stale": ("John 3:16", "asv"),
    "nowhere": ("John 4:1", "asv"),
}
_RESET = """
from datetime import timedelta
from django.utils import timezone
from verses.cache import chapter_cache
from verses.cache import chapter_cache
from verses.models import *
chapter_cache.translations.all()
for model in (UpstreamState, CallSlot, Lease, Chapter): model.objects.all().delete()
key, verses = ChapterKey("asv", "JHN", 3), {16: "an old wording"}
Chapter.objects.store(key, verses, timezone.now() - timedelta(60))
"""


@dataclass(frozen=True)
class Outcome:
    """Responses to the requests for one passage."""

    statuses: tuple[int, ...]
    labels: tuple[str, ...]
    slowest: float


def outcome(served: Served, kind: str) -> Outcome:
    with ThreadPoolExecutor(READERS) as readers:
        answers = list(readers.map(lambda _reader: served.ask(*KINDS[kind]), range(READERS)))
    labels = {body.get("freshness", body.get("code", "")) for _status, body, _seconds in answers}
    return Outcome(
        tuple(sorted({status for status, _body, _seconds in answers})),
        tuple(sorted(labels)),
        max(seconds for _status, _body, seconds in answers),
    )


def expected(fault: str, kind: str) -> set[int]:
    """Return the allowed statuses: only a passage in no layer may be unavailable."""
    if fault in ("none", "slow"):
        return {200}
    if fault == "missing":
        return {404} if kind != "stale" else {200, 404}
    return {503} if kind == "nowhere" else {200}


def try_fault(
    fault: str, folder: Path, upstream: ScriptedUpstream, *, processes: int, ignore_times: bool
) -> bool:
    """Print a line per passage; return whether all responses are as expected."""
    upstream.become(fault)
    is_right = True
    with Served(folder, processes=processes, BIBLE_API_URL=upstream.url) as served:
        served.shell(_RESET)
        served.warm_up()
        for kind in KINDS:
            before = upstream.made
            found = outcome(served, kind)
            limit = (
                MAX_WAIT_SECONDS
                if kind == "nowhere" or fault == "slow"
                else MAX_SERVED_WAIT_SECONDS
            )
            is_timely = ignore_times or found.slowest < limit
            right = set(found.statuses) <= expected(fault, kind) and is_timely
            is_right = is_right and right
            print(
                f"{fault:15} {kind:9} {'/'.join(map(str, found.statuses)):8}"
                f" {'/'.join(found.labels):22} calls {upstream.made - before:2}"
                f"  slowest {found.slowest:6.2f} s  {'' if right else 'WRONG'}",
                flush=True,
            )
    return is_right


def run(faults: Iterable[str], *, processes: int, ignore_times: bool) -> bool:
    upstream = ScriptedUpstream()
    is_right = True
    for fault in faults:
        with tempfile.TemporaryDirectory() as folder:
            was_right = try_fault(
                fault, Path(folder), upstream, processes=processes, ignore_times=ignore_times
            )
            is_right = was_right and is_right
    upstream.close()
    return is_right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(FAULTS))
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--ignore-times", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SECRET_KEY", "a key that only this script uses")
    began = time.perf_counter()
    is_right = run(
        options.only.split(","), processes=options.processes, ignore_times=options.ignore_times
    )
    print(f"{time.perf_counter() - began:.0f} s in all")
    return int(not is_right)


if __name__ == "__main__":
    sys.exit(main())
