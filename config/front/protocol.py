"""HTTP on a connection: bounded time and size, and ready responses before any task is made."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from prometheus_client import Gauge
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from config.front.ready import Answer

# From the connection, or the first byte of a later request, to the end of the headers.
HEADER_TIMEOUT_SECONDS = 20.0
# The first and the last are Apache's defaults, so clients and proxies keep to them.
MAX_URL_BYTES = 8_190
MAX_HEADER_BYTES = 32_768
MAX_HEADERS = 100

CONNECTIONS = Gauge("web_connections", "Open connections of clients", multiprocess_mode="livesum")

_METHODS_REFUSED = (b"TRACE", b"CONNECT")


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses slow, over-long and malformed requests with problem details (RFC 9457).

    A request that is complete when its headers are, and has a ready response, is answered in the
    same step of the event loop: making a task for it would cost as much as the answer. If the same
    bytes come again, they are not parsed again.
    """

    app: Any  # uvicorn takes any ASGI application; this one is a `config.front.app.Front`

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._header_timer: asyncio.TimerHandle | None = None
        self._header_bytes = 0
        self._refusal: HTTPStatus | None = None
        self._unstarted: tuple[RequestResponseCycle, Any] | None = None
        self._is_parsing = False
        self._is_between_messages = True
        self._messages = 0
        self._carried: dict[str, Any] = {}
        self._answered_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        CONNECTIONS.inc()
        self._start_header_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_header_timer()
        CONNECTIONS.dec()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        starts_message = self._is_between_messages
        if starts_message and self._answer_known(data):
            return
        self._messages = 0
        self._is_parsing = True
        try:
            super().data_received(data)
        finally:
            self._is_parsing = False
        if self._unstarted is not None:
            cycle, app = self._unstarted
            self._unstarted = None
            if cycle.more_body or not self._send_ready(cycle):
                super()._start_asgi_task(cycle, app)
            elif starts_message and self._is_between_messages and self._messages == 1:
                self.app.remember(data, cycle.scope, bytes(cycle.body))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self._is_parsing and app is self.app:
            self._unstarted = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _answer_known(self, data: bytes) -> bool:
        """Answer bytes that are a whole request which has been parsed before."""
        cycle = self.cycle
        if cycle is None or not (cycle.response_complete and cycle.keep_alive):
            return False
        if self.flow.write_paused or self.transport.is_closing():
            return False
        answer, self._carried = self.app.answer_known(data, self.client)
        if answer is None:
            return False
        self._write(answer)
        self.server_state.total_requests += 1
        # A new timer would cost as much as all the rest of the connection's work.
        self._answered_at = self.loop.time()
        return True

    def _send_ready(self, cycle: RequestResponseCycle) -> bool:
        if not cycle.keep_alive or self.flow.write_paused or self.transport.is_closing():
            return False
        answer = self.app.answer_ready(cycle.scope, bytes(cycle.body))
        if answer is None:
            return False
        self._write(answer)
        cycle.response_started = cycle.response_complete = True
        self.on_response_complete()
        return True

    def _write(self, answer: Answer) -> None:
        status, headers, body = answer
        lines = [name + b": " + value for name, value in self.server_state.default_headers]
        self.transport.write(b"\r\n".join((STATUS_LINE[status][:-2], *lines, headers)) + body)

    def timeout_keep_alive_handler(self) -> None:
        idle = self.loop.time() - self._answered_at
        if idle < self.timeout_keep_alive:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive - idle, self.timeout_keep_alive_handler
            )
        else:
            super().timeout_keep_alive_handler()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        # After an upgrade the parser takes nothing for a request.
        self._is_between_messages = not self.parser.should_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope.update(self._carried)  # type: ignore[typeddict-item]  # keys of the application
        self._is_between_messages = False
        self._messages += 1
        self._header_bytes = 0
        if self._header_timer is None:
            self._start_header_timer()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_URL_BYTES:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        # The absolute form is for proxies; its host would bypass the check of ALLOWED_HOSTS.
        if not url.isascii() or not self.url.startswith((b"/", b"*")):
            self._refuse(HTTPStatus.BAD_REQUEST)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > MAX_HEADER_BYTES or len(self.headers) > MAX_HEADERS:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._stop_header_timer()
        if self.parser.get_method() in _METHODS_REFUSED:
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        status = self._refusal or HTTPStatus.BAD_REQUEST
        self.transport.write(problem_response(status, self.server_state.default_headers))
        self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        """Stop the parser; it calls `send_400_response` for any error of a callback."""
        self._refusal = status
        raise ValueError(status.phrase)

    def _start_header_timer(self) -> None:
        self._header_timer = self.loop.call_later(HEADER_TIMEOUT_SECONDS, self._end_slow_request)

    def _stop_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _end_slow_request(self) -> None:
        self._header_timer = None
        if not self.transport.is_closing():
            self.transport.close()


def problem_response(status: HTTPStatus, headers: list[tuple[bytes, bytes]]) -> bytes:
    """Return a whole response for a request that has no scope, and so no identifier of its own."""
    body = problem_body(status, status.name.lower(), status.description or status.phrase, "")
    lines = [
        STATUS_LINE[status],
        *(name + b": " + value + b"\r\n" for name, value in headers),
        b"content-type: application/problem+json\r\n",
        b"content-length: %d\r\n" % len(body),
        b"connection: close\r\n\r\n",
        body,
    ]
    return b"".join(lines)


def problem_body(status: HTTPStatus, code: str, detail: str, request_id: str) -> bytes:
    """Return problem details as `config.errors` writes them, where Django is not involved."""
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    return json.dumps(problem).encode()
