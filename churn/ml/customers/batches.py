"""Customers of a file of any size, in batches of bounded memory."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from churn.ml.customers.findings import build_findings
from churn.ml.customers.loading import Counts, Customers, require_accepted_rows
from churn.ml.io.as_of import end_of_day, last_known_day, resolve_as_of
from churn.ml.io.rejects import REJECT_SCHEMA
from churn.ml.io.source import DataSource
from churn.ml.progress import ProgressCallback, no_progress, subrange
from churn.ml.records import (
    RecordBatch,
    ZoneFinder,
    aggregate,
    decide_readings,
    read_records,
    resolve_zones,
    zone_names,
)
from churn.ml.schema import (
    CUSTOMER_ID,
    LAST_START,
    RECORD_FEATURES,
    TIME_COLUMN,
    Column,
    Feature,
    Shape,
)
from churn.ml.tables import TableBatch, infer_table_columns, iter_batches

# A partition of this size of the file takes less than 400 MB when its records are aggregated.
_PARTITION_BYTES = 96 << 20
_BUFFER_ROWS = 600_000  # parsed records in memory before they are written to their partitions
_PARTITION = "_partition"
_READING_FRACTION = 0.5  # of the work is done when the records are in their partitions


def iter_customers(
    source: DataSource,
    *,
    zones: Path | ZoneFinder | None = None,
    expected: Sequence[Feature] = (),
    keep_columns: Sequence[str] = (),
    on_progress: ProgressCallback = no_progress,
) -> Iterator[Customers]:
    """Read a file to be scored, batch by batch; a target in it is ignored.

    `keep_columns` of a table come as text in columns whose name begins with KEPT.

    Service records are partitioned by a hash of the customer in a temporary folder, so that all
    records of a customer are in one batch; a table comes in the order of its rows. The counts of
    the batches add up to those of the file; rejects and findings of records come with the first
    batch.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit : as in `load_customers`.
    """
    if source.shape is Shape.RECORDS:
        return _iter_records(source, expected, resolve_zones(zones), on_progress)
    return _iter_table(source, expected, keep_columns, on_progress)


@dataclass
class _PartitionedRecords:
    """Parsed records spilled to disk by customer hash, with totals for the whole file."""

    folder: Path
    partitions: int
    last_day: date
    accepted: int = 0
    flushes: int = 0
    newest: datetime | None = None  # start that is not after the as-of date or in the future
    issue_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    buffer: list[pl.DataFrame] = field(default_factory=list)

    def add(self, batch: RecordBatch) -> None:
        self.accepted += batch.frame.height
        self.issue_counts += batch.issue_counts
        self.rejects.append(batch.rejects)
        self.buffer.append(batch.frame)
        is_known = pl.col("start") < end_of_day(self.last_day)
        newest = pl.col("start").filter(is_known).max()
        found, late = batch.frame.select(newest, late=(~is_known).sum()).row(0)
        self.issue_counts["date_late", Column.START] += late
        self.newest = max((one for one in (found, self.newest) if one is not None), default=None)
        if sum(frame.height for frame in self.buffer) >= _BUFFER_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write the buffer, one file per partition."""
        if not self.buffer:
            return
        number = (pl.col(CUSTOMER_ID).hash() % self.partitions).alias(_PARTITION)
        records = pl.concat(self.buffer).with_columns(number)
        for (number, *_), frame in records.partition_by(_PARTITION, as_dict=True).items():
            frame.drop(_PARTITION).write_ipc(self.folder / f"{number}.{self.flushes}.arrow")
        self.buffer = []
        self.flushes += 1

    def read(self, number: int) -> pl.DataFrame:
        """Return the records of a partition; a frame without columns if there are none."""
        frames = [pl.read_ipc(file) for file in sorted(self.folder.glob(f"{number}.*.arrow"))]
        return pl.concat(frames) if frames else pl.DataFrame()


def _iter_records(
    source: DataSource,
    expected: Sequence[Feature],
    zone_map: ZoneFinder | None,
    on_progress: ProgressCallback,
) -> Iterator[Customers]:
    readings = decide_readings(source, expected)
    size = source.path.stat().st_size if source.frame is None else 0
    with TemporaryDirectory(prefix="churn-") as folder:
        partitions = max(1, math.ceil(size / _PARTITION_BYTES))
        records = _PartitionedRecords(
            Path(folder), partitions, last_known_day(source.options.as_of)
        )
        for batch in read_records(source, zone_map, with_target=False, readings=readings):
            records.add(batch)
            on_progress("reading", _READING_FRACTION * batch.fraction_read)
        records.flush()
        on_scoring_progress = subrange(on_progress, _READING_FRACTION, 1.0)
        yield from _aggregate_partitions(
            records, source, zone_names(zone_map), on_progress=on_scoring_progress
        )


def _aggregate_partitions(
    partitioned: _PartitionedRecords,
    source: DataSource,
    zones: Sequence[str],
    *,
    on_progress: ProgressCallback,
) -> Iterator[Customers]:
    rejects = pl.concat(partitioned.rejects)
    require_accepted_rows(partitioned.accepted, rejects)
    findings = build_findings(partitioned.issue_counts, partitioned.accepted)
    as_of = resolve_as_of(source.options.as_of, newest=partitioned.newest)
    for number in range(partitioned.partitions):
        on_progress("scoring", number / partitioned.partitions)
        records = partitioned.read(number)
        if records.is_empty():
            continue
        frame = aggregate(records, zones, as_of)
        yield Customers(
            frame=frame,
            features=RECORD_FEATURES,
            counts=Counts(
                rows=records.height + rejects.height,
                accepted=records.height,
                rejected=rejects.height,
                customers=frame.height,
            ),
            rejects=rejects,
            findings=findings,
            source=source,
            time_column=LAST_START,
            as_of=as_of,
        )
        # The totals of the file came with the first batch; later ones would count them again.
        rejects, findings = pl.DataFrame(schema=REJECT_SCHEMA), ()


def _iter_table(
    source: DataSource,
    expected: Sequence[Feature],
    keep_columns: Sequence[str],
    on_progress: ProgressCallback,
) -> Iterator[Customers]:
    inferred = infer_table_columns(source, expected)
    inferred = inferred if expected else inferred.without_empty()
    features = tuple(column.feature for column in inferred.columns)
    words, details = inferred.word_counts(), inferred.finding_details()
    for batch in _merge_empty_batches(
        iter_batches(inferred, with_target=False, keep_columns=keep_columns)
    ):
        on_progress("reading", batch.fraction_read)
        accepted, rejected = batch.frame.height, batch.rejects.height
        issue_counts = batch.issue_counts + inferred.issue_counts(accepted) + words
        words = Counter()  # those of the file, which come with the first batch
        yield Customers(
            frame=batch.frame,
            features=features,
            counts=Counts(batch.rows, accepted, rejected, accepted),
            rejects=batch.rejects,
            findings=build_findings(issue_counts, accepted, details),
            source=inferred.source,
            time_column=TIME_COLUMN if inferred.time_column else None,
            as_of=inferred.as_of,
        )


def _merge_empty_batches(batches: Iterator[TableBatch]) -> Iterator[TableBatch]:
    """Merge batches of rejects alone with a neighbour, so that each has a customer to score."""
    current = next(batches)
    for batch in batches:
        if current.frame.height and batch.frame.height:
            yield current
            current = batch
        else:
            current = TableBatch(
                frame=pl.concat([current.frame, batch.frame]),
                rejects=pl.concat([current.rejects, batch.rejects]),
                rows=current.rows + batch.rows,
                issue_counts=current.issue_counts + batch.issue_counts,
                fraction_read=batch.fraction_read,
            )
    require_accepted_rows(current.frame.height, current.rejects)
    yield current
