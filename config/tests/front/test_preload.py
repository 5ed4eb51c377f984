"""A worker that was forked from the loaded application imports nothing for its first request."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
REQUEST = """
import json, os, sys
from io import BytesIO
from wsgiref.util import setup_testing_defaults

if (child := os.fork()) == 0:
    import django
    django.setup()
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    os._exit(0)
os.waitpid(child, 0)

from config.asgi import django as application
from django.conf import settings

settings.BIBLE_API_URL = "http://127.0.0.1:9"  # nothing listens there
before = set(sys.modules)
body = json.dumps({"reference": "Juan 3:16", "translation": "kjv"}).encode()
environ = {
    "REQUEST_METHOD": "POST", "PATH_INFO": "/verse", "CONTENT_TYPE": "application/json",
    "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body), "HTTP_ACCEPT_ENCODING": "br",
    "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost",
}
setup_testing_defaults(environ)
statuses = []
b"".join(application(environ, lambda status, headers: statuses.append(status)))
print(json.dumps([statuses, sorted(set(sys.modules) - before)]))
"""


def test_the_first_request_imports_nothing(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }
    done = subprocess.run(  # noqa: S603  fixed command
        [sys.executable, "-c", REQUEST],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == [["200 OK"], []]
