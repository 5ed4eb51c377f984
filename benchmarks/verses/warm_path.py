"""CPU time of a warm passage in this process, by part, compared with an empty view.

    python benchmarks/verses/warm_path.py [--requests 2000]

Calls the WSGI application directly, without a socket or a second process. Compare the figures with
each other, not with those of another day. Uses the database of DATABASE_URL.
"""

import argparse
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import prepared  # noqa: F401  before any model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from verses import popularity
from verses.api.serializers import PassageQuery, PassageSerializer
from verses.cache import chapter_cache
from verses.models import ChapterKey
from verses.references import parse
from verses.services.passages import get_passage, read_passage
from verses.services.translations import get_translation
from verses.throttling.shared_windows import SharedRateLimiter

BODY = json.dumps({"reference": "Juan 3:16", "translation": "rv1909"}).encode()


def request(path: str, method: str = "GET", body: bytes = b"") -> None:
    environment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    answer = APPLICATION(environment, note_status)
    b"".join(answer)
    answer.close()


def note_status(status: str, headers: object, error: object = None) -> Callable[[bytes], object]:
    STATUSES.add(status)
    return bytes


def microseconds(work: Callable[[], object], times: int) -> float:
    """Return the microseconds of one call, the best of five rounds."""
    best = float("inf")
    for _round in range(5):
        began = time.process_time()
        for _time in range(times // 5):
            work()
        best = min(best, (time.process_time() - began) / (times // 5))
    return best * 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    times = parser.parse_args().requests
    call_command("migrate", verbosity=0)
    passage = get_passage(reference="Juan 3:16", translation="rv1909")
    found = get_translation("rv1909")
    reference = parse("Juan 3:16")
    limiter = SharedRateLimiter(Path(tempfile.mkdtemp()) / "clients.windows")
    parts: dict[str, Callable[[], object]] = {
        "POST /verse, whole": lambda: request("/verse", "POST", BODY),
        "GET /health, whole": lambda: request("/health"),
        "parse the reference": lambda: parse("Juan 3:16"),
        "chapter from memory": lambda: chapter_cache.get_chapter(ChapterKey("rv1909", "JHN", 3)),
        "count the request": lambda: popularity.count("rv1909", "John.3.16"),
        "passage by service": lambda: read_passage(reference, found),
        "check the input": lambda: PassageQuery(
            data={"reference": "Juan 3:16", "translation": "rv1909"}
        ).is_valid(),
        "write the JSON": lambda: PassageSerializer(passage).data,
        "limit of a client": lambda: limiter.hit("127.0.0.1", 10**9, 60),
    }
    for name, work in parts.items():
        work()
        with CaptureQueriesContext(connection) as queries:
            work()
        print(f"{name:22} {microseconds(work, times):8.1f} us  {len(queries)} queries")
    print(STATUSES)
    return 0


STATUSES: set[str] = set()
APPLICATION = get_wsgi_application()

if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(ALLOWED_HOSTS=["*"], VERSES_THROTTLE=None, VERSES_COUNTS_DIR=folder),
    ):
        sys.exit(main())
