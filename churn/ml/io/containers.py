"""Tables in zip files, gzip files and Excel workbooks, written to files that `source` reads.

A container is recognised by its content. What is written is counted while it is written, since the
sizes in a container may be wrong; a small file can unpack to more than the disk holds.
"""

import gzip
import lzma
import mmap
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from churn.exceptions import FileUnreadable, UploadTooLarge
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.names import format_names
from churn.ml.io.workbooks import convert_workbook

_CHUNK_BYTES = 1 << 20
# zipfile keeps the whole directory in memory, as about ten times its bytes.
_MAX_DIRECTORY_BYTES = 4 << 20
_END_OF_DIRECTORY, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_BYTES, _LOCATOR_BYTES, _END_64_BYTES, _MAX_COMMENT_BYTES = 22, 20, 56, 65_535
_TAR_MAGIC, _TAR_MAGIC_OFFSET = b"ustar", 257

_GZIP, _ZIP, _OLE = b"\x1f\x8b", (b"PK\x03\x04", _END_OF_DIRECTORY), b"\xd0\xcf\x11\xe0"
_ENCRYPTED_WORKBOOK = "EncryptedPackage".encode("utf-16-le")
_IS_ENCRYPTED = 0x1
_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".parquet"})
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
_OTHER_WORKBOOKS = {
    "xl/workbook.bin": _("a binary Excel workbook (.xlsb); save it as .xlsx or CSV"),
    "content.xml": _("an OpenDocument file (.ods); save the sheet as .xlsx or CSV"),
}
# What zipfile and gzip raise for damaged bytes and unknown methods of compression.
_DAMAGE = (
    BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, struct.error,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
_DAMAGED_ZIP = _("The zip archive is damaged; create it again.")
_DAMAGED_GZIP = _("The gzip file is damaged or incomplete; create it again.")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The file a table was written to, and what the user should know about it."""

    path: Path
    remarks: tuple[Message, ...] = ()


def unpack(path: Path, folder: Path, limit: int) -> Unpacked | None:
    """Write the table in a container to a new file in `folder`; None if `path` is no container.

    A workbook may be in a zip or gzip file; other containers in containers are refused. `limit` is
    the most bytes a file written may have, including the content of a workbook before conversion.

    Raises
    ------
    FileUnreadable : damaged, encrypted, or not exactly one table.
    UploadTooLarge : the content has more than `limit` bytes.
    """
    outer = _unpack_one(path, folder / "unpacked", limit)
    if outer is None or not _is_container(outer.path):
        return outer
    if not _is_workbook(outer.path):
        raise FileUnreadable(
            _("The archive contains another archive; unpack it and choose the table itself.")
        )
    inner = convert_workbook(outer.path, folder / "converted", limit)
    return Unpacked(folder / "converted", (*outer.remarks, *inner))


def _unpack_one(path: Path, target: Path, limit: int) -> Unpacked | None:
    head = _read_head(path)
    if head.startswith(_GZIP):
        _unpack_gzip(path, target, limit)
        return Unpacked(target)
    if head.startswith(_ZIP):
        if _is_workbook(path):
            return Unpacked(target, convert_workbook(path, target, limit))
        return Unpacked(target, _unpack_zip(path, target, limit))
    if head.startswith(_OLE):
        _require_no_password(path)
    return None


def _read_head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_TAR_MAGIC_OFFSET + len(_TAR_MAGIC))


def _is_container(path: Path) -> bool:
    head = _read_head(path)
    return head.startswith((_GZIP, *_ZIP)) or head[_TAR_MAGIC_OFFSET:] == _TAR_MAGIC


def _is_workbook(path: Path) -> bool:
    """Whether a zip file is an Excel workbook.

    Raises
    ------
    FileUnreadable : it is another kind of workbook, or damaged.
    """
    if not _read_head(path).startswith(_ZIP):
        return False
    with _open_zip(path) as archive:
        names = set(archive.namelist())
    for name, what in _OTHER_WORKBOOKS.items():
        if name in names and names & {"[Content_Types].xml", "mimetype"}:
            raise FileUnreadable(_("The file cannot be read: it is {what}."), what=Message(what))
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names


def _require_no_password(path: Path) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_ENCRYPTED_WORKBOOK) >= 0:
            raise FileUnreadable(
                _("The workbook is protected by a password; save a copy without the password.")
            )


def _unpack_gzip(path: Path, target: Path, limit: int) -> None:
    with gzip.open(path) as content:
        _write(_chunks(content, _DAMAGED_GZIP), target, limit)


def _unpack_zip(path: Path, target: Path, limit: int) -> tuple[Message, ...]:
    with _open_zip(path) as archive:
        member, others = _find_table(archive.infolist())
        if member.flag_bits & _IS_ENCRYPTED:
            raise FileUnreadable(
                _("The zip archive is protected by a password; create it without one.")
            )
        if member.file_size > limit:
            raise _too_large(limit)
        try:
            content = archive.open(member)
        except _DAMAGE as error:
            raise FileUnreadable(_DAMAGED_ZIP) from error
        with content:
            _write(_chunks(content, _DAMAGED_ZIP), target, limit)
    name = _printable(member.filename)
    remark = _("read `{name}` of the zip archive, and left out its other files")
    return (Message.of(remark, name=name),) if others else ()


def _find_table(members: Sequence[ZipInfo]) -> tuple[ZipInfo, bool]:
    """Return the only table of a zip file, and whether there are other files.

    Raises
    ------
    FileUnreadable : there is none, or more than one.
    """
    files = [one for one in members if not one.is_dir() and not _is_of_system(one.filename)]
    named = [one for one in files if _suffix(one.filename) in _TABLE_SUFFIXES]
    # A text such as README.txt next to a table is no table.
    named = [one for one in named if _suffix(one.filename) != ".txt"] or named
    tables = files if len(files) == 1 else named
    if len(tables) == 1:
        return tables[0], len(files) > 1
    if not files:
        raise FileUnreadable(_("The zip archive contains no file; add the table to it."))
    names = [_printable(one.filename) for one in tables or files]
    raise FileUnreadable(
        _("The zip archive must contain exactly one table; it has {names}. Remove the others."),
        names=format_names(names),
    )


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _is_of_system(name: str) -> bool:
    """Whether an operating system added the file to the archive."""
    *folders, last = PurePosixPath(name.replace("\\", "/")).parts or ("",)
    return "__MACOSX" in folders or last.startswith(".") or last.lower() in _SYSTEM_FILES


def _printable(name: str) -> str:
    return "".join(character for character in name if character.isprintable())


def _open_zip(path: Path) -> ZipFile:
    """Open a zip file; its directory is read.

    Raises
    ------
    FileUnreadable : it is damaged, or has too many members.
    """
    if _directory_bytes(path) > _MAX_DIRECTORY_BYTES:
        raise FileUnreadable(
            _("The zip archive has too many files; create one that contains only the table.")
        )
    try:
        return ZipFile(path)
    except _DAMAGE as error:
        raise FileUnreadable(_DAMAGED_ZIP) from error


def _directory_bytes(path: Path) -> int:
    """Return the size of the directory, at the places where zipfile looks for it."""
    tail_bytes = _MAX_COMMENT_BYTES + _END_BYTES + _LOCATOR_BYTES + _END_64_BYTES
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - tail_bytes))
        tail = file.read()
    end = tail.rfind(_END_OF_DIRECTORY)
    if end < 0 or len(tail) < end + _END_BYTES:
        return 0
    locator, end_64 = end - _LOCATOR_BYTES, end - _LOCATOR_BYTES - _END_64_BYTES
    if end_64 >= 0 and tail[locator:].startswith(_LOCATOR_64):
        return int.from_bytes(tail[end_64 + 40 : end_64 + 48], "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little")


def _chunks(content: IO[bytes] | gzip.GzipFile, damaged: str) -> Iterator[bytes]:
    while True:
        try:
            chunk = content.read(_CHUNK_BYTES)
        except _DAMAGE as error:
            raise FileUnreadable(damaged) from error
        if not chunk:
            return
        yield chunk


def _write(chunks: Iterator[bytes], target: Path, limit: int) -> None:
    written = 0
    with target.open("xb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > limit:
                raise _too_large(limit)
            file.write(chunk)


def _too_large(limit: int) -> UploadTooLarge:
    return UploadTooLarge(
        _("The file unpacks to more than {limit:,} MB, the limit; split the table."),
        limit=limit // 2**20,
    )
