"""A scripted upstream: the chapter route of bible-api.com, with faults."""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANGING_SECONDS = 30.0
SLOW_SECONDS = 1.5
TOGETHER = 3
_HUGE_BYTES = 50 * 2**20


class ScriptedUpstream:
    """A server that responds with `fault` to each call; `calls` counts them by path."""

    def __init__(self) -> None:
        self.fault = "none"
        self.calls: Counter[str] = Counter()
        self.together = threading.Barrier(TOGETHER)
        self._released = threading.Event()
        handler = type("Handler", (_Handler,), {"script": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def made(self) -> int:
        return self.calls.total()

    def become(self, fault: str) -> None:
        """Respond with `fault` from now on, and reset the counts."""
        self._released.set()
        self._released = threading.Event()
        self.fault = fault
        self.calls.clear()

    def hang(self) -> None:
        self._released.wait(HANGING_SECONDS)

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()


def chapter(path: str, *, shift: int = 0) -> bytes:
    """Return the JSON of the chapter of a path; `shift` makes it another chapter."""
    _empty, _data, translation, book, number = path.split("/")
    verses = [
        {
            "book_id": book,
            "book": book,
            "chapter": int(number) + shift,
            "verse": verse,
            "text": f"{translation} {book} {number}:{verse} as fetched\n",
        }
        for verse in range(1, 61)
    ]
    return json.dumps({"translation": {"identifier": translation}, "verses": verses}).encode()


class _Handler(BaseHTTPRequestHandler):
    """One connection; the methods are named for the faults."""

    script: ScriptedUpstream
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.script.calls[self.path] += 1
        self.close_connection = True
        try:
            getattr(self, f"answer_{self.script.fault}")()
        except OSError:
            return  # the client may close the connection at any time

    def answer_none(self) -> None:
        self._send(200, chapter(self.path))

    def answer_slow(self) -> None:
        time.sleep(SLOW_SECONDS)
        self.answer_none()

    def answer_together(self) -> None:
        """Answer as soon as as many calls as TOGETHER are waiting."""
        self.script.together.wait(HANGING_SECONDS)
        self.answer_none()

    def answer_hanging(self) -> None:
        self.script.hang()

    def answer_dropped(self) -> None:
        self.connection.close()

    def answer_dripping(self) -> None:
        """Send one byte a second: no single read times out."""
        body = chapter(self.path)
        self._head(200, len(body))
        for byte in body:
            self.wfile.write(bytes([byte]))
            time.sleep(1)

    def answer_too_many(self) -> None:
        self._send(429, b"Retry later\n", kind="text/plain")

    def answer_banned(self) -> None:
        self._send(403, b"Forbidden\n", kind="text/plain")

    def answer_broken(self) -> None:
        self._send(500, b"Internal Server Error", kind="text/plain")

    def answer_html(self) -> None:
        self._send(200, b"<html><body>Welcome to nginx!</body></html>", kind="text/html")

    def answer_truncated(self) -> None:
        body = chapter(self.path)
        self._head(200, len(body))
        self.wfile.write(body[: len(body) // 2])

    def answer_half_json(self) -> None:
        body = chapter(self.path)
        self._send(200, body[: len(body) // 2])

    def answer_error_with_200(self) -> None:
        self._send(200, b'{"error":"not found"}')

    def answer_null(self) -> None:
        self._send(200, b"null")

    def answer_wrong_chapter(self) -> None:
        self._send(200, chapter(self.path, shift=1))

    def answer_huge(self) -> None:
        self._head(200, _HUGE_BYTES)
        for _part in range(_HUGE_BYTES // 2**16):
            self.wfile.write(b" " * 2**16)

    def answer_elsewhere(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"http://localhost:{self.server.server_port}{self.path}")  # type: ignore[attr-defined]  # it is an HTTPServer
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_missing(self) -> None:
        self._send(404, b'{"error":"book/chapter not found"}')

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self._head(status, len(body), kind)
        self.wfile.write(body)

    def _head(self, status: int, length: int, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Log nothing; `calls` has the counts."""
