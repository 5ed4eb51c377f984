"""Files in storage: counted and hashed while they are written."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop as _

from churn.exceptions import UploadTooLarge

_CHUNK_BYTES = 1 << 20
# One of customers or records, and one of zones.
_MAX_FILES = 2
_MAX_FORM_BYTES = 1 << 20  # field names, file names and boundaries
_MAX_NAME_LENGTH = 200


class HashedFile(File[Any]):
    """A file that counts and hashes the bytes read from it, up to `limit` of them."""

    def __init__(self, content: IO[Any], limit: int) -> None:
        super().__init__(content)
        self._content = content
        self._limit = limit
        self._hash = hashlib.sha256()
        self.count = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the content.

        Raises
        ------
        UploadTooLarge : it has more than `limit` bytes.
        """
        self._content.seek(0)  # validation of the form may have read it
        while chunk := self._content.read(chunk_size or _CHUNK_BYTES):
            self._hash.update(chunk)
            self.count += len(chunk)
            if self.count > self._limit:
                raise _too_large(self._limit)
            yield chunk


def _too_large(limit: int) -> UploadTooLarge:
    return UploadTooLarge(
        _("The file exceeds the upload limit of {limit} MB; split it."), limit=limit // 2**20
    )


def check_content_length(content_length: str | None, limit: int) -> None:
    """Check the Content-Length of a request before any of it is read.

    A missing or malformed length passes; `store` counts the bytes in any case.

    Raises
    ------
    UploadTooLarge : it is above `limit` bytes.
    """
    if content_length and content_length.isdecimal() and int(content_length) > limit:
        raise _too_large(limit)


def max_request_bytes() -> int:
    """Return the limit of a request with a file and its zones, form fields included."""
    return _MAX_FILES * settings.MAX_UPLOAD_BYTES + _MAX_FORM_BYTES


@contextmanager
def new_folder(kind: str) -> Iterator[str]:
    """Yield the name of a new folder in storage; delete the folder if the block fails."""
    # Random, since names of users may collide or harm, and ids are not known yet.
    folder = f"churn/{kind}/{uuid4().hex}"
    try:
        yield folder
    except BaseException:
        delete_folder(folder)
        raise


def store(content: IO[Any], name: str, limit: int | None = None) -> HashedFile:
    """Write `content` under `name`; return its size and hash.

    Raises
    ------
    UploadTooLarge : it exceeds `limit` bytes, by default MAX_UPLOAD_BYTES; nothing is stored.
    """
    hashed = HashedFile(content, settings.MAX_UPLOAD_BYTES if limit is None else limit)
    try:
        default_storage.save(name, hashed)
    except BaseException:
        default_storage.delete(name)
        raise
    return hashed


def delete_folder(folder: str) -> None:
    """Delete a folder in storage with all its files; it need not exist."""
    with suppress(FileNotFoundError):
        shutil.rmtree(default_storage.path(folder))


def parent_folder(name: str) -> str:
    return str(PurePosixPath(name).parent)


def absolute_path(name: str) -> Path | None:
    """Return the path of a stored file on disk; None for an empty name."""
    return Path(default_storage.path(name)) if name else None


def display_name(name: str | None) -> str:
    """Return the last part of a file name without characters that harm display or storage."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable())
    return printable.encode("utf-8", "ignore").decode().strip()[:_MAX_NAME_LENGTH] or "file"
