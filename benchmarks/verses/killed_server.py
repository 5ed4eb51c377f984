"""Counts of the real server whose workers are killed under load, for `counting.py --served`."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from servers import Server, children, service

WORKERS = 2
CONNECTIONS = 32
PASSAGES = 40
SECONDS_BETWEEN_KILLS = 2.0
FLUSH_SECONDS = 30.0
"""The counts must be in the tables by then; web processes flush once a second."""
TRANSLATION = "kjv"


@dataclass
class Tally:
    """Responses received with status 200, and requests sent whose response never came."""

    acknowledged: int = 0
    unanswered: int = 0
    is_over: bool = False


def check(kills: int, seed: int) -> bool:
    """Kill workers under load; return whether each acknowledged request was counted once."""
    with tempfile.TemporaryDirectory() as name, service(Path(name), WORKERS) as server:
        tally = asyncio.run(_load_and_kill(server, kills, random.Random(seed)))  # noqa: S311
        in_all, by_day = _wait_for_counts(Path(name) / "service.sqlite3", tally.acknowledged)
    lost = max(0, tally.acknowledged - in_all)
    twice = max(0, in_all - tally.acknowledged - tally.unanswered)
    print(
        f"{tally.acknowledged} requests acknowledged, "
        f"{tally.unanswered} in progress at {kills} kills"
    )
    print(f"tables: {in_all} in all, {by_day} by day")
    print(f"lost {lost}, counted twice {twice}")
    return bool(tally.acknowledged) and not lost and not twice and in_all == by_day


async def _load_and_kill(server: Server, kills: int, chosen: random.Random) -> Tally:
    tally, port = Tally(), int(server.url.rsplit(":", 1)[1])
    clients = [
        asyncio.create_task(_request_repeatedly(port, tally, random.Random(number)))  # noqa: S311
        for number in range(CONNECTIONS)
    ]
    for _kill in range(kills):
        await asyncio.sleep(SECONDS_BETWEEN_KILLS * chosen.uniform(0.5, 1.5))
        if workers := _workers(server):
            os.kill(chosen.choice(workers), signal.SIGKILL)
    await asyncio.sleep(SECONDS_BETWEEN_KILLS)
    tally.is_over = True
    await asyncio.gather(*clients)
    return tally


def _workers(server: Server) -> list[int]:
    """Return the workers of gunicorn; its master is the first process that was started."""
    master, *_task_worker = children(server.pid)
    return children(master)


async def _request_repeatedly(port: int, tally: Tally, chosen: random.Random) -> None:
    while not tally.is_over:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        await _use_connection(reader, writer, tally, chosen)
        writer.close()


async def _use_connection(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    tally: Tally,
    chosen: random.Random,
) -> None:
    """Send requests until the end of the test or of the connection."""
    while not tally.is_over:
        reference = f"Psalm {chosen.randint(1, PASSAGES)}:1"
        body = json.dumps({"reference": reference, "translation": TRANSLATION}).encode()
        writer.write(
            b"POST /verse HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
        except (OSError, asyncio.IncompleteReadError):
            tally.unanswered += 1
            return
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(head.decode())
        tally.acknowledged += 1


def _wait_for_counts(database: Path, expected: int) -> tuple[int, int]:
    """Return the totals of both tables once they cover `expected` and have stopped changing."""
    deadline, previous = time.monotonic() + FLUSH_SECONDS, (-1, -1)
    while (counts := _read_counts(database)) != previous or counts[0] < expected:
        if time.monotonic() > deadline:
            break
        previous = counts
        time.sleep(3)  # three flushes
    return counts


_IN_ALL = "SELECT sum(total) FROM verses_passagecount WHERE translation_id = ?"
_BY_DAY = """
SELECT sum(count) FROM verses_dailycount
WHERE passage_id IN (SELECT id FROM verses_passagecount WHERE translation_id = ?)
"""


def _read_counts(database: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(database)) as connection:
        in_all, by_day = (
            connection.execute(query, [TRANSLATION]).fetchone()[0] or 0
            for query in (_IN_ALL, _BY_DAY)
        )
    return in_all, by_day
