"""Customers of a file of any size, a bounded part at a time."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from churn.ml.customers.loading import Counts, Customers, findings_of, refuse_unusable
from churn.ml.io.rejects import SCHEMA
from churn.ml.io.source import DataSource
from churn.ml.progress import ProgressCallback, no_progress, subrange
from churn.ml.records.aggregation import LAST_START, aggregate
from churn.ml.records.parsing import RecordBatch, read_records, zone_names
from churn.ml.records.zones import ZoneFinder, zone_finder
from churn.ml.schema import CUSTOMER_ID, RECORD_FEATURES, Feature, Shape
from churn.ml.tables.inference import ORDER
from churn.ml.tables.parsing import TableBatch, iter_batches, survey_table

_PART_BYTES = 96 << 20  # of the file, in one partition
_HELD_ROWS = 600_000  # typed records held before they are parted
_PART = "_part"
_READ = 0.5  # share of the work done when records are read, and parted


def iter_customers(
    source: DataSource,
    *,
    zones: Path | ZoneFinder | None = None,
    expected: Sequence[Feature] = (),
    progress: ProgressCallback = no_progress,
) -> Iterator[Customers]:
    """Read a file to be scored, part by part; a target in it is ignored.

    Records are parted by a hash of their customer through a temporary folder, so that each
    customer is whole in one part; a table comes in the order of its rows. Counts of the parts add
    up to those of the file; rejects and findings of records come with the first part.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit, WorkCancelled : as of `load_customers`.
    """
    if source.shape is Shape.RECORDS:
        return _iter_records(source, zone_finder(zones), progress)
    return _iter_table(source, expected, progress)


@dataclass
class _PartitionedRecords:
    """Typed records on disk, by partition, and what the whole file amounts to."""

    folder: Path
    parts: int
    accepted: int = 0
    flushes: int = 0
    latest: datetime | None = None
    odd: Counter[tuple[str, str]] = field(default_factory=Counter)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    held: list[pl.DataFrame] = field(default_factory=list)

    def add(self, piece: RecordBatch) -> None:
        self.accepted += piece.frame.height
        self.odd += piece.odd
        self.rejects.append(piece.rejects)
        self.held.append(piece.frame)
        starts = [piece.frame.select(pl.col("start").max()).item(), self.latest]
        self.latest = max((start for start in starts if start is not None), default=None)
        if sum(frame.height for frame in self.held) >= _HELD_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is held, a file per partition."""
        if not self.held:
            return
        part = (pl.col(CUSTOMER_ID).hash() % self.parts).alias(_PART)
        parted = pl.concat(self.held).with_columns(part).partition_by(_PART, as_dict=True)
        for (number, *_), frame in parted.items():
            frame.drop(_PART).write_ipc(self.folder / f"{number}.{self.flushes}.arrow")
        self.held = []
        self.flushes += 1

    def read(self, number: int) -> pl.DataFrame:
        files = sorted(self.folder.glob(f"{number}.*.arrow"))
        frames = [pl.read_ipc(file) for file in files]
        return pl.concat(frames) if frames else pl.DataFrame()


def _iter_records(
    source: DataSource, zone_map: ZoneFinder | None, progress: ProgressCallback
) -> Iterator[Customers]:
    size = source.path.stat().st_size if source.frame is None else 0
    with TemporaryDirectory(prefix="churn-") as folder:
        parted = _PartitionedRecords(Path(folder), parts=max(1, math.ceil(size / _PART_BYTES)))
        for piece in read_records(source, zone_map, with_target=False):
            parted.add(piece)
            progress("reading", _READ * piece.done)
        parted.flush()
        scoring = subrange(progress, _READ, 1.0)
        yield from _aggregated(parted, source, zone_names(zone_map), scoring)


def _aggregated(
    parted: _PartitionedRecords,
    source: DataSource,
    zones: Sequence[str],
    progress: ProgressCallback,
) -> Iterator[Customers]:
    rejects, none = pl.concat(parted.rejects), pl.DataFrame(schema=SCHEMA)
    refuse_unusable(parted.accepted, rejects)
    findings = tuple(findings_of(parted.odd, parted.accepted))
    for number in range(parted.parts):
        progress("scoring", number / parted.parts)
        records = parted.read(number)
        if records.is_empty():
            continue
        frame = aggregate(records, zones, parted.latest)
        rows, accepted = records.height + rejects.height, records.height
        counts = Counts(rows, accepted, rejects.height, frame.height)
        yield Customers(frame, RECORD_FEATURES, counts, rejects, findings, source, LAST_START)
        rejects, findings = none, ()


def _iter_table(
    source: DataSource, expected: Sequence[Feature], progress: ProgressCallback
) -> Iterator[Customers]:
    surveyed = survey_table(source, expected)
    surveyed = surveyed if expected else surveyed.without_empty()
    features = tuple(plan.feature for plan in surveyed.columns)
    order = ORDER if surveyed.order else None
    for piece in _merge_empty_batches(iter_batches(source, surveyed, with_target=False)):
        progress("reading", piece.done)
        accepted, rejected = piece.frame.height, piece.rejects.height
        yield Customers(
            frame=piece.frame.sort(CUSTOMER_ID),
            features=features,
            counts=Counts(piece.rows, accepted, rejected, accepted),
            rejects=piece.rejects,
            findings=tuple(findings_of(piece.odd + surveyed.odd(accepted), accepted)),
            source=source,
            order=order,
        )


def _merge_empty_batches(pieces: Iterator[TableBatch]) -> Iterator[TableBatch]:
    """Join pieces of rejects alone to their neighbours, so that each has a customer to score."""
    held = next(pieces)
    for piece in pieces:
        if held.frame.height and piece.frame.height:
            yield held
            held = piece
        else:
            held = _concatenated(held, piece)
    refuse_unusable(held.frame.height, held.rejects)
    yield held


def _concatenated(one: TableBatch, other: TableBatch) -> TableBatch:
    return TableBatch(
        frame=pl.concat([one.frame, other.frame]),
        rejects=pl.concat([one.rejects, other.rejects]),
        rows=one.rows + other.rows,
        odd=one.odd + other.odd,
        done=other.done,
    )
