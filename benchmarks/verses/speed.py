"""Requests per second and CPU per request of the verse service, compared with other servers.

    PYTHONPATH=. python benchmarks/verses/speed.py [--quick] [--seconds 5] [--rounds 3]
        [--output FOLDER]

Needs wrk. Everything runs on this machine in one call, in turn and repeated, because absolute
figures drift; the ratios to a bare Django view in the same round are what counts. The service runs
as `manage.py serve` starts it, with a database, counts and an upstream of its own.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import requests
from ladder import draw_ladder
from loads import LOADS, Load, cold_chapters, write_script
from servers import Server, bare_django, first_version, hello, nginx, service

CONNECTIONS = (1, 16, 64, 256, 1000)
USUAL_CONNECTIONS = 64
WARM_UP_SECONDS = {"zipf": 30, "mix": 6}
"""Seconds before the first measurement of a load, until its passages were asked for; else 2."""
COLD_TRANSLATIONS = ("asv", "darby", "ylt")
"""None is embedded. Each cold measurement needs another one."""
COLD_CLIENTS = 16


@dataclass(frozen=True)
class Result:
    """One measurement with wrk; times in milliseconds, CPU in microseconds per request."""

    server: str
    load: str
    connections: int
    workers: int
    requests_per_second: float
    cpu_microseconds: float
    p50: float
    p99: float
    p999: float
    errors: int
    memory_megabytes: float


def measure(server: Server, load: Load, connections: int, seconds: int) -> Result:
    """Put a load on a server, and read its processes' CPU time before and after."""
    with tempfile.TemporaryDirectory() as folder:
        script = write_script(load, Path(folder))
        command = [
            *("wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s"),
            *("-s", str(script), server.url),
        ]
        before = server.cpu_seconds()
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        used = server.cpu_seconds() - before
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    return Result(
        server=server.name,
        load=load.name,
        connections=connections,
        workers=server.workers,
        requests_per_second=figures["requests"] / figures["seconds"],
        cpu_microseconds=used / max(figures["requests"], 1) * 1e6,
        p50=figures["p50"] / 1000,
        p99=figures["p99"] / 1000,
        p999=figures["p999"] / 1000,
        errors=figures["errors"],
        memory_megabytes=server.memory_megabytes(),
    )


@contextmanager
def servers(folder: Path, workers: int) -> Iterator[list[Server]]:
    """Start everything that is measured, the service first."""
    makers: list[Callable[[Path, int], AbstractContextManager[Server]]] = [
        service,
        bare_django,
        hello,
    ]
    if find_spec("fastapi") and find_spec("sqlalchemy"):
        makers.append(first_version)
    if shutil.which("nginx"):
        makers.append(nginx)
    with ExitStack() as stack:
        yield [stack.enter_context(make(folder, workers)) for make in makers]


def run(seconds: int, rounds: int, *, quick: bool) -> list[Result]:
    """Measure every load, the servers in turn within each round."""
    results = []
    for workers in (2,) if quick else (2, 4):
        with tempfile.TemporaryDirectory() as folder, servers(Path(folder), workers) as started:
            own, *rivals = started
            for load in LOADS.values():
                measure(own, load, USUAL_CONNECTIONS, WARM_UP_SECONDS.get(load.name, 2))
            for round_number in range(rounds):
                results += [
                    measure(rival, LOADS["post"], USUAL_CONNECTIONS, seconds) for rival in rivals
                ]
                for load in LOADS.values():
                    results.append(measure(own, load, USUAL_CONNECTIONS, seconds))
                    print_result(results[-1])
                if round_number < len(COLD_TRANSLATIONS):
                    print_cold(own, COLD_TRANSLATIONS[round_number])
            for connections in () if quick else CONNECTIONS:
                results.append(measure(own, LOADS["post"], connections, seconds))
                print_result(results[-1])
    return results


def measure_cold(server: Server, translation: str) -> list[float]:
    """Return the sorted milliseconds of chapters that upstream must be asked for, each once."""
    session = requests.Session()

    def ask(chapter: str) -> float:
        began = time.perf_counter()
        query = {"reference": chapter, "translation": translation}
        session.post(f"{server.url}/verse", json=query, timeout=20).raise_for_status()
        return (time.perf_counter() - began) * 1000

    with ThreadPoolExecutor(COLD_CLIENTS) as pool:
        return sorted(pool.map(ask, cold_chapters()))


def print_cold(server: Server, translation: str) -> None:
    cpu, began = server.cpu_seconds(), time.perf_counter()
    times = measure_cold(server, translation)
    seconds, used = time.perf_counter() - began, server.cpu_seconds() - cpu
    print(
        f"{server.name:14} cold         {COLD_CLIENTS:5} connections {server.workers} workers "
        f"{len(times) / seconds:9,.0f}/s {used / len(times) * 1e6:7.0f} us  "
        f"p50 {statistics.median(times):.0f} p99 {times[int(len(times) * 0.99)]:.0f} ms",
        flush=True,
    )


def print_result(result: Result) -> None:
    print(
        f"{result.server:14} {result.load:12} {result.connections:5} connections "
        f"{result.workers} workers {result.requests_per_second:9,.0f}/s "
        f"{result.cpu_microseconds:7.1f} us  p50 {result.p50:.1f} p99 {result.p99:.1f} "
        f"p99.9 {result.p999:.1f} ms  errors {result.errors}  {result.memory_megabytes:.0f} MB",
        flush=True,
    )


def summarize(results: list[Result], workers: int = 2) -> list[dict[str, float | str]]:
    """Return a row per server and load: medians, and ratios to bare Django with their spread."""
    usual = [
        result
        for result in results
        if result.connections == USUAL_CONNECTIONS and result.workers == workers
    ]
    bare = [result for result in usual if result.server == "bare django"]
    rows: list[dict[str, float | str]] = []
    for server, load in dict.fromkeys((result.server, result.load) for result in usual):
        own = [result for result in usual if (result.server, result.load) == (server, load)]
        pairs = list(zip(own, bare, strict=False))
        faster = [one.requests_per_second / other.requests_per_second for one, other in pairs]
        rows.append(
            {
                "server": server,
                "load": load,
                "requests/s": statistics.median(result.requests_per_second for result in own),
                "CPU us": statistics.median(result.cpu_microseconds for result in own),
                "p99 ms": statistics.median(result.p99 for result in own),
                "ratio": statistics.median(faster),
                "lowest ratio": min(faster),
                "highest ratio": max(faster),
                "CPU ratio": statistics.median(
                    other.cpu_microseconds / one.cpu_microseconds for one, other in pairs
                ),
            }
        )
    return rows


def print_table(rows: list[dict[str, float | str]]) -> None:
    print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        cells = (f"{cell:,.2f}" if isinstance(cell, float) else cell for cell in row.values())
        print("| " + " | ".join(cells) + " |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="two workers, 64 connections only")
    parser.add_argument("--output", type=Path, help="a folder for results.json and ladder.svg")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is missing; on Debian: apt install wrk", file=sys.stderr)
        return 2
    print(f"{platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    results = run(options.seconds, options.rounds, quick=options.quick)
    rows = summarize(results)
    print_table(rows)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        stored = json.dumps([asdict(result) for result in results], indent=1)
        (options.output / "results.json").write_text(stored)
        (options.output / "ladder.svg").write_text(draw_ladder(rows))
    return int(any(result.errors for result in results if result.load != "mix"))


if __name__ == "__main__":
    sys.exit(main())
