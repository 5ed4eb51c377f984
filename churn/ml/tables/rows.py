"""Parsing of the rows of a batch of a table: typed values, and the first error of each row."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.blocks import EXTRA_FIELD, ROW
from churn.ml.io.cells import MISSING, parse_boolean, to_unit
from churn.ml.io.distinct import clean_cells, map_cells
from churn.ml.io.names import format_names
from churn.ml.io.rejects import ERROR_CODE, RejectContext, RejectReason, RowError
from churn.ml.io.streams import RawBatch
from churn.ml.options import ALL_COLUMNS
from churn.ml.schema import CUSTOMER_ID, GROUP, KEPT, TARGET, TIME_COLUMN
from churn.ml.tables.columns import ColumnParser, ColumnType
from churn.ml.tables.inference import InferredColumns
from churn.ml.tables.values import ParsedCells, parse_cells

_DAY_SECONDS = 86_400.0
_LATE = "\0late:"  # begins the name of the column that says which dates are late


@dataclass(frozen=True, slots=True)
class ParsedRows:
    """ROW and values of the rows of a batch, and the rows that may have to be rejected."""

    frame: pl.DataFrame
    suspects: pl.DataFrame  # ROW and ERROR_CODE
    context: RejectContext


class RowParser:
    """Parses the cells of a batch, and finds the first error of each row."""

    def __init__(self, inferred: InferredColumns, *, with_target: bool) -> None:
        self._source = inferred.source
        self._inferred = inferred
        self._target = self._source.target if with_target else None
        self._kept: tuple[str, ...] = ()
        used: set[str | None] = {column.name for column in inferred.columns}
        used |= {self._target, self._source.customer_id}
        # polars fills the fields that a short row lacks with null, so its last column is null.
        self._last = [name for name in self._source.columns if name in used][-1]

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

    @property
    def columns(self) -> list[str]:
        """Names of the columns that `parse` needs."""
        roles = (self._source.customer_id, self._source.group, self._target)
        used = [*filter(None, roles), *(column.name for column in self._inferred.columns)]
        return list(dict.fromkeys((ROW, EXTRA_FIELD, *used, *self._kept)))

    def parse(self, raw: pl.DataFrame, batch: RawBatch) -> ParsedRows:
        """Parse the rows of a batch; `raw` has the cells as they are in the file."""
        cells = {c.name: parse_cells(c, raw[c.name]) for c in self._inferred.columns}
        roles = list(self._role_values(raw))
        columns = [raw[ROW], *roles]
        for column in self._inferred.columns:
            if column.column_type is ColumnType.DATE:
                columns += self._date_values(column, cells[column.name].values)
        columns += [_kept_cells(raw[name]) for name in self._kept]
        # The days of a date are among the values of dates already.
        columns += [
            cells[column.name].values.alias(column.column)
            for column in self._inferred.columns
            if column.column_type is not ColumnType.DATE
        ]
        frame = pl.DataFrame(columns)
        errors = list(self._find_errors(raw, cells, frame))
        context = RejectContext(batch, [error for error, _ in errors], len(self._source.columns))
        return ParsedRows(self._in_order(frame), _first_errors(raw[ROW], errors), context)

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

    def _role_values(self, raw: pl.DataFrame) -> Iterator[pl.Series]:
        if self._source.customer_id is not None:
            yield clean_cells(raw[self._source.customer_id]).alias(CUSTOMER_ID)
        if self._source.group is not None:
            yield clean_cells(raw[self._source.group]).alias(GROUP)
        if self._target is not None:
            yield map_cells(raw[self._target], self._parse_outcome).alias(TARGET)

    def _parse_outcome(self, cells: pl.Series) -> pl.Series:
        outcome, text = self._inferred.outcome, clean_cells(cells)
        value = outcome.parse(text.name) if outcome else parse_boolean(pl.col(text.name))
        return text.to_frame().select(value).to_series()

    def _date_values(self, column: ColumnParser, values: pl.Series) -> Iterator[pl.Series]:
        """Yield days before the as-of date, what is late, and the date itself if it is needed."""
        as_of, value = self._inferred.as_of, pl.col(values.name)
        # Without an as-of date, every date is in the future.
        late = value >= as_of.end if as_of else value.is_not_null()
        known = pl.when(~late).then(value)
        elapsed = pl.lit(as_of and as_of.start, pl.Datetime("ms")) - known
        days = to_unit(elapsed.dt.total_seconds().clip(lower_bound=0), _DAY_SECONDS)
        found = values.to_frame().select(days=days, late=late, known=known)
        yield found["days"].alias(column.column)
        yield found["late"].alias(_LATE + column.name)
        if column.name == self._inferred.time_column:
            yield found["known"].alias(TIME_COLUMN)

    def _in_order(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Put the features behind the other columns, in the order of the file."""
        features = [column.column for column in self._inferred.columns]
        return frame.select(pl.exclude(features), *features)

    def _find_errors(
        self, raw: pl.DataFrame, cells: Mapping[str, ParsedCells], frame: pl.DataFrame
    ) -> Iterator[tuple[RowError, pl.Series]]:
        """Yield possible errors in order of precedence, with the rows that have them."""
        if raw[EXTRA_FIELD].null_count() < raw.height:
            yield RowError("", RejectReason.FIELDS_TOO_MANY), raw[EXTRA_FIELD].is_not_null()
        identifier = self._source.customer_id
        if identifier and frame[CUSTOMER_ID].null_count():
            missing = frame[CUSTOMER_ID].is_null()
            yield RowError(identifier, RejectReason.CUSTOMER_MISSING), missing
        for column in self._inferred.columns:
            is_invalid = cells[column.name].is_invalid
            if is_invalid is not None:
                is_date = column.column_type is ColumnType.DATE
                reason = RejectReason.DATE_INVALID if is_date else RejectReason.NUMBER_INVALID
                yield RowError(column.name, reason), is_invalid
        if self._target is not None and frame[TARGET].null_count():
            missing = clean_cells(raw[self._target]).is_null()
            yield RowError(self._target, RejectReason.TARGET_MISSING), missing
            yield RowError(self._target, RejectReason.TARGET_INVALID), frame[TARGET].is_null()
        last = clean_cells(raw[self._last])
        if last.null_count():
            yield RowError("", RejectReason.FIELDS_TOO_FEW), last.is_null()


def _kept_cells(raw: pl.Series) -> pl.Series:
    is_missing = pl.col(raw.name).is_in(MISSING)
    cells = raw.to_frame().select(pl.when(~is_missing).then(pl.col(raw.name)))
    return cells.to_series().alias(KEPT + raw.name)


def _first_errors(rows: pl.Series, errors: Sequence[tuple[RowError, pl.Series]]) -> pl.DataFrame:
    """Return ROW and ERROR_CODE, the index of its first error, of rows that have one."""
    codes = np.full(len(rows), len(errors), np.uint16)
    for code, (_error, has_error) in reversed([*enumerate(errors)]):
        if has_error.any():
            codes[has_error.to_numpy()] = code
    found = pl.DataFrame([rows, pl.Series(ERROR_CODE, codes)])
    return found.filter(pl.col(ERROR_CODE) < len(errors))
