"""Parsing of tables with one row per customer and any columns: text cells to typed features."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.blocks import EXTRA_FIELD, ROW
from churn.ml.io.cells import parse_boolean, stripped_cell, to_unit
from churn.ml.io.rejects import (
    ERROR_CODE,
    RejectContext,
    RejectReason,
    RowChecks,
    RowError,
    split_rejects,
)
from churn.ml.io.roles import format_names
from churn.ml.io.source import DataSource
from churn.ml.io.streams import RawBatch, parse
from churn.ml.progress import ProgressCallback
from churn.ml.schema import CUSTOMER_ID, TARGET, TIME_COLUMN, Feature, Kind
from churn.ml.tables.inference import (
    ColumnParser,
    ColumnType,
    InferredColumns,
    file_column,
    infer_columns,
)

_DAY_SECONDS = 86_400.0
# A text column with more distinct values than both limits is free text and no feature.
_FREE_TEXT_SHARE, _FREE_TEXT_COUNT = 0.5, 50


@dataclass(frozen=True, slots=True)
class TableBatch:
    """Accepted rows of a batch of a table, its rejects and its data quality issues."""

    frame: pl.DataFrame  # CUSTOMER_ID, features, TARGET and TIME_COLUMN where there is one
    rejects: pl.DataFrame  # columns of REJECT_SCHEMA
    rows: int  # accepted and rejected
    issue_counts: Counter[tuple[str, str]] = field(repr=False)  # (finding code, column) -> cells
    fraction_read: float


@dataclass(frozen=True, slots=True)
class TableData:
    """A whole table, its rejects and its data quality issues."""

    frame: pl.DataFrame  # as of TableBatch, sorted by CUSTOMER_ID
    rejects: pl.DataFrame
    rows: int
    features: tuple[Feature, ...]
    issue_counts: Counter[tuple[str, str]] = field(repr=False)
    time_column: str | None


def read_table(
    source: DataSource,
    expected: Sequence[Feature],
    *,
    with_target: bool,
    on_progress: ProgressCallback,
) -> TableData:
    """Read a whole table, sorted by customer.

    `expected` are the features of a model, and then all there are. If empty, all columns become
    features, without those that have no value and free texts, whose values hardly repeat.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : an expected column is absent.
    """
    inferred = infer_table_columns(source, expected)
    used = inferred if expected else inferred.without_empty()
    batches = []
    for batch in iter_batches(source, used, with_target=with_target):
        batches.append(batch)
        on_progress("reading", batch.fraction_read)
    frame = pl.concat([batch.frame for batch in batches]).sort(CUSTOMER_ID)
    issue_counts = inferred.issue_counts(frame.height)
    for batch in batches:
        issue_counts += batch.issue_counts
    texts = [] if expected else _free_texts(frame, used.columns)
    issue_counts.update({("free_text", name): frame.height for name in texts})
    return TableData(
        frame=frame.drop(texts),
        rejects=pl.concat([batch.rejects for batch in batches]),
        rows=sum(batch.rows for batch in batches),
        features=tuple(c.feature for c in used.columns if c.column not in texts),
        issue_counts=issue_counts,
        time_column=TIME_COLUMN if used.time_column else None,
    )


def infer_table_columns(source: DataSource, expected: Sequence[Feature]) -> InferredColumns:
    """Infer the columns of the expected features, or all but identifier and target.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : an expected column is absent; the message names it.
    """
    names = [file_column(feature.name) for feature in expected]
    if missing := [name for name in names if name not in source.columns]:
        raise SchemaInvalid(
            _("The file has no column {columns}, which the model requires; add it."),
            columns=format_names(missing),
        )
    if expected:
        return infer_columns(source, names, expected)
    roles = {source.customer_id, source.target}
    return infer_columns(source, [name for name in source.columns if name not in roles])


def iter_batches(
    source: DataSource, inferred: InferredColumns, *, with_target: bool
) -> Iterator[TableBatch]:
    """Parse a table batch by batch.

    Raises
    ------
    FileUnreadable : the file is damaged.
    """
    parser = _TableParser(source, inferred, with_target=with_target)
    seen, rows_before = _SeenCustomers(), 0
    for batch, frame in parse(source, parser):
        validated = split_rejects(frame.drop(ERROR_CODE), frame, parser.reject_context(batch))
        accepted, rejects = validated.accepted, validated.rejects
        if source.customer_id is None:
            accepted = _with_row_numbers(accepted, validated.blank_rows, rows_before)
        else:
            duplicates = seen.duplicates(accepted)
            unique = split_rejects(accepted, duplicates, parser.duplicate_context(batch))
            accepted, rejects = unique.accepted, pl.concat([rejects, unique.rejects])
        yield TableBatch(
            frame=accepted.drop(ROW),
            rejects=rejects,
            rows=validated.row_count,
            issue_counts=parser.issue_counts(accepted, batch),
            fraction_read=batch.fraction_read,
        )
        rows_before += validated.row_count


class _TableParser:
    """Parses the text cells of a batch, and finds the first error of each row."""

    def __init__(self, source: DataSource, inferred: InferredColumns, *, with_target: bool) -> None:
        self._source = source
        self._inferred = inferred
        self._target = source.target if with_target else None
        errors, conditions = zip(*self._row_checks(), strict=True)
        self._checks = RowChecks(errors, conditions)

    def __call__(self, scan: pl.LazyFrame) -> pl.LazyFrame:
        return scan.select(ROW, *self._values(), self._checks.expression())

    def reject_context(self, batch: RawBatch) -> RejectContext:
        """Return the context of rows rejected for their cells."""
        return RejectContext(batch, self._checks.errors, len(self._source.columns))

    def duplicate_context(self, batch: RawBatch) -> RejectContext:
        """Return the context of rows rejected for a repeated customer."""
        repeated = RowError(self._source.customer_id or "", RejectReason.CUSTOMER_REPEATED)
        return RejectContext(batch, (repeated,), len(self._source.columns))

    def issue_counts(self, accepted: pl.DataFrame, batch: RawBatch) -> Counter[tuple[str, str]]:
        """Count missing cells per column, and whether bytes of the batch were replaced."""
        columns = self._inferred.columns
        counts = Counter({("missing", c.name): accepted[c.column].null_count() for c in columns})
        counts["bytes_repaired", ""] += batch.repaired
        return counts

    def _values(self) -> Iterator[pl.Expr]:
        if self._source.customer_id is not None:
            yield stripped_cell(self._source.customer_id).alias(CUSTOMER_ID)
        if self._target is not None:
            yield parse_boolean(stripped_cell(self._target)).alias(TARGET)
        for column in self._inferred.columns:
            if column.name == self._inferred.time_column:
                yield column.value().alias(TIME_COLUMN)
        yield from (self._feature_value(column) for column in self._inferred.columns)

    def _feature_value(self, column: ColumnParser) -> pl.Expr:
        if column.column_type is not ColumnType.DATE:
            return column.value().alias(column.column)
        elapsed = pl.lit(self._inferred.latest, pl.Datetime("ms")) - column.value()
        return to_unit(elapsed.dt.total_seconds(), _DAY_SECONDS).alias(column.column)

    def _row_checks(self) -> Iterator[tuple[RowError, pl.Expr]]:
        yield RowError("", RejectReason.FIELDS_TOO_MANY), pl.col(EXTRA_FIELD).is_not_null()
        if identifier := self._source.customer_id:
            missing = stripped_cell(identifier).is_null()
            yield RowError(identifier, RejectReason.CUSTOMER_MISSING), missing
        for column in self._inferred.columns:
            if column.column_type is not ColumnType.CATEGORY:
                is_date = column.column_type is ColumnType.DATE
                reason = RejectReason.DATE_INVALID if is_date else RejectReason.NUMBER_INVALID
                unparsed = column.text().is_not_null() & column.value().is_null()
                yield RowError(column.name, reason), unparsed
        if self._target is not None:
            text = stripped_cell(self._target)
            yield RowError(self._target, RejectReason.TARGET_MISSING), text.is_null()
            yield RowError(self._target, RejectReason.TARGET_INVALID), parse_boolean(text).is_null()
        # polars fills the fields that a short row lacks with null, so its last column is null.
        used: set[str | None] = {column.name for column in self._inferred.columns}
        used |= {self._target, self._source.customer_id}
        last = [name for name in self._source.columns if name in used][-1]
        yield RowError("", RejectReason.FIELDS_TOO_FEW), stripped_cell(last).is_null()


class _SeenCustomers:
    """Hashes of the customers of earlier batches, 8 bytes each."""

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.uint64)

    def duplicates(self, accepted: pl.DataFrame) -> pl.DataFrame:
        """Return ROW and ERROR_CODE of rows whose customer occurred before, and remember all."""
        customers = accepted[CUSTOMER_ID]
        hashes = customers.hash().to_numpy()
        is_duplicate = np.isin(hashes, self._hashes) | ~customers.is_first_distinct().to_numpy()
        self._hashes = np.union1d(self._hashes, hashes)
        code = pl.lit(0, pl.UInt16).alias(ERROR_CODE)
        return accepted.filter(pl.Series(is_duplicate)).select(ROW, code)


def _with_row_numbers(
    accepted: pl.DataFrame, blank_rows: pl.Series, rows_before: int
) -> pl.DataFrame:
    """Add CUSTOMER_ID: the number of the row in the file, from 1, without blank lines."""
    rows = accepted[ROW].to_numpy().astype(np.int64)
    numbers = rows_before + 1 + rows - np.searchsorted(blank_rows.to_numpy(), rows)
    return accepted.insert_column(0, pl.Series(CUSTOMER_ID, numbers).cast(pl.String))


def _free_texts(frame: pl.DataFrame, columns: Sequence[ColumnParser]) -> list[str]:
    texts = [c.column for c in columns if c.feature.kind is Kind.CATEGORICAL]
    limit = max(_FREE_TEXT_COUNT, _FREE_TEXT_SHARE * frame.height)
    return [name for name in texts if frame[name].n_unique() > limit]
