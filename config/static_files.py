"""Storage of static files, and a check that the collected files are up to date."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

STAMP = "collected.sha256"


class GzippedManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed file names and gzip.

    No brotli: at its highest level the scripts of Swagger UI take minutes.
    """

    def create_compressor(self, **options: Any) -> Compressor:
        return super().create_compressor(**options, use_brotli=False)


def fingerprint() -> str:
    """Return a SHA-256 digest of the names and contents of all static files.

    Not of their times, which an image does not keep exactly.
    """
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            content = hashlib.sha256(Path(storage.path(name)).read_bytes()).hexdigest()
            digest.update(f"{name} {content}\n".encode())
    return digest.hexdigest()


def are_collected() -> bool:
    stamp = Path(settings.STATIC_ROOT, STAMP)
    return stamp.is_file() and stamp.read_text() == fingerprint()


def mark_collected() -> None:
    Path(settings.STATIC_ROOT, STAMP).write_text(fingerprint())
