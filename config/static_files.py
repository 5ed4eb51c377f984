"""Whether the collected static files are those of the installed code."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

STAMP = "collected.sha256"


def fingerprint() -> str:
    """Return a digest of the name, size and time of every static file there is."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def are_collected() -> bool:
    stamp = Path(settings.STATIC_ROOT, STAMP)
    return stamp.is_file() and stamp.read_text() == fingerprint()


def mark_collected() -> None:
    Path(settings.STATIC_ROOT, STAMP).write_text(fingerprint())
