"""How static files are stored, and whether those collected are those of the installed code."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

STAMP = "collected.sha256"


class GzippedManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names and gzip; brotli's best would take minutes for the documentation's scripts."""

    def create_compressor(self, **options: Any) -> Compressor:
        return super().create_compressor(**options, use_brotli=False)


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
