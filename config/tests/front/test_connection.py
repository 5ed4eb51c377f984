"""One connection: bytes that come again are answered without parsing, with the same result."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from uvicorn.config import Config
from uvicorn.server import ServerState

from config.front.app import Front
from config.front.protocol import BoundedHttpProtocol
from config.front.worker import FrontWorker
from config.tests.front.client import make_front
from verses.cache import chapter_cache

pytestmark = pytest.mark.django_db(transaction=True)


def request_bytes(reference: str = "John 3:16", *lines: str) -> bytes:
    body = json.dumps({"reference": reference}).encode()
    head = [
        "POST /verse HTTP/1.1",
        "Host: testserver",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *lines,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


class MemoryTransport(asyncio.Transport):
    """Collects what is sent to the client."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5000), "sockname": ("127.0.0.1", 8000)})
        self.sent = b""
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class CountingProtocol(BoundedHttpProtocol):
    """Counts the requests that come to the parser."""

    parsed = 0

    def on_message_begin(self) -> None:
        self.parsed += 1
        super().on_message_begin()


class Connection:
    """A connection to a front, without a socket."""

    def __init__(self, front: Front) -> None:
        config = Config(front, **FrontWorker.CONFIG_KWARGS)
        config.load()
        self.transport = MemoryTransport()
        self.protocol = CountingProtocol(config=config, server_state=ServerState(), app_state={})
        self.protocol.connection_made(self.transport)

    async def send(self, *chunks: bytes, answers: int = 1) -> list[tuple[int, dict[str, Any]]]:
        """Send chunks; return status and JSON of as many answers."""
        self.transport.sent = b""
        for chunk in chunks:
            self.protocol.data_received(chunk)
        found = read_answers(self.transport.sent)
        while len(found) < answers:
            await asyncio.sleep(0.001)
            found = read_answers(self.transport.sent)
        return found


def read_answers(sent: bytes) -> list[tuple[int, dict[str, Any]]]:
    """Return the complete responses in what was sent."""
    answers = []
    while b"\r\n\r\n" in sent:
        head, _end, rest = sent.partition(b"\r\n\r\n")
        lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(lines[b"content-length"])
        if len(rest) < length:
            break
        answers.append((int(head.split()[1]), json.loads(rest[:length])))
        sent = rest[length:]
    return answers


def run(steps: Callable[[Connection], Awaitable[None]]) -> None:
    """Run the steps of a test on a connection, in an event loop of another thread."""

    async def connect() -> None:
        await steps(Connection(make_front()))

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, connect()).result()


def counts(answers: list[tuple[int, dict[str, Any]]]) -> list[int]:
    return [answer["request_count"] for _status, answer in answers]


def test_the_same_bytes_are_parsed_until_they_are_known() -> None:
    async def steps(connection: Connection) -> None:
        answers = [(await connection.send(request_bytes()))[0] for _ in range(5)]

        assert counts(answers) == [1, 2, 3, 4, 5]
        assert connection.protocol.parsed == 2
        texts = {answer["text"] for _status, answer in answers}
        assert len(texts) == 1

    run(steps)


def test_requests_with_their_own_identifier_are_always_parsed() -> None:
    async def steps(connection: Connection) -> None:
        for _ in range(3):
            await connection.send(request_bytes("John 3:16", "X-Request-ID: abc"))

        assert connection.protocol.parsed == 3

    run(steps)


def test_a_known_request_in_two_parts_or_followed_by_another_is_answered() -> None:
    async def steps(connection: Connection) -> None:
        known, other = request_bytes(), request_bytes("John 3:17")
        for _ in range(3):
            await connection.send(known)

        halves = await connection.send(known[:40], known[40:])
        two = await connection.send(known + other, answers=2)
        split = await connection.send(known + other[:30], other[30:], answers=2)
        after = await connection.send(known)

        assert counts(halves + two + split + after) == [4, 5, 1, 6, 2, 7]

    run(steps)


def test_a_known_request_goes_to_django_when_its_chapter_has_changed() -> None:
    async def steps(connection: Connection) -> None:
        for _ in range(3):
            await connection.send(request_bytes())
        chapter_cache.clear()

        assert counts(await connection.send(request_bytes())) == [4]
        assert connection.protocol.parsed == 3

    run(steps)


def test_known_requests_count_against_the_limit_of_the_client(settings: Settings) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 4, "seconds": 60})()

    async def steps(connection: Connection) -> None:
        answers = [(await connection.send(request_bytes()))[0] for _ in range(6)]

        assert [status for status, _answer in answers] == [200, 200, 200, 200, 429, 429]

    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        run(steps)


def test_a_connection_that_sends_known_requests_stays_open() -> None:
    async def steps(connection: Connection) -> None:
        for _ in range(3):
            await connection.send(request_bytes())
        connection.protocol.timeout_keep_alive_handler()
        assert not connection.transport.is_closed

        connection.protocol.timeout_keep_alive = -1
        connection.protocol.timeout_keep_alive_handler()
        assert connection.transport.is_closed

    run(steps)
