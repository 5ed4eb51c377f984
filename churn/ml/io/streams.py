"""The rows of a source, CSV or Parquet, parsed piece by piece in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn.exceptions import FileUnreadable
from churn.ml.io.blocks import (
    EXTRA_FIELD,
    MISSING,
    ROW,
    BlockReader,
    CsvBlock,
    RowLocations,
    as_utf8,
    positions,
)
from churn.ml.io.source import DataSource

_ROWS_AT_ONCE = 65_536


class RawBatch(Protocol):
    """A piece of a file, whatever its format."""

    @property
    def done(self) -> float:
        """Share of the file read once this piece is."""
        ...

    @property
    def repaired(self) -> bool:
        """Whether the piece held bytes that are not UTF-8."""
        ...

    def scan(self, columns: Sequence[str], missing: Sequence[str]) -> pl.LazyFrame:
        """`columns` as String, EXTRA for a field too many, ROW from 0; `missing` are null."""
        ...

    def locate(self, rows: NDArray[np.int64]) -> RowLocations:
        """File lines and widths of some rows."""
        ...


@dataclass(frozen=True, slots=True)
class FrameBatch:
    """Rows that were never text; a row's line is its number, from 1."""

    frame: pl.DataFrame
    first_row: int
    done: float
    repaired: bool = False

    def scan(self, columns: Sequence[str], missing: Sequence[str]) -> pl.LazyFrame:
        # A NUL may stand in Parquet and JSON; no database keeps one in a text.
        text = pl.col(columns).cast(pl.String).str.replace_all("\0", "", literal=True)
        texts = self.frame.lazy().select(text)
        empty = pl.lit(None, pl.String).alias(EXTRA_FIELD)
        return texts.with_columns(pl.col(columns).replace(missing, None), empty).with_row_index(ROW)

    def locate(self, rows: NDArray[np.int64]) -> RowLocations:
        return RowLocations(self.first_row + rows, [self.frame.width] * len(rows))


ColumnSelector: TypeAlias = Callable[[pl.LazyFrame], pl.LazyFrame]
ParsedBatch: TypeAlias = tuple[RawBatch, pl.DataFrame]


def parse(
    source: DataSource, plan: ColumnSelector, missing: Sequence[str] = MISSING
) -> Iterator[ParsedBatch]:
    """Apply `plan` to the columns of `source` as String, with ROW and EXTRA, piece by piece.

    Words of `missing` come as null, as empty cells do.

    Raises
    ------
    FileUnreadable : the file is damaged; the message says on which line where it is known.
    """
    return _prefetched(_parse(source, _ScanSpec(source.columns, plan, missing)))


def parse_first(source: DataSource, plan: ColumnSelector) -> pl.DataFrame | None:
    """Apply `plan` to the first piece alone; null if there is none. Errors as of `parse`."""
    pieces = _parse(source, _ScanSpec(source.columns, plan, MISSING))
    return next((frame for _, frame in pieces), None)


def _prefetched(pieces: Iterator[ParsedBatch]) -> Iterator[ParsedBatch]:
    """Parse the next piece in a thread of its own while the last one is in use."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = thread.submit(next, pieces, None)
            yield piece


@dataclass(frozen=True, slots=True)
class _ScanSpec:
    """A plan and what it is applied to."""

    columns: Sequence[str]
    plan: ColumnSelector
    missing: Sequence[str]

    def of(self, rows: RawBatch) -> pl.DataFrame:
        scan = rows.scan(self.columns, self.missing)
        return self.plan(scan).collect(engine="streaming")


def _parse(source: DataSource, scanning: _ScanSpec) -> Iterator[ParsedBatch]:
    if source.frame is not None:
        rows = FrameBatch(source.frame, first_row=1, done=1.0)
        return iter([(rows, scanning.of(rows))])
    parse_file = _parse_parquet if source.format == "parquet" else _parse_csv
    return parse_file(source, scanning)


def _parse_csv(source: DataSource, scanning: _ScanSpec) -> Iterator[ParsedBatch]:
    reader = BlockReader(source.path, source.written, source.delimiter, source.header_lines)
    for block in reader:
        try:
            yield _parsed(block, scanning)
        except pl.exceptions.ComputeError as error:
            raise FileUnreadable(
                "The rows from line {line:,} on cannot be read as CSV; export the file again.",
                line=block.first_line,
            ) from error


def _parsed(block: CsvBlock, scanning: _ScanSpec) -> ParsedBatch:
    try:
        return block, scanning.of(block)
    except pl.exceptions.ComputeError:
        text = as_utf8(block.text)
        mended = replace(block, text=text, quotes=positions(text, b'"'), repaired=True)
        return mended, scanning.of(mended)


def _parse_parquet(source: DataSource, scanning: _ScanSpec) -> Iterator[ParsedBatch]:
    try:
        scan = pl.scan_parquet(source.path, glob=False).select(source.columns)
        total = int(scan.select(pl.len()).collect().item())
        for start in range(0, total, _ROWS_AT_ONCE):
            frame = scan.slice(start, _ROWS_AT_ONCE).collect()
            rows = FrameBatch(frame, start + 1, min(1.0, (start + frame.height) / total))
            yield rows, scanning.of(rows)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileUnreadable("The Parquet file is damaged; export it again.") from error
