"""The comparison with a running server, against a server of the recorded responses."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import responses
from pytest_django.live_server_helper import LiveServer

from verses.tests.conftest import DATA, recorded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "benchmarks" / "verses" / "side_by_side.py"
ENTRIES: dict[str, dict[str, Any]] = {entry["path"]: entry for entry in recorded("index")}


class Recorded(BaseHTTPRequestHandler):
    """Answers the recorded requests; `replaced` is a change of the bodies."""

    replaced = (b"\0", b"")

    def do_GET(self) -> None:
        entry = ENTRIES[self.path]
        body = (DATA / "upstream" / f"{entry['name']}.json").read_bytes().replace(*self.replaced)
        self.send_response(entry["status"])
        self.send_header("Content-Type", entry["content_type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Log nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def compare(
    live_server: LiveServer,
    server: ThreadingHTTPServer,
    upstream: responses.RequestsMock,
    tmp_path: Path,
) -> Any:
    """Return a function that runs the script on the recorded requests."""
    verse = {"book_id": "JHN", "book": "John", "chapter": 3, "verse": 16, "text": "a text"}
    upstream.get(
        "https://bible.test/data/ylt/JHN/3",
        json={"translation": {"identifier": "ylt"}, "verses": [verse]},
    )
    paths = tmp_path / "paths.txt"
    # That of Young comes first: editions answer the others also while no call is allowed.
    paths.write_text("\n".join(sorted(ENTRIES, key=lambda path: "ylt" not in path)))

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  our own script
            [
                *(sys.executable, str(SCRIPT), "--pause", "0", "--paths", str(paths)),
                *("--upstream", f"http://127.0.0.1:{server.server_port}"),
                *("--ours", f"{live_server.url}/bible-api"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_recorded_responses_have_no_unintended_difference(compare: Any) -> None:
    done = compare()

    assert done.returncode == 0, done.stdout + done.stderr
    assert "equal 30, intended 1" in done.stdout
    assert "we have more translations" in done.stdout


def test_another_reference_is_a_difference(compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recorded, "replaced", (b'"Romans 12:1-2"', b'"Romans 12:1,2"'))

    done = compare()

    assert done.returncode == 1
    assert "reference: /romans+12:1-2" in done.stdout
