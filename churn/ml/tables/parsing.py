"""Tables of any columns, one row per customer: text cells to typed features."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.io.blocks import EXTRA_FIELD, ROW
from churn.ml.io.cells import parse_boolean, stripped_cell, to_unit
from churn.ml.io.rejects import ERROR_CODE, RejectContext, RejectReason, RowChecks, RowError, sift
from churn.ml.io.roles import listed
from churn.ml.io.source import DataSource
from churn.ml.io.streams import RawBatch, parse
from churn.ml.progress import ProgressCallback
from churn.ml.schema import CUSTOMER_ID, TARGET, Feature, Kind
from churn.ml.tables.inference import (
    DAYS,
    ORDER,
    ColumnParser,
    ColumnType,
    InferredColumns,
    file_column,
    infer_columns,
)

_ILLEGIBLE = (RejectReason.NUMBER_INVALID, RejectReason.DATE_INVALID)

_DAY = 86_400.0
_TEXT_SHARE, _TEXT_COUNT = 0.5, 50  # words with more distinct values than both are free text


@dataclass(frozen=True, slots=True)
class TableBatch:
    """Accepted rows of one piece of a table."""

    frame: pl.DataFrame  # CUSTOMER_ID, TARGET if asked for, features, ORDER if dates run
    rejects: pl.DataFrame
    rows: int
    odd: Counter[tuple[str, str]] = field(repr=False)
    done: float


@dataclass(frozen=True, slots=True)
class TableData:
    frame: pl.DataFrame
    rejects: pl.DataFrame
    rows: int
    features: tuple[Feature, ...]
    odd: Counter[tuple[str, str]] = field(repr=False)
    order: str | None


def read_table(
    source: DataSource,
    expected: Sequence[Feature],
    *,
    with_target: bool,
    progress: ProgressCallback,
) -> TableData:
    """Read a whole table, sorted by customer.

    Columns without a single value, and texts whose values hardly repeat, are no features, unless
    they are `expected`: the features of a model, which are then all there is.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : an expected column is absent.
    """
    everything = survey_table(source, expected)
    surveyed = everything if expected else everything.without_empty()
    pieces = []
    for piece in iter_batches(source, surveyed, with_target=with_target):
        pieces.append(piece)
        progress("reading", piece.done)
    frame = pl.concat([piece.frame for piece in pieces]).sort(CUSTOMER_ID)
    odd = sum((piece.odd for piece in pieces), everything.odd(frame.height))
    texts = [] if expected else _free_texts(frame, surveyed.columns)
    odd.update({("free_text", name): frame.height for name in texts})
    return TableData(
        frame=frame.drop(texts),
        rejects=pl.concat([piece.rejects for piece in pieces]),
        rows=sum(piece.rows for piece in pieces),
        features=tuple(c.feature for c in surveyed.columns if c.column not in texts),
        odd=odd,
        order=ORDER if surveyed.order else None,
    )


def survey_table(source: DataSource, expected: Sequence[Feature]) -> InferredColumns:
    """Survey the columns that may be features: all but identifier and target, or those expected.

    Raises
    ------
    SchemaInvalid : an expected column is absent; the message names it.
    """
    names = [file_column(feature.name) for feature in expected]
    if missing := [name for name in names if name not in source.columns]:
        raise SchemaInvalid(
            "The model needs the column {columns}, which the file lacks; add it.",
            columns=listed(missing),
        )
    if expected:
        return infer_columns(source, names, expected)
    roles = {source.customer_id, source.target}
    return infer_columns(source, [name for name in source.columns if name not in roles])


def iter_batches(
    source: DataSource, surveyed: InferredColumns, *, with_target: bool
) -> Iterator[TableBatch]:
    """Read a table piece by piece, as the survey says."""
    plan = _TableParser(source, surveyed, with_target=with_target)
    seen, offset = _Seen(), 0
    for rows, frame in parse(source, plan):
        sifted = sift(frame.drop(ERROR_CODE), frame, plan.origin(rows))
        kept, rejects = sifted.kept, sifted.rejects
        if source.customer_id is None:
            kept = _numbered(kept, sifted.blanks, offset)
        else:
            again = sift(kept, seen.again(kept), plan.repetition(rows))
            kept, rejects = again.kept, pl.concat([rejects, again.rejects])
        yield TableBatch(kept.drop(ROW), rejects, sifted.rows, plan.odd(kept, rows), rows.done)
        offset += sifted.rows


class _TableParser:
    """From a piece's text cells to typed columns and the first fault of each row."""

    def __init__(self, source: DataSource, surveyed: InferredColumns, *, with_target: bool) -> None:
        self._source = source
        self._survey = surveyed
        self._columns = surveyed.columns
        self._target = source.target if with_target else None
        faults, conditions = zip(*self._faults(), strict=True)
        self._checks = RowChecks(faults, conditions)

    def __call__(self, scan: pl.LazyFrame) -> pl.LazyFrame:
        return scan.select(ROW, *self._typed(), self._checks.expression())

    def origin(self, rows: RawBatch) -> RejectContext:
        """Say what the faults of a piece mean."""
        return RejectContext(rows, self._checks.faults, len(self._source.columns))

    def repetition(self, rows: RawBatch) -> RejectContext:
        """Say what it means to be met again."""
        repeated = RowError(self._source.customer_id or "", RejectReason.CUSTOMER_REPEATED)
        return RejectContext(rows, (repeated,), len(self._source.columns))

    def odd(self, kept: pl.DataFrame, rows: RawBatch) -> Counter[tuple[str, str]]:
        """Missing cells per column, and repaired pieces."""
        odd = Counter({("missing", c.name): kept[c.column].null_count() for c in self._columns})
        odd["bytes_repaired", ""] += rows.repaired
        return odd

    def _typed(self) -> Iterator[pl.Expr]:
        if self._source.customer_id is not None:
            yield stripped_cell(self._source.customer_id).alias(CUSTOMER_ID)
        if self._target is not None:
            yield parse_boolean(stripped_cell(self._target)).alias(TARGET)
        if self._survey.order is not None:
            plans = {plan.name: plan for plan in self._columns}
            yield plans[self._survey.order].value().alias(ORDER)
        yield from (self._feature(plan) for plan in self._columns)

    def _feature(self, plan: ColumnParser) -> pl.Expr:
        if plan.reading is not ColumnType.DATE:
            return plan.value().alias(plan.column)
        since = pl.lit(self._survey.latest, pl.Datetime("ms")) - plan.value()
        return to_unit(since.dt.total_seconds(), _DAY).alias(plan.column)

    def _faults(self) -> Iterator[tuple[RowError, pl.Expr]]:
        yield RowError("", RejectReason.FIELDS_TOO_MANY), pl.col(EXTRA_FIELD).is_not_null()
        if identifier := self._source.customer_id:
            yield (
                RowError(identifier, RejectReason.CUSTOMER_MISSING),
                stripped_cell(identifier).is_null(),
            )
        for plan in self._columns:
            if plan.reading is not ColumnType.CATEGORY:
                reason = _ILLEGIBLE[plan.feature.unit == DAYS]
                yield (
                    RowError(plan.name, reason),
                    plan.text().is_not_null() & plan.value().is_null(),
                )
        if self._target is not None:
            said = stripped_cell(self._target)
            yield RowError(self._target, RejectReason.TARGET_MISSING), said.is_null()
            yield RowError(self._target, RejectReason.TARGET_INVALID), parse_boolean(said).is_null()
        yield (
            RowError("", RejectReason.FIELDS_TOO_FEW),
            stripped_cell(self._last_column()).is_null(),
        )

    def _last_column(self) -> str:
        read = {plan.name for plan in self._columns} | {self._target, self._source.customer_id}
        return [name for name in self._source.columns if name in read][-1]


class _Seen:
    """Hashes of the customers met so far, 8 bytes each."""

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.uint64)

    def again(self, kept: pl.DataFrame) -> pl.DataFrame:
        """Return ROW and FAULT of rows whose customer was met before, here or on earlier pieces."""
        hashes = kept[CUSTOMER_ID].hash().to_numpy()
        again = np.isin(hashes, self._hashes) | ~kept[CUSTOMER_ID].is_first_distinct().to_numpy()
        self._hashes = np.union1d(self._hashes, hashes)
        return kept.filter(pl.Series(again)).select(ROW, pl.lit(0, pl.UInt16).alias(ERROR_CODE))


def _numbered(kept: pl.DataFrame, blanks: pl.Series, offset: int) -> pl.DataFrame:
    """Name customers by the number of their row, from 1, blank lines not counted."""
    rows = kept[ROW].to_numpy().astype(np.int64)
    numbers = offset + 1 + rows - np.searchsorted(blanks.to_numpy(), rows)
    identifiers = pl.Series(CUSTOMER_ID, numbers).cast(pl.String)
    return kept.insert_column(0, identifiers)


def _free_texts(frame: pl.DataFrame, columns: Sequence[ColumnParser]) -> list[str]:
    words = [c.column for c in columns if c.feature.kind is Kind.CATEGORICAL]
    distinct = {name: frame[name].n_unique() for name in words}
    most = max(_TEXT_COUNT, _TEXT_SHARE * frame.height)
    return [name for name, count in distinct.items() if count > most]
