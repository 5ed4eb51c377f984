"""Slow, over-long and malformed requests, against a real server on a socket."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60

SERVER = """
import sys
import uvicorn
from config.front import bodies, protocol
from config.front.app import Front, FrontConfig
from config.front.protocol import BoundedHttpProtocol
from config.front.worker import FrontWorker

protocol.HEADER_TIMEOUT_SECONDS = bodies.CHUNK_TIMEOUT_SECONDS = 1.0

def django(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

config = FrontConfig(
    ready_prefixes=(), canonical=lambda scope, body: None, admit=lambda scope: True,
    pools={"all": 4}, pool_of=lambda path: "all",
    max_body_bytes=lambda path: 100_000, max_ready_bytes=1000, on_startup=lambda: None,
)
options = {**FrontWorker.CONFIG_KWARGS, "limit_concurrency": 100}
uvicorn.run(Front(django, config), port=int(sys.argv[1]), log_level="error", **options)
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    code = f"import django; django.setup()\n{SERVER}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    server = subprocess.Popen(  # noqa: S603  fixed command
        [sys.executable, "-c", code, str(number)], cwd=ROOT, env=environment
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", number), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield number
    server.terminate()
    server.wait(20)


def exchange(port: int, request: bytes) -> bytes:
    """Send bytes; return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(request)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    connection.settimeout(10)
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def status_of(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


CLOSE = b"Host: localhost\r\nConnection: close\r\n"


def post(port: int, body: bytes) -> bytes:
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    return exchange(port, b"POST /echo HTTP/1.1\r\n" + CLOSE + length + body)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + 9000 * b"x" + b" HTTP/1.1\r\n" + CLOSE + b"\r\n", 414),
        (b"GET /caf\xc3\xa9 HTTP/1.1\r\n" + CLOSE + b"\r\n", 400),
        (b"GET http://other.example/ HTTP/1.1\r\n" + CLOSE + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + CLOSE + b"X-Large: " + 40000 * b"x" + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + CLOSE + 150 * b"X-Many: 1\r\n" + b"\r\n", 431),
        (b"TRACE / HTTP/1.1\r\n" + CLOSE + b"\r\n", 405),
        (b"no HTTP at all\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: -5\r\n\r\n", 400),
    ],
    ids=["url", "non-ascii", "absolute", "header", "headers", "trace", "garbage", "length"],
)
def test_a_refused_request_gets_problem_details(port: int, request_: bytes, status: int) -> None:
    response = exchange(port, request_)

    head, _blank, body = response.partition(b"\r\n\r\n")
    assert status_of(response) == status
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["status"] == status


def test_a_body_arrives_whole(port: int) -> None:
    body = bytes(range(256)) * 300

    assert post(port, body).endswith(b"\r\n\r\n" + body)


def test_a_body_in_pieces_arrives_whole(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 6\r\n\r\nabc")
        time.sleep(0.1)
        connection.sendall(b"def")
        response = read_all(connection)

    assert response.endswith(b"abcdef")


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(port: int) -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 100001\r\n\r\n"

    assert status_of(exchange(port, head)) == 413


def test_a_chunked_body_beyond_the_limit_is_refused(port: int) -> None:
    head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"2710\r\n" + 10_000 * b"x" + b"\r\n" for _number in range(11))

    assert status_of(exchange(port, head + chunks + b"0\r\n\r\n")) == 413


def test_a_slow_body_is_given_up(port: int) -> None:
    response = exchange(port, b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 10\r\n\r\nhalf")

    assert status_of(response) == 408


def test_a_slow_header_is_given_up(port: int) -> None:
    assert exchange(port, b"GET / HTTP/1.1\r\nHost: loc") == b""


def test_half_sent_bodies_do_not_hold_up_others(port: int) -> None:
    with ExitStack() as stack:
        for _number in range(40):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            slow.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")

        assert post(port, b"whole").endswith(b"whole")


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    first = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n1"
    last = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 1\r\n\r\n2"

    bodies = exchange(port, first + last).split(b"HTTP/1.1 200 OK")

    assert [part[-1:] for part in bodies[1:]] == [b"1", b"2"]


def test_health_needs_no_thread(port: int) -> None:
    response = exchange(port, b"GET /health HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert response.endswith(b"\r\n\r\nok")
