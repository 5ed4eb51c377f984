"""Files in storage: written once while their bytes are counted and hashed."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from churn.exceptions import UploadTooLarge

_CHUNK_BYTES = 1 << 20
_MAX_NAME_LENGTH = 200


class HashedFile(File[Any]):
    """A file that hashes and counts what is read from it, and stops at the size allowed."""

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
        UploadTooLarge : there is more of it than allowed.
        """
        self._content.seek(0)
        while chunk := self._content.read(chunk_size or _CHUNK_BYTES):
            self._hash.update(chunk)
            self.count += len(chunk)
            if self.count > self._limit:
                raise UploadTooLarge(too_large(self._limit))
            yield chunk


def too_large(limit: int) -> str:
    told = _("The file exceeds the upload limit of %s MB; split it.")
    return told % (limit // 2**20)


def check_content_length(stated: str | None, limit: int) -> None:
    """Refuse a request by the length it states, before any of it is read.

    Raises
    ------
    UploadTooLarge : it is above `limit` bytes.
    """
    if stated and stated.isdecimal() and int(stated) > limit:
        raise UploadTooLarge(too_large(limit))


def new_folder(kind: str) -> str:
    """Return a name in storage that nothing else uses and that tells nothing of its content."""
    return f"churn/{kind}/{uuid4().hex}"


def store(content: IO[Any], name: str, limit: int | None = None) -> HashedFile:
    """Write `content` under `name`; return its size and hash.

    Raises
    ------
    UploadTooLarge : it exceeds `limit` bytes, or MAX_UPLOAD_BYTES; nothing is left in storage.
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
    """Return where a stored file lies; None for no name."""
    return Path(default_storage.path(name)) if name else None


def display_name(name: str | None) -> str:
    """Return the last part of a file's name as it may be stored and shown."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    printable = "".join(sign for sign in last if sign.isprintable())
    return printable.encode("utf-8", "ignore").decode().strip()[:_MAX_NAME_LENGTH] or "file"
