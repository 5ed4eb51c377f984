"""Parsing of tables with one row per customer and any columns: text cells to typed features."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.as_of import AsOf
from churn.ml.io.blocks import EXTRA_FIELD, ROW
from churn.ml.io.cells import parse_boolean, stripped_cell, to_unit
from churn.ml.io.names import format_names
from churn.ml.io.rejects import (
    ERROR_CODE,
    RejectContext,
    RejectReason,
    RowChecks,
    RowError,
    split_rejects,
)
from churn.ml.io.source import DataSource
from churn.ml.io.streams import RawBatch, parse
from churn.ml.options import ALL_COLUMNS
from churn.ml.progress import ProgressCallback
from churn.ml.schema import CUSTOMER_ID, GROUP, KEPT, TARGET, TIME_COLUMN, Feature, Kind
from churn.ml.tables.columns import ColumnParser, ColumnType, file_column
from churn.ml.tables.inference import InferredColumns, infer_columns

_DAY_SECONDS = 86_400.0
_LATE = "\0late:"  # begins the name of the column that says which dates are late
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
    details: Mapping[tuple[str, str], str]  # what findings quote, by code and column
    source: DataSource  # with the roles that the whole file confirms
    as_of: AsOf | None


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
    inferred = infer_table_columns(source, expected, with_target=with_target)
    used = inferred if expected else inferred.without_empty()
    batches = []
    for batch in iter_batches(used, with_target=with_target):
        batches.append(batch)
        on_progress("reading", batch.fraction_read)
    frame = pl.concat([batch.frame for batch in batches]).sort(CUSTOMER_ID)
    issue_counts = inferred.issue_counts(frame.height)
    for batch in batches:
        issue_counts += batch.issue_counts
    inferred_kinds = [c for c in used.columns if c.name not in used.source.options.kinds]
    texts = [] if expected else _free_texts(frame, inferred_kinds)
    for (code, name), count in inferred.word_counts().items():
        issue_counts[code, name] += count
        # These cells are null as empty ones are, but are named by a finding of their own.
        issue_counts["missing", name] -= min(count, issue_counts["missing", name])
    issue_counts.update({("free_text", name): frame.height for name in texts})
    return TableData(
        frame=frame.drop(texts),
        rejects=pl.concat([batch.rejects for batch in batches]),
        rows=sum(batch.rows for batch in batches),
        features=tuple(c.feature for c in used.columns if c.column not in texts),
        issue_counts=issue_counts,
        time_column=TIME_COLUMN if used.time_column else None,
        details=inferred.finding_details(),
        source=used.source,
        as_of=used.as_of,
    )


def infer_table_columns(
    source: DataSource, expected: Sequence[Feature], *, with_target: bool = False
) -> InferredColumns:
    """Infer the columns of the expected features, or all that are not left out.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : an expected column is absent, and the message names it; otherwise as in
        `infer_columns`.
    """
    names = [file_column(feature.name) for feature in expected]
    if missing := [name for name in names if name not in source.columns]:
        raise SchemaInvalid(
            _("The file has no column {columns}, which the model requires; add it."),
            columns=format_names(missing),
        )
    if expected:
        return infer_columns(source, names, expected, with_target=with_target)
    roles = {source.customer_id, source.group, source.target}
    names = [name for name in source.columns if name not in roles]
    return infer_columns(source, names, with_target=with_target)


def iter_batches(
    inferred: InferredColumns, *, with_target: bool, keep_columns: Sequence[str] = ()
) -> Iterator[TableBatch]:
    """Parse a table batch by batch, in the order of its rows.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : the file has none of `keep_columns`.
    """
    source = inferred.source
    parser = _TableParser(inferred, with_target=with_target)
    parser.keep(keep_columns)
    seen, rows_before = _SeenCustomers(inferred.repeated_hashes), 0
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
            frame=accepted.drop(ROW, *parser.late_columns),
            rejects=rejects,
            rows=validated.row_count,
            issue_counts=parser.issue_counts(accepted, batch),
            fraction_read=batch.fraction_read,
        )
        rows_before += validated.row_count


class _TableParser:
    """Parses the text cells of a batch, and finds the first error of each row."""

    def __init__(self, inferred: InferredColumns, *, with_target: bool) -> None:
        self._source = inferred.source
        self._inferred = inferred
        self._target = self._source.target if with_target else None
        self._kept: tuple[str, ...] = ()
        errors, conditions = zip(*self._row_checks(), strict=True)
        self._checks = RowChecks(errors, conditions)

    def keep(self, columns: Sequence[str]) -> None:
        """Carry `columns` of the file over as text; ALL_COLUMNS stands for all but the customer."""
        known = self._source.columns
        if list(columns) == [ALL_COLUMNS]:
            columns = [name for name in known if name != self._source.customer_id]
        if missing := [name for name in columns if name not in known]:
            raise SchemaInvalid(
                _("The file has no column {columns} to keep; correct the name."),
                columns=format_names(missing),
            )
        self._kept = tuple(columns)

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
        for column in columns:
            if column.column_type is ColumnType.DATE:
                late = int(accepted[_LATE + column.name].sum())
                counts["date_late", column.name] += late
                counts["missing", column.name] -= late
        counts["bytes_repaired", ""] += batch.repaired
        return counts

    @property
    def late_columns(self) -> list[str]:
        """Names of the columns that say which dates are late."""
        dates = (c for c in self._inferred.columns if c.column_type is ColumnType.DATE)
        return [_LATE + column.name for column in dates]

    def _values(self) -> Iterator[pl.Expr]:
        if self._source.customer_id is not None:
            yield stripped_cell(self._source.customer_id).alias(CUSTOMER_ID)
        if self._source.group is not None:
            yield stripped_cell(self._source.group).alias(GROUP)
        if self._target is not None:
            yield self._outcome(self._target).alias(TARGET)
        for column in self._inferred.columns:
            if column.name == self._inferred.time_column:
                yield self._known_date(column).alias(TIME_COLUMN)
            if column.column_type is ColumnType.DATE:
                yield self._is_late(column).alias(_LATE + column.name)
        yield from (pl.col(name).alias(KEPT + name) for name in self._kept)
        yield from (self._feature_value(column) for column in self._inferred.columns)

    def _outcome(self, target: str) -> pl.Expr:
        outcome = self._inferred.outcome
        return outcome.parse(target) if outcome else parse_boolean(stripped_cell(target))

    def _feature_value(self, column: ColumnParser) -> pl.Expr:
        if column.column_type is not ColumnType.DATE:
            return column.value().alias(column.column)
        as_of = self._inferred.as_of
        elapsed = pl.lit(as_of and as_of.start, pl.Datetime("ms")) - self._known_date(column)
        seconds = elapsed.dt.total_seconds().clip(lower_bound=0)
        return to_unit(seconds, _DAY_SECONDS).alias(column.column)

    def _known_date(self, column: ColumnParser) -> pl.Expr:
        return pl.when(~self._is_late(column)).then(column.value())

    def _is_late(self, column: ColumnParser) -> pl.Expr:
        """Whether a date is after the as-of date; without one, every date is in the future."""
        as_of = self._inferred.as_of
        return column.value() >= as_of.end if as_of else column.value().is_not_null()

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
            unparsed = self._outcome(self._target).is_null()
            yield RowError(self._target, RejectReason.TARGET_INVALID), unparsed
        # polars fills the fields that a short row lacks with null, so its last column is null.
        used: set[str | None] = {column.name for column in self._inferred.columns}
        used |= {self._target, self._source.customer_id}
        last = [name for name in self._source.columns if name in used][-1]
        yield RowError("", RejectReason.FIELDS_TOO_FEW), stripped_cell(last).is_null()


class _SeenCustomers:
    """Customers of earlier batches among those that occur more than once in the file."""

    def __init__(self, repeated_hashes: frozenset[int]) -> None:
        self._repeated = repeated_hashes
        self._seen: set[int] = set()

    def duplicates(self, accepted: pl.DataFrame) -> pl.DataFrame:
        """Return ROW and ERROR_CODE of rows whose customer occurred before, and remember all."""
        rows = accepted.select(ROW, hash=pl.col(CUSTOMER_ID).hash())
        if self._repeated:
            suspects = rows.filter(pl.Series(map(self._repeated.__contains__, rows["hash"])))
        else:
            suspects = rows.clear()
        is_first = suspects["hash"].is_first_distinct()
        is_new = pl.Series([one not in self._seen for one in suspects["hash"]], dtype=pl.Boolean)
        self._seen.update(suspects["hash"])
        code = pl.lit(0, pl.UInt16).alias(ERROR_CODE)
        return suspects.filter(~(is_first & is_new)).select(ROW, code)


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
