"""Encoding, delimiter, decimal mark and header of a text file, inferred from its first bytes."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from churn.exceptions import FileUnreadable
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.headers import find_header

SAMPLE_BYTES = 1 << 20
MAX_COLUMNS = 10_000
# A quote that is never closed makes the rest of a file one field; this bounds its memory.
MAX_FIELD_BYTES = 16 << 20

csv.field_size_limit(MAX_FIELD_BYTES)

_SAMPLE_ROWS = 200
_MIN_ROWS_TO_DROP_ONE = 3
_DELIMITERS = (",", ";", "\t", "|")
# In UTF-16, half of the bytes of Latin text are NUL; in other text files none is.
_MIN_NUL_SHARE_OF_UTF16 = 0.3
_MAX_CONTROL_SHARE = 0.01


_COMPRESSED = _("compressed with {format}; decompress it first")
_SIGNATURES = {
    b"\x89PNG": Message(_("a PNG image")),
    b"\xff\xd8\xff": Message(_("a JPEG image")),
    b"GIF8": Message(_("a GIF image")),
    b"%PDF": Message(_("a PDF document")),
    b"\x1f\x8b": Message(_COMPRESSED, {"format": "gzip"}),
    b"PK\x03\x04": Message(_("a zip archive or an Excel workbook; save the sheet as CSV")),
    b"\xd0\xcf\x11\xe0": Message(_("an old Excel workbook; save the sheet as CSV")),
    b"\x28\xb5\x2f\xfd": Message(_COMPRESSED, {"format": "zstd"}),
    b"BZh": Message(_COMPRESSED, {"format": "bzip2"}),
    b"\xfd7zXZ": Message(_COMPRESSED, {"format": "xz"}),
    b"SQLite format 3": Message(_("an SQLite database")),
}
# UTF-32-LE begins with the mark of UTF-16-LE, so it comes first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_EXCEL_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_COMMA_DECIMAL = re.compile(r"^-?(\d{1,3}(\.\d{3})+|\d+),\d+$")
_POINT_DECIMAL = re.compile(r"^-?(\d{1,3}(,\d{3})+|\d+)\.\d+$")
_TWO_WAYS = re.compile(r"^-?[1-9]\d{0,2}[.,]\d{3}$")  # the mark may separate thousands


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How the bytes of a file are decoded."""

    encoding: str = "utf-8"
    bom_length: int = 0  # bytes of the byte order mark
    newline: str = "\n"  # also for "\r\n"; "\r" for files of the classic Mac OS


@dataclass(frozen=True, slots=True)
class Dialect:
    text_encoding: TextEncoding
    delimiter: str
    decimal: str
    header_lines: int  # file lines up to the end of the header
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # a sample of the rows below the header
    lines_above: int = 0  # rows of titles and notes above a header that was found
    looks_like_data: bool = False  # the first row; the columns are numbered


def is_parquet(path: Path) -> bool:
    """Whether the file begins with the signature of Parquet."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def sniff(path: Path, header_row: int | None = None) -> Dialect:
    """Infer the dialect of a text file from its first SAMPLE_BYTES.

    `header_row` is the line of the header, from 1, or 0 for a file without one, whose columns are
    called column_1 and so on; None to find it.

    Raises
    ------
    FileUnreadable : not text, empty, binary of a known kind, or only one column.
    """
    head = _read_head(path, SAMPLE_BYTES)
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise FileUnreadable(_("The file is not a table: it is {what}."), what=what)
    encoding, bom_length = _infer_encoding(head)
    text = _decode(head[bom_length:], encoding)
    if len(head) == SAMPLE_BYTES and "\n" not in text and "\r" not in text:
        # The header alone is longer than the sample: a wide table has a very long first line.
        head = _read_head(path, MAX_FIELD_BYTES)
        text = _decode(head[bom_length:], encoding)
    _require_text(text)
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    return _infer_dialect(
        text.replace("\r", "\n") if newline == "\r" else text,
        TextEncoding(encoding, bom_length, newline),
        is_whole_file=len(head) == path.stat().st_size,
        header_row=header_row,
    )


def _read_head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _infer_encoding(head: bytes) -> tuple[str, int]:
    """Return the encoding and the length of the byte order mark."""
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name, len(mark)
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = head[offset::2]
        if half.count(0) > _MIN_NUL_SHARE_OF_UTF16 * len(half):
            return name, 0
    return ("utf-8" if _is_mostly_utf8(head) else "cp1252"), 0


def _is_mostly_utf8(head: bytes) -> bool:
    """Whether all bytes are UTF-8, or letters outside ASCII remain without the invalid bytes."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return not head.decode("utf-8", errors="ignore").isascii()
    return True


def _decode(data: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(data)


def _require_text(text: str) -> None:
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise FileUnreadable(
            _(
                "Line {line:,} contains a NUL byte: the file is damaged or not text; export it"
                " again."
            ),
            line=line,
        )
    if len(_CONTROLS.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise FileUnreadable(_("The file is not text; choose a CSV, Excel or Parquet file."))


def _infer_dialect(
    text: str, text_encoding: TextEncoding, *, is_whole_file: bool, header_row: int | None
) -> Dialect:
    start = _line_start(text, header_row) if header_row else 0
    start = len(text) - len(text[start:].lstrip("\r\n"))
    hint = _EXCEL_HINT.match(text, start)
    start = hint.end() if hint else start
    body = text[start:]
    delimiter = hint[1] if hint else _infer_delimiter(body, is_whole_file=is_whole_file)
    rows, ends = _read_rows(body, delimiter, is_whole_file=is_whole_file)
    found = find_header(rows) if rows and header_row is None else 0
    has_header = header_row != 0 and found is not None
    rows, ends = rows[found or 0 :], ends[found or 0 :]
    _require_usable_header(rows)
    names = (f"column_{number}" for number in range(1, len(rows[0]) + 1))
    data = rows[1:] if has_header else rows
    return Dialect(
        text_encoding=text_encoding,
        delimiter=delimiter,
        decimal=_infer_decimal(data),
        header_lines=text[:start].count("\n") + ends[0] * has_header,
        header=tuple(rows[0] if has_header else names),
        rows=tuple(map(tuple, data)),
        lines_above=found or 0,
        looks_like_data=found is None,
    )


def _line_start(text: str, line: int) -> int:
    """Return the position of a line, from 1.

    Raises
    ------
    FileUnreadable : the first SAMPLE_BYTES have fewer lines.
    """
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    if line > len(lines):
        raise FileUnreadable(
            _("The header cannot be on line {line:,}: the first {lines:,} lines were read."),
            line=line,
            lines=len(lines),
        )
    return sum(map(len, lines[: line - 1]))


def _infer_delimiter(body: str, *, is_whole_file: bool) -> str:
    """Choose the delimiter by which most rows have the fields of the header, then the most fields.

    The share of such rows is rounded, so that a few ragged rows do not outweigh the field count.
    """

    def fitness(delimiter: str) -> tuple[float, int]:
        rows, _ = _read_rows(body, delimiter, is_whole_file=is_whole_file)
        rows = rows[find_header(rows) or 0 :] if rows else rows
        field_count = len(rows[0]) if rows else 0
        regular = sum(len(row) == field_count for row in rows[1:])
        share = regular / (len(rows) - 1) if len(rows) > 1 else 1.0
        return (round(share, 1) if field_count > 1 else -1.0, field_count)

    return max(_DELIMITERS, key=fitness)


def _read_rows(
    body: str, delimiter: str, *, is_whole_file: bool
) -> tuple[list[list[str]], list[int]]:
    """Return the first rows that are not blank, and the number of lines up to the end of each."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in reader:
            if any(map(str.strip, row)):
                rows.append(row)
                ends.append(reader.line_num)
            if len(rows) > _SAMPLE_ROWS:
                return rows, ends
    except csv.Error as error:
        raise FileUnreadable(
            _("Line {line:,} cannot be read as CSV; check its quotes and line breaks."),
            line=reader.line_num,
        ) from error
    # The sample may end within a row, so its last row is dropped unless hardly any would be left.
    complete = is_whole_file or len(rows) < _MIN_ROWS_TO_DROP_ONE
    return (rows if complete else rows[:-1]), ends


def _require_usable_header(rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        raise FileUnreadable(_("The file is empty; choose a CSV, Excel or Parquet file."))
    if len(rows[0]) > MAX_COLUMNS:
        raise FileUnreadable(
            _(
                "The header has {count:,} columns; the limit is {most:,}. Remove columns that"
                " the model does not need."
            ),
            count=len(rows[0]),
            most=MAX_COLUMNS,
        )
    if len(rows[0]) == 1:
        raise FileUnreadable(
            _(
                "Only one column was found; separate the columns by a comma, semicolon, tab or |,"
                " or specify the line of the header (header row)."
            )
        )


def _infer_decimal(rows: Iterable[Sequence[str]]) -> str:
    stripped = (cell.strip() for row in rows for cell in row)
    cells = [cell for cell in stripped if not _TWO_WAYS.match(cell)]
    commas = sum(bool(_COMMA_DECIMAL.match(cell)) for cell in cells)
    points = sum(bool(_POINT_DECIMAL.match(cell)) for cell in cells)
    return "," if commas > points else "."
