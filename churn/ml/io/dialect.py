"""What a file is, guessed from its first bytes: encoding, delimiter, decimal mark, header."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from churn.exceptions import FileUnreadable
from churn.ml.i18n.messages import Told

SAMPLE_BYTES = 1 << 20
MAX_COLUMNS = 10_000
MAX_FIELD_BYTES = 16 << 20  # bytes

csv.field_size_limit(MAX_FIELD_BYTES)

_HEADER_BYTES = MAX_FIELD_BYTES
_SAMPLE_ROWS = 200
_TOO_FEW_TO_DROP = 3
_DELIMITERS = (",", ";", "\t", "|")
_NULS_OF_UTF16 = 0.3
_MAX_CONTROL_CHARACTERS = 0.01


def _compressed(how: str) -> Told:
    return Told(
        f"{how}-compressed; decompress it first", f"comprimido con {how}; descomprímalo antes"
    )


_SIGNATURES = {
    b"\x89PNG": Told("a PNG picture", "una imagen PNG"),
    b"\xff\xd8\xff": Told("a JPEG picture", "una imagen JPEG"),
    b"GIF8": Told("a GIF picture", "una imagen GIF"),
    b"%PDF": Told("a PDF document", "un documento PDF"),
    b"\x1f\x8b": _compressed("gzip"),
    b"PK\x03\x04": Told(
        "a zip archive or an Excel workbook; save the sheet as CSV",
        "un archivo zip o un libro de Excel; guarde la hoja como CSV",
    ),
    b"\xd0\xcf\x11\xe0": Told(
        "an old Excel workbook; save the sheet as CSV",
        "un libro de Excel antiguo; guarde la hoja como CSV",
    ),
    b"\x28\xb5\x2f\xfd": _compressed("zstd"),
    b"BZh": _compressed("bzip2"),
    b"\xfd7zXZ": _compressed("xz"),
    b"SQLite format 3": Told("an SQLite database", "una base de datos SQLite"),
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_EXCEL_HINT = re.compile(r"^sep=(.)\r?\n", re.IGNORECASE)
_COMMA_DECIMAL = re.compile(r"^-?(\d{1,3}(\.\d{3})+|\d+),\d+$")
_POINT_DECIMAL = re.compile(r"^-?(\d{1,3}(,\d{3})+|\d+)\.\d+$")


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How text lies in the bytes."""

    encoding: str = "utf-8"
    mark: int = 0  # bytes of the byte order mark
    newline: str = "\n"  # also for "\r\n"; "\r" for files of old Macintoshes


@dataclass(frozen=True, slots=True)
class Dialect:
    written: TextEncoding
    delimiter: str
    decimal: str
    header_lines: int  # file lines up to the end of the header
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # a sample of the rows below the header


def is_parquet(path: Path) -> bool:
    """Tell a Parquet file by its first bytes."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def sniff(path: Path) -> Dialect:
    """Read a sample of a text file and say how it is written.

    Raises
    ------
    FileUnreadable : not text, empty, binary of a known kind, or only one column.
    """
    head = _head(path, SAMPLE_BYTES)
    _refuse_known_binaries(head)
    encoding, mark = _encoding(head)
    text = _decode(head[mark:], encoding)
    if len(head) == SAMPLE_BYTES and "\n" not in text and "\r" not in text:
        head = _head(path, _HEADER_BYTES)
        text = _decode(head[mark:], encoding)
    _refuse_binary(text)
    whole = len(head) == path.stat().st_size
    old_mac = "\r" in text and "\n" not in text
    if old_mac:
        text = text.replace("\r", "\n")
    written = TextEncoding(encoding, mark, "\r" if old_mac else "\n")
    return _dialect(text, written, whole=whole)


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _refuse_known_binaries(head: bytes) -> None:
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise FileUnreadable("The file is not a table: it is {what}.", what=what)


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = head[offset::2]
        if half.count(0) > _NULS_OF_UTF16 * len(half):
            return name, 0
    return ("utf-8" if _is_mostly_utf8(head) else "cp1252"), 0


def _is_mostly_utf8(head: bytes) -> bool:
    """Whether all bytes are UTF-8, or some letters are and a few bytes are damaged."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return not head.decode("utf-8", errors="ignore").isascii()
    return True


def _decode(data: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(data)


def _refuse_binary(text: str) -> None:
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise FileUnreadable(
            "Line {line:,} holds a NUL byte: the file is damaged or not text; export it again.",
            line=line,
        )
    if len(_CONTROLS.findall(text)) > _MAX_CONTROL_CHARACTERS * len(text):
        raise FileUnreadable("The file is not text; choose a CSV or Parquet file.")


def _dialect(text: str, written: TextEncoding, *, whole: bool) -> Dialect:
    skipped, hinted = _preamble(text)
    body = text[skipped:]
    delimiter = hinted or _delimiter(body, whole=whole)
    rows, header_lines = _rows(body, delimiter, whole=whole)
    _refuse_unusable_header(rows)
    return Dialect(
        written=written,
        delimiter=delimiter,
        decimal=_decimal(rows[1:]),
        header_lines=text[:skipped].count("\n") + header_lines,
        header=tuple(rows[0]),
        rows=tuple(tuple(row) for row in rows[1:]),
    )


def _preamble(text: str) -> tuple[int, str]:
    """Length of blank lines and Excel's `sep=` hint before the header, and the hint."""
    skipped = len(text) - len(text.lstrip("\r\n"))
    hint = _EXCEL_HINT.match(text[skipped:])
    return (skipped + hint.end(), hint[1]) if hint else (skipped, "")


def _delimiter(body: str, *, whole: bool) -> str:
    """Choose the delimiter by which most rows are as wide as the header, then the widest."""

    def fitness(delimiter: str) -> tuple[float, int]:
        rows, _ = _rows(body, delimiter, whole=whole)
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows[1:])
        share = alike / (len(rows) - 1) if len(rows) > 1 else 1.0
        return (round(share, 1) if width > 1 else -1.0, width)

    return max(_DELIMITERS, key=fitness)


def _rows(body: str, delimiter: str, *, whole: bool) -> tuple[list[list[str]], int]:
    """Read the first rows that are not blank; count the lines the first of them takes."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    header_lines = 0
    try:
        for row in reader:
            header_lines = header_lines or reader.line_num
            if any(map(str.strip, row)):
                rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                return rows, header_lines
    except csv.Error as error:
        raise FileUnreadable(
            "Line {line:,} cannot be read as CSV; check its quotes and line breaks.",
            line=reader.line_num,
        ) from error
    return (rows if whole or len(rows) < _TOO_FEW_TO_DROP else rows[:-1]), header_lines


def _refuse_unusable_header(rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        raise FileUnreadable("The file is empty; choose a CSV or Parquet file with a header.")
    if len(rows[0]) > MAX_COLUMNS:
        raise FileUnreadable(
            "The header names {count:,} columns; at most {most:,} can be read: leave out those the"
            " model does not need.",
            count=len(rows[0]),
            most=MAX_COLUMNS,
        )
    if len(rows[0]) == 1:
        raise FileUnreadable(
            "Only one column was found; separate the columns by a comma, semicolon, tab or |."
        )


def _decimal(rows: Iterable[Sequence[str]]) -> str:
    cells = [cell.strip() for row in rows for cell in row]
    commas = sum(bool(_COMMA_DECIMAL.match(cell)) for cell in cells)
    points = sum(bool(_POINT_DECIMAL.match(cell)) for cell in cells)
    return "," if commas > points else "."
