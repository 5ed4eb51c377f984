"""Test settings: of the developer's environment, only the database and Redis URLs are used."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.update(
    DJANGO_SECRET_KEY="a key for tests only",  # noqa: S106  not a secret
    DJANGO_DEBUG="false",
    DJANGO_ALLOWED_HOSTS="*",
    DJANGO_BEHIND_TLS="false",
    DJANGO_TRUSTED_PROXIES="0",
    BIBLE_API_URL="https://bible.test",
    BIBLE_API_BUDGET="15/30s",
    VERSES_FRESH_FOR="30d",
    VERSES_THROTTLE="0",
    MAX_UPLOAD_MB="16",
    MAX_UNPACKED_MB="64",
    LOG_LEVEL="INFO",
    LOG_FORMAT="json",
    SENTRY_DSN="",
)
os.environ.setdefault("REDIS_URL", "")
os.environ.setdefault("DATABASE_URL", "sqlite:///var/test.sqlite3")

from config.observability.logs import configuration
from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, LOG_FORMAT, LOG_LEVEL, Q_CLUSTER, STORAGES, VAR_DIR

LOGGING = configuration(LOG_LEVEL, LOG_FORMAT, repeat_seconds=0)  # of each test, not once
STATIC_ROOT = VAR_DIR / "test-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = VAR_DIR / "test-media"
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
Q_CLUSTER["sync"] = True
VERSES_BACKGROUND_WORK = False
PORT = 0  # any free one
READY_DEADLINE_SECONDS = None  # threads would not see the transaction of a test
READY_MAX_AGE_SECONDS = 0.0
OBSERVED_FIGURES = False  # their threads would lock the tables of SQLite in memory
VERSES_COUNTS_DIR = Path(tempfile.mkdtemp(prefix="counts-"))
atexit.register(shutil.rmtree, VERSES_COUNTS_DIR, ignore_errors=True)
