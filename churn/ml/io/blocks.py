"""A text file as blocks of whole rows in UTF-8, a few megabytes at a time.

Memory is bounded by the block, progress and cancellation have a place to happen, and a row's file
line is found only where somebody asks for it. Quotes are taken to enclose whole fields, as RFC 4180
has it; from the first block in which one does not, Python's slower and more forgiving reader takes
over, because polars would run rows together without a word.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn.exceptions import FileUnreadable
from churn.ml.io.dialect import MAX_FIELD_BYTES, TextEncoding

ROW, EXTRA_FIELD = "\0row", "\0extra"  # no file has a column of such a name
MISSING = (
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "NaN",
    "nan",
    "NULL",
    "null",
    "None",
    "none",
    "?",
    "-",
    "s/d",
)

_BLOCK_BYTES = 6 << 20
_BARE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class RowLocations:
    """Where rows of a block lie in the file; each of length (rows asked for)."""

    lines: NDArray[np.int64]  # 1-based, of the row's first line
    widths: list[int]  # fields; 0 for a blank line


@dataclass(frozen=True, slots=True)
class CsvBlock:
    text: bytes  # whole rows whose quotes enclose whole fields
    first_line: int  # file line of its first byte, 1-based
    quotes: NDArray[np.int64] = field(repr=False)  # their positions in `text`
    delimiter: str
    done: float  # share of the file read once this block is
    repaired: bool = False  # held bytes that are not UTF-8

    def scan(self, columns: Sequence[str], missing: Sequence[str]) -> pl.LazyFrame:
        """All `columns` as String, EXTRA for a field too many, and ROW, 0-based in the block.

        Words of `missing` are null.
        """
        return pl.scan_csv(
            self.text,
            has_header=False,
            separator=self.delimiter,
            schema=dict.fromkeys((*columns, EXTRA_FIELD), pl.String),
            null_values=list(missing) or None,
            extra_columns="ignore",
            missing_columns="insert",
            raise_if_empty=False,
            row_index_name=ROW,
            glob=False,
        )

    def locate(self, rows: NDArray[np.int64]) -> RowLocations:
        """Find lines and widths of the given rows."""
        breaks = positions(self.text, b"\n")
        ends = np.append(_unquoted(breaks, self.quotes), len(self.text))
        starts = np.append(0, ends[:-1] + 1)
        spans = zip(starts[rows].tolist(), ends[rows].tolist(), strict=True)
        return RowLocations(
            lines=self.first_line + np.searchsorted(breaks, starts[rows]),
            widths=[self._width(self.text[start:end]) for start, end in spans],
        )

    def _width(self, row: bytes) -> int:
        text = row.decode(errors="replace").rstrip("\r")
        return len(next(csv.reader([text], delimiter=self.delimiter))) if text.strip() else 0


def positions(text: bytes, mark: bytes) -> NDArray[np.int64]:
    """Find every place of a byte."""
    return np.flatnonzero(np.frombuffer(text, np.uint8) == ord(mark))


def _unquoted(marks: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.int64]:
    return marks[np.searchsorted(quotes, marks) % 2 == 0] if len(quotes) else marks


class BlockReader:
    """Iterates over the blocks of a file below its header.

    Raises
    ------
    FileUnreadable : a NUL byte, or a quote that is never closed; the message says on which line.
    """

    def __init__(
        self, path: Path, written: TextEncoding, delimiter: str, header_lines: int
    ) -> None:
        self._chunks = _utf8_chunks(path, written)
        self._delimiter = delimiter
        self._rest = b""
        self._line = 1
        self._done = 0.0
        self._lenient = False
        self._ended = False
        self._skip(header_lines)

    def __iter__(self) -> Iterator[CsvBlock]:
        while not self._ended or self._rest:
            if block := self._next():
                yield block

    def _skip(self, lines: int) -> None:
        while self._rest.count(b"\n") < lines and self._fill():
            pass
        for _ in range(lines):
            _, _, self._rest = self._rest.partition(b"\n")
        self._line += lines

    def _fill(self) -> bool:
        chunk, self._done = next(self._chunks, (b"", 1.0))
        self._ended = not chunk
        self._rest += chunk
        return bool(chunk)

    def _next(self) -> CsvBlock | None:
        if not self._ended:
            self._fill()
        if self._lenient:
            return self._next_lenient()
        quotes = positions(self._rest, b'"')
        end = len(self._rest) if self._ended else _cut(self._rest, quotes)
        inside = quotes[: np.searchsorted(quotes, end)]
        self._lenient = not _quotes_are_rfc4180(self._rest[:end], inside, self._delimiter)
        self._lenient |= not end and len(self._rest) > MAX_FIELD_BYTES
        return self._next_lenient() if self._lenient else self._take(end, inside)

    def _next_lenient(self) -> CsvBlock | None:
        whole_lines = len(self._rest) if self._ended else self._rest.rfind(b"\n") + 1
        text = as_utf8(self._rest[:whole_lines])
        _refuse_nul(text, self._line)
        tidied, lines = requote(text, self._delimiter, self._line, last=self._ended)
        block = self._take(_length_of(lines, self._rest), positions(tidied, b'"'))
        return block and replace(block, text=tidied)

    def _take(self, end: int, quotes: NDArray[np.int64]) -> CsvBlock | None:
        taken, self._rest = self._rest[:end], self._rest[end:]
        start = self._line
        self._line += _count(taken, b"\n")
        _refuse_nul(taken, start)
        return CsvBlock(taken, start, quotes, self._delimiter, self._done) if taken else None


def _quotes_are_rfc4180(text: bytes, quotes: NDArray[np.int64], delimiter: str) -> bool:
    """Whether each quote opens or closes a field, or is doubled inside one."""
    if len(quotes) % 2:
        return False
    marks = np.frombuffer(text, np.uint8)
    opening, closing = quotes[::2], quotes[1::2]
    before = marks[opening[opening > 0] - 1]
    after = marks[closing[closing + 1 < len(marks)] + 1]
    return _all_among(before, f'{delimiter}"\n') and _all_among(after, f'{delimiter}"\r\n')


def _all_among(marks: NDArray[np.uint8], known: str) -> bool:
    table = np.zeros(256, dtype=np.bool_)
    table[list(known.encode())] = True
    return bool(table[marks].all())


def _utf8_chunks(path: Path, written: TextEncoding) -> Iterator[tuple[bytes, float]]:
    size = path.stat().st_size
    decoder = codecs.getincrementaldecoder(written.encoding)(errors="replace")
    with path.open("rb") as file:
        file.seek(written.mark)
        while chunk := file.read(_BLOCK_BYTES):
            text = chunk if written.encoding == "utf-8" else decoder.decode(chunk).encode()
            text = text.replace(b"\r", b"\n") if written.newline == "\r" else text
            yield text, file.tell() / size


def _length_of(lines: int, text: bytes) -> int:
    """Bytes of the first `lines` lines."""
    breaks = positions(text, b"\n")
    return int(breaks[lines - 1]) + 1 if 0 < lines <= len(breaks) else len(text) * bool(lines)


def _count(text: bytes, mark: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord(mark)))


def _cut(text: bytes, quotes: NDArray[np.int64]) -> int:
    """Length of the whole rows at the beginning of `text`."""
    last = text.rfind(b"\n")
    if np.searchsorted(quotes, last) % 2 == 0:
        return last + 1
    ends = _unquoted(positions(text, b"\n"), quotes)
    return int(ends[-1]) + 1 if len(ends) else 0


def as_utf8(text: bytes) -> bytes:
    """Take bytes that are not UTF-8 for Windows-1252."""
    return text.decode("utf-8", errors=_AS_WINDOWS).encode()


def _windows_characters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_AS_WINDOWS = "churn.windows"
codecs.register_error(_AS_WINDOWS, _windows_characters)


def _refuse_nul(text: bytes, first_line: int) -> None:
    at = text.find(b"\0")
    if at >= 0:
        line = first_line + text.count(b"\n", 0, at)
        raise FileUnreadable(
            "Line {line:,} holds a NUL byte: the file is damaged or not text; export it again.",
            line=line,
        )


def requote(text: bytes, delimiter: str, first_line: int, *, last: bool) -> tuple[bytes, int]:
    """Whole rows of `text` written anew with strict quotes, and how many lines they took.

    Python's csv takes a quote for one only at the beginning of a field. Each row keeps its number
    of lines. Unless `last`, the final row may go on in the next block and is left.
    """
    lines = list(io.StringIO(_BARE_RETURN.sub(" ", text.decode()), newline="\n"))
    reader = csv.reader(lines, delimiter=delimiter)
    rows, ends = [], [0]
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise FileUnreadable(
            "Line {line:,} cannot be read as CSV; check its quotes and line breaks.",
            line=first_line + ends[-1],
        ) from error
    open_at = ends[-2] if rows else 0
    if last or len(text) > MAX_FIELD_BYTES:
        _refuse_open_quote(lines[open_at:], delimiter, first_line + open_at)
    if not last:
        rows, ends = rows[:-1], ends[:-1]
    clean = io.StringIO(newline="")
    csv.writer(clean, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return clean.getvalue().encode(), ends[-1]


def _refuse_open_quote(lines: Sequence[str], delimiter: str, line: int) -> None:
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            raise FileUnreadable(
                "Line {line:,} opens a quote that is never closed; close or remove it.", line=line
            ) from error
