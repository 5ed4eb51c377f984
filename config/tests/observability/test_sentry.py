import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import pytest

from config.observability.sentry import strip_personal_data

ROOT = Path(__file__).resolve().parents[3]
CRASHING = """
import django
django.setup()
def fail(customer):
    raise ValueError(f"cannot read {customer}")
fail("Ana" + " " + "Pérez")
"""


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[str]]]:
    """Run a fake Sentry server; return its DSN and the list of received bodies."""
    bodies: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(brotli.decompress(sent).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Keep the tests quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://key@127.0.0.1:{server.server_port}/1", bodies
        server.shutdown()


def crash(dsn: str) -> None:
    names = {"SENTRY_DSN": dsn, "DJANGO_SETTINGS_MODULE": "config.settings.base"}
    environment = os.environ | names | {"DJANGO_SECRET_KEY": "a key that only this test uses"}
    subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", CRASHING], cwd=ROOT, env=environment, check=False, timeout=60
    )


@pytest.mark.slow
def test_an_error_is_reported_without_local_values(sentry: tuple[str, list[str]]) -> None:
    dsn, bodies = sentry

    crash(dsn)

    report = next(body for body in bodies if "ValueError" in body)
    assert '"function":"fail"' in report
    assert "Pérez" not in report


def test_a_report_contains_only_the_request_method() -> None:
    request: dict[str, object] = {
        "method": "GET",
        "url": "https://site.test/c/4711",
        "query_string": "customer=4711",
    }

    event = strip_personal_data({"request": request, "level": "error"}, {})

    assert event == {"request": {"method": "GET"}, "level": "error"}
