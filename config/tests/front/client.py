"""An ASGI client that speaks to the front in this process."""

import asyncio
import gzip
import json
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import brotli
from backports import zstd

from config.front.app import Front, FrontConfig
from config.front.routes import CONFIG

HOST = (b"host", b"testserver")
# The count and the id belong to one request; everything else of a body must be equal.
_OF_ONE_REQUEST = re.compile(rb'"request_(count|id)"\s*:\s*("[^"]*"|\d+)')
# What may differ between two responses to the same request at the same time.
_OF_ONE_RESPONSE = {b"x-request-id", b"date", b"content-length", b"age", b"set-cookie", b"x-noise"}


@dataclass(frozen=True)
class Request:
    """One HTTP request as a client sends it."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def scope(self) -> dict[str, Any]:
        length = ((b"content-length", str(len(self.body)).encode()),) if self.body else ()
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "root_path": "",
            "headers": [HOST, *self.headers, *length],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
            "state": {},
        }


@dataclass(frozen=True)
class Response:
    """One response, and whether Django was involved."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    was_ready: bool

    def header(self, name: str) -> str:
        return dict(self.headers).get(name.encode(), b"").decode()

    def json(self) -> Any:
        return json.loads(self.decoded)

    @property
    def decoded(self) -> bytes:
        coding = self.header("content-encoding") if self.body else ""
        if coding == "gzip":
            return gzip.decompress(self.body)
        if coding == "zstd":
            return zstd.decompress(self.body)
        return bytes(brotli.decompress(self.body)) if coding == "br" else self.body

    def comparable(self) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
        """Return all that two responses to the same request must have in common."""
        headers = sorted(header for header in self.headers if header[0] not in _OF_ONE_RESPONSE)
        # Pages hold counts and form tokens anywhere; none of them is ever ready.
        is_page = self.header("content-type").startswith("text/html")
        body = b"" if is_page else _OF_ONE_REQUEST.sub(b"", self.decoded)
        return self.status, tuple(headers), body


def make_front(**changes: Any) -> Front:
    """Return a front in front of Django, with other settings where `changes` says so."""
    from config.wsgi import application as django  # noqa: PLC0415  after the test settings

    fields = {name: getattr(CONFIG, name) for name in FrontConfig.__dataclass_fields__}
    return Front(django, FrontConfig(**{**fields, **changes}))


def send(front: Front, requests: Iterable[Request]) -> list[Response]:
    """Send requests one after the other, as the protocol does: ready ones first."""

    async def send_all() -> list[Response]:
        return [await _send(front, request) for request in requests]

    # In a thread of its own: the browser of another test may have a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, send_all()).result()


async def _send(front: Front, request: Request) -> Response:
    scope = request.scope()
    answer = front.answer_ready(scope, request.body)
    await asyncio.sleep(0)
    if answer is not None:
        status, lines, body = answer
        headers = tuple(
            (name, value)
            for name, value in (line.split(b": ", 1) for line in lines.split(b"\r\n") if line)
        )
        return Response(status, headers, b"" if request.method == "HEAD" else body, was_ready=True)
    messages: list[dict[str, Any]] = []
    bodies = iter([{"type": "http.request", "body": request.body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(bodies)

    async def collect(message: dict[str, Any]) -> None:
        messages.append(message)

    await front(scope, receive, collect)
    content = b"".join(message.get("body", b"") for message in messages[1:])
    return Response(
        messages[0]["status"],
        tuple(messages[0]["headers"]),
        b"" if request.method == "HEAD" else content,
        was_ready=False,
    )
