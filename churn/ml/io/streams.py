"""The rows of a source, CSV, Parquet or in memory, parsed batch by batch in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

import polars as pl

from churn.exceptions import FileUnreadable
from churn.ml.arrays import IndexArray
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.blocks import (
    EXTRA_FIELD,
    ROW,
    BlockReader,
    CsvBlock,
    RowLocations,
    byte_positions,
    replace_invalid_utf8,
)
from churn.ml.io.cells import MISSING
from churn.ml.io.source import DataSource

_PARQUET_BATCH_ROWS = 65_536


class RawBatch(Protocol):
    """Consecutive rows of a source whose cells are not parsed yet."""

    @property
    def fraction_read(self) -> float:
        """Fraction of the source read up to the end of this batch, 0 to 1."""
        ...

    @property
    def repaired(self) -> bool:
        """Whether some bytes were not UTF-8 and were replaced."""
        ...

    def scan(self, columns: Sequence[str], missing: Sequence[str]) -> pl.LazyFrame:
        """Return `columns` and EXTRA_FIELD as String, and ROW from 0; `missing` words are null."""
        ...

    def locate(self, rows: IndexArray) -> RowLocations:
        """Return file lines and field counts of the given ROW numbers, shape (rows,)."""
        ...


@dataclass(frozen=True, slots=True)
class FrameBatch:
    """Rows of Parquet or of a request; the line of a row is its number, from 1."""

    frame: pl.DataFrame
    first_row: int
    fraction_read: float
    repaired: bool = False

    def scan(self, columns: Sequence[str], missing: Sequence[str]) -> pl.LazyFrame:
        # Parquet and JSON may hold NUL characters, which databases do not accept in a text.
        text = pl.col(columns).cast(pl.String).str.replace_all("\0", "", literal=True)
        texts = self.frame.lazy().select(text)
        empty = pl.lit(None, pl.String).alias(EXTRA_FIELD)
        return texts.with_columns(pl.col(columns).replace(missing, None), empty).with_row_index(ROW)

    def locate(self, rows: IndexArray) -> RowLocations:
        return RowLocations(self.first_row + rows, [self.frame.width] * len(rows))


ColumnSelector: TypeAlias = Callable[[pl.LazyFrame], pl.LazyFrame]
ParsedBatch: TypeAlias = tuple[RawBatch, pl.DataFrame]


def parse(
    source: DataSource, selector: ColumnSelector, missing: Sequence[str] = MISSING
) -> Iterator[ParsedBatch]:
    """Apply `selector` to the text columns of `source`, with ROW and EXTRA_FIELD, by batches.

    Cells that are empty or equal to a word of `missing` are null.

    Raises
    ------
    FileUnreadable : the file is damaged; the message names the line if it is known.
    """
    return _prefetch(_parse(source, _ScanSpec(source.columns, selector, missing)))


def read_columns(source: DataSource, names: Sequence[str]) -> Iterator[ParsedBatch]:
    """Read columns of `source`, ROW or EXTRA_FIELD as they are in the file, by batches.

    Raises
    ------
    FileUnreadable : as in `parse`.
    """
    # Without expressions to evaluate, the streaming engine only costs, twice as much.
    spec = _ScanSpec(source.columns, lambda scan: scan.select(names), (), engine="in-memory")
    return _prefetch(_parse(source, spec))


def _prefetch(batches: Iterator[ParsedBatch]) -> Iterator[ParsedBatch]:
    # The next batch is parsed in a thread while the caller works on the current one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        upcoming = thread.submit(next, batches, None)
        while (batch := upcoming.result()) is not None:
            upcoming = thread.submit(next, batches, None)
            yield batch


def parse_first(source: DataSource, selector: ColumnSelector) -> pl.DataFrame | None:
    """Apply `selector` to the first batch alone; None if there is none.

    Raises
    ------
    FileUnreadable : as in `parse`.
    """
    batches = _parse(source, _ScanSpec(source.columns, selector, MISSING))
    return next((frame for _, frame in batches), None)


@dataclass(frozen=True, slots=True)
class _ScanSpec:
    """Columns to scan and what to select from them."""

    columns: Sequence[str]
    selector: ColumnSelector
    missing: Sequence[str]
    engine: Literal["streaming", "in-memory"] = "streaming"

    def apply(self, batch: RawBatch) -> pl.DataFrame:
        scan = batch.scan(self.columns, self.missing)
        return self.selector(scan).collect(engine=self.engine)


def _parse(source: DataSource, spec: _ScanSpec) -> Iterator[ParsedBatch]:
    if source.frame is not None:
        batch = FrameBatch(source.frame.rename(source.new_names), first_row=1, fraction_read=1.0)
        return iter([(batch, spec.apply(batch))])
    parse_file = _parse_parquet if source.format == "parquet" else _parse_csv
    return parse_file(source, spec)


def _parse_csv(source: DataSource, spec: _ScanSpec) -> Iterator[ParsedBatch]:
    reader = BlockReader(source.path, source.text_encoding, source.delimiter, source.header_lines)
    for block in reader:
        try:
            yield _parse_block(block, spec)
        except pl.exceptions.ComputeError as error:
            raise FileUnreadable(
                _("The rows from line {line:,} on cannot be read as CSV; export the file again."),
                line=block.first_line,
            ) from error


def _parse_block(block: CsvBlock, spec: _ScanSpec) -> ParsedBatch:
    try:
        return block, spec.apply(block)
    except pl.exceptions.ComputeError:
        # Checking every block for UTF-8 beforehand would cost all files what few of them need.
        text = replace_invalid_utf8(block.text)
        repaired = replace(block, text=text, quotes=byte_positions(text, b'"'), repaired=True)
        return repaired, spec.apply(repaired)


def _parse_parquet(source: DataSource, spec: _ScanSpec) -> Iterator[ParsedBatch]:
    try:
        scan = pl.scan_parquet(source.path, glob=False).rename(source.new_names)
        scan = scan.select(source.columns)
        total = int(scan.select(pl.len()).collect().item())
        for start in range(0, total, _PARQUET_BATCH_ROWS):
            frame = scan.slice(start, _PARQUET_BATCH_ROWS).collect()
            batch = FrameBatch(frame, start + 1, min(1.0, (start + frame.height) / total))
            yield batch, spec.apply(batch)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileUnreadable(_("The Parquet file is damaged; export it again.")) from error
