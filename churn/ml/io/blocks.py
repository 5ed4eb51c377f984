"""A text file as UTF-8 blocks of whole rows, a few megabytes at a time.

A block bounds memory, gives progress and cancellation a place, and lets the file line of a row be
computed only when it is needed. polars expects quotes to enclose whole fields (RFC 4180) and joins
rows silently where they do not. From the first block that breaks the rule, the rest of the file is
read by Python's slower and more lenient csv module and quoted again for polars.
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
from churn.ml.arrays import IndexArray
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.dialect import MAX_FIELD_BYTES, TextEncoding

# Names of added columns begin with NUL, which is rejected in a header, so they never collide.
ROW, EXTRA_FIELD = "\0row", "\0extra"

# Large enough for polars to use all cores, small enough to report progress several times a second.
_BLOCK_BYTES = 6 << 20
_DELETE = 0x7F  # the first byte that is no printable ASCII character
_BARE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class RowLocations:
    """File positions of rows of a block, both of shape (rows,)."""

    lines: IndexArray  # 1-based file line on which the row begins
    field_counts: list[int]  # 0 for a blank line


@dataclass(frozen=True, slots=True)
class CsvBlock:
    """Consecutive whole rows of a file; quotes enclose whole fields."""

    text: bytes
    first_line: int  # file line of its first byte, 1-based
    quotes: IndexArray = field(repr=False)  # byte positions of `"` in `text`, ascending
    delimiter: str
    fraction_read: float  # of the file, up to the end of this block
    repaired: bool = False  # some bytes were not UTF-8 and were replaced

    def scan(self, columns: Sequence[str], missing: Sequence[str]) -> pl.LazyFrame:
        """Return `columns` and EXTRA_FIELD as String, and ROW, counted from 0 in the block.

        EXTRA_FIELD is not null where a row has a field more than the header. Cells equal to a word
        of `missing` are null.
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

    def locate(self, rows: IndexArray) -> RowLocations:
        """Return file lines and field counts of the given ROW numbers, shape (rows,)."""
        breaks = byte_positions(self.text, b"\n")
        ends = np.append(_unquoted(breaks, self.quotes), len(self.text))
        starts = np.append(0, ends[:-1] + 1)[rows]
        field_counts = self._count_fields(starts, ends[rows])
        lines = self.first_line + np.searchsorted(breaks, starts)
        return RowLocations(lines, field_counts)

    def _count_fields(self, starts: IndexArray, ends: IndexArray) -> list[int]:
        """Return the fields of rows at byte positions; 0 for a row of white space."""
        delimiters = byte_positions(self.text, self.delimiter.encode())
        found = 1 + _count_between(delimiters, starts, ends)
        # Only the csv module knows what quotes and returns inside a row mean.
        special = _count_between(self.quotes, starts, ends)
        special += _count_between(byte_positions(self.text, b"\r"), starts, ends - 1)
        first = np.frombuffer(self.text + b"\n", np.uint8)[starts]
        is_simple = (special == 0) & (first > ord(" ")) & (first < _DELETE)
        for place in np.flatnonzero(~is_simple).tolist():
            text = self.text[starts[place] : ends[place]].decode(errors="replace").rstrip("\r")
            fields = next(csv.reader([text], delimiter=self.delimiter)) if text.strip() else []
            found[place] = len(fields)
        return [int(count) for count in found]


def _count_between(positions: IndexArray, starts: IndexArray, ends: IndexArray) -> IndexArray:
    counts: IndexArray = np.searchsorted(positions, ends) - np.searchsorted(positions, starts)
    return counts.clip(min=0)


def byte_positions(text: bytes, character: bytes) -> IndexArray:
    """Return the ascending positions of a one-byte character, shape (occurrences,)."""
    if character not in text:  # most files have no quotes, and this is much faster
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.frombuffer(text, np.uint8) == ord(character))


def _count_lines(text: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord("\n")))


def _unquoted(positions: IndexArray, quotes: IndexArray) -> IndexArray:
    """Keep the positions outside quoted fields: those after an even number of quotes."""
    return positions[np.searchsorted(quotes, positions) % 2 == 0] if len(quotes) else positions


class BlockReader:
    """Iterates over the blocks of a text file below its header.

    Raises
    ------
    FileUnreadable : a NUL byte, or a quote that is never closed; the message names the line.
    """

    def __init__(
        self, path: Path, text_encoding: TextEncoding, delimiter: str, header_lines: int
    ) -> None:
        self._chunks = _read_chunks(path, text_encoding)
        self._delimiter = delimiter
        self._rest = b""
        self._line = 1
        self._fraction_read = 0.0
        self._lenient = False
        self._ended = False
        while _count_lines(self._rest) < header_lines and self._fill():
            pass
        self._rest = b"".join(self._rest.split(b"\n", header_lines)[header_lines:])
        self._line += header_lines

    def __iter__(self) -> Iterator[CsvBlock]:
        while not self._ended or self._rest:
            if block := self._next():
                yield block

    def _fill(self) -> bool:
        chunk, self._fraction_read = next(self._chunks, (b"", 1.0))
        self._ended = not chunk
        self._rest += chunk
        return bool(chunk)

    def _next(self) -> CsvBlock | None:
        if not self._ended:
            self._fill()
        if self._lenient:
            return self._next_lenient()
        quotes = byte_positions(self._rest, b'"')
        end = len(self._rest) if self._ended else _end_of_whole_rows(self._rest, quotes)
        inside = quotes[: np.searchsorted(quotes, end)]
        self._lenient = not _quotes_are_rfc4180(self._rest[:end], inside, self._delimiter)
        # No row ends within the largest field allowed: a stray quote is taken for an opening one.
        self._lenient |= not end and len(self._rest) > MAX_FIELD_BYTES
        return self._next_lenient() if self._lenient else self._take(end, inside)

    def _next_lenient(self) -> CsvBlock | None:
        whole_lines = len(self._rest) if self._ended else self._rest.rfind(b"\n") + 1
        text = replace_invalid_utf8(self._rest[:whole_lines])
        _require_no_nul(text, self._line)
        requoted, lines = requote(text, self._delimiter, self._line, last=self._ended)
        # Measured in the original bytes, whose length replacing and quoting have changed.
        breaks = byte_positions(self._rest, b"\n")
        end = int(breaks[lines - 1]) + 1 if 0 < lines <= len(breaks) else len(self._rest)
        block = self._take(end * bool(lines), byte_positions(requoted, b'"'))
        return block and replace(block, text=requoted)

    def _take(self, end: int, quotes: IndexArray) -> CsvBlock | None:
        taken, self._rest = self._rest[:end], self._rest[end:]
        start = self._line
        self._line += _count_lines(taken)
        _require_no_nul(taken, start)
        if not taken:
            return None
        return CsvBlock(taken, start, quotes, self._delimiter, self._fraction_read)


def _quotes_are_rfc4180(text: bytes, quotes: IndexArray, delimiter: str) -> bool:
    """Whether each quote opens or closes a field, or is doubled inside one."""
    if len(quotes) % 2:
        return False
    characters = np.frombuffer(text, np.uint8)
    opening, closing = quotes[::2], quotes[1::2]
    before = characters[opening[opening > 0] - 1]
    after = characters[closing[closing + 1 < len(characters)] + 1]
    return _are_all_in(before, f'{delimiter}"\n') and _are_all_in(after, f'{delimiter}"\r\n')


def _are_all_in(characters: NDArray[np.uint8], allowed: str) -> bool:
    table = np.zeros(256, dtype=np.bool_)
    table[list(allowed.encode())] = True
    return bool(table[characters].all())


def _read_chunks(path: Path, text_encoding: TextEncoding) -> Iterator[tuple[bytes, float]]:
    """Yield the file in UTF-8 with newlines as line feeds, and the fraction read so far."""
    size = path.stat().st_size
    decoder = codecs.getincrementaldecoder(text_encoding.encoding)(errors="replace")
    with path.open("rb") as file:
        file.seek(text_encoding.bom_length)
        while chunk := file.read(_BLOCK_BYTES):
            text = chunk if text_encoding.encoding == "utf-8" else decoder.decode(chunk).encode()
            text = text.replace(b"\r", b"\n") if text_encoding.newline == "\r" else text
            yield text, file.tell() / size


def _end_of_whole_rows(text: bytes, quotes: IndexArray) -> int:
    last = text.rfind(b"\n")
    if np.searchsorted(quotes, last) % 2 == 0:
        return last + 1
    ends = _unquoted(byte_positions(text, b"\n"), quotes)
    return int(ends[-1]) + 1 if len(ends) else 0


def replace_invalid_utf8(text: bytes) -> bytes:
    """Decode bytes that are not UTF-8 as Windows-1252, and encode the whole as UTF-8."""
    return text.decode("utf-8", errors=_FALLBACK_TO_WINDOWS).encode()


def _decode_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_FALLBACK_TO_WINDOWS = "churn.windows-1252"
codecs.register_error(_FALLBACK_TO_WINDOWS, _decode_windows_1252)


def _require_no_nul(text: bytes, first_line: int) -> None:
    position = text.find(b"\0")
    if position >= 0:
        line = first_line + text.count(b"\n", 0, position)
        raise FileUnreadable(
            _(
                "Line {line:,} contains a NUL byte: the file is damaged or not text; export it"
                " again."
            ),
            line=line,
        )


def requote(text: bytes, delimiter: str, first_line: int, *, last: bool) -> tuple[bytes, int]:
    """Write the whole rows of `text` with RFC 4180 quotes; return them and their count of lines.

    Python's csv module gives a quote a meaning only at the beginning of a field. A row keeps its
    number of lines. Unless `last`, the final row may continue in the next block and is left out.

    Raises
    ------
    FileUnreadable : not CSV, or a quote that is never closed; the message names the line.
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
            _("Line {line:,} cannot be read as CSV; check its quotes and line breaks."),
            line=first_line + ends[-1],
        ) from error
    last_row_start = ends[-2] if rows else 0
    if last or len(text) > MAX_FIELD_BYTES:
        _require_closed_quotes(lines[last_row_start:], delimiter, first_line + last_row_start)
    if not last:
        rows, ends = rows[:-1], ends[:-1]
    requoted = io.StringIO(newline="")
    csv.writer(requoted, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return requoted.getvalue().encode(), ends[-1]


def _require_closed_quotes(lines: Sequence[str], delimiter: str, line: int) -> None:
    try:
        for _row in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            raise FileUnreadable(
                _("Line {line:,} opens a quote that is never closed; close or remove it."),
                line=line,
            ) from error
