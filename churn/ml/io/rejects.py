"""Rejected rows: the file line, the column and the reason of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import polars as pl

from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.blocks import ROW
from churn.ml.io.streams import RawBatch

LINE, COLUMN, REASON = "line", "column", "reason"
ERROR_CODE = "\0error"  # UInt16 index into a sequence of RowErrors, null for a valid row


class RejectReason(StrEnum):
    CUSTOMER_MISSING = "customer_missing"
    CUSTOMER_REPEATED = "customer_repeated"
    NUMBER_INVALID = "number_invalid"
    DATE_INVALID = "date_invalid"
    TARGET_INVALID = "target_invalid"
    TARGET_MISSING = "target_missing"
    FIELDS_TOO_MANY = "fields_too_many"
    FIELDS_TOO_FEW = "fields_too_few"


_SENTENCES = {
    RejectReason.CUSTOMER_MISSING: _("the customer identifier is missing"),
    RejectReason.CUSTOMER_REPEATED: _("the customer is a duplicate of an earlier line"),
    RejectReason.NUMBER_INVALID: _("not a number"),
    RejectReason.DATE_INVALID: _("not a date and time"),
    RejectReason.TARGET_INVALID: _("neither yes nor no"),
    RejectReason.TARGET_MISSING: _("the outcome is missing"),
    RejectReason.FIELDS_TOO_MANY: _(
        "more fields than the header; text that contains the delimiter needs quotes"
    ),
    RejectReason.FIELDS_TOO_FEW: _("fewer fields than the header"),
}
REJECT_SCHEMA = {LINE: pl.Int64, COLUMN: pl.String, REASON: pl.String}


def describe_reject(code: str) -> Message:
    """Describe a RejectReason by its value."""
    return Message(_SENTENCES[RejectReason(code)])


@dataclass(frozen=True, slots=True)
class RowError:
    column: str  # of the file; empty for an error of the whole row
    reason: RejectReason


@dataclass(frozen=True, slots=True)
class RowChecks:
    """Possible errors of a row, in order of precedence, with the condition for each."""

    errors: tuple[RowError, ...]
    conditions: tuple[pl.Expr, ...] = field(repr=False)

    def expression(self) -> pl.Expr:
        """Return ERROR_CODE: the index of the first error whose condition is true, or null."""
        codes = [
            pl.when(condition).then(pl.lit(code, pl.UInt16))
            for code, condition in enumerate(self.conditions)
        ]
        return pl.coalesce(codes).alias(ERROR_CODE)


@dataclass(frozen=True, slots=True)
class RejectContext:
    """What is needed to describe the rejects of a batch."""

    batch: RawBatch
    errors: Sequence[RowError]  # indexed by ERROR_CODE
    field_count: int  # of a complete row


@dataclass(frozen=True, slots=True)
class ValidatedRows:
    accepted: pl.DataFrame
    rejects: pl.DataFrame  # columns of REJECT_SCHEMA
    blank_rows: pl.Series  # ROW of blank lines, which count as no rows

    @property
    def row_count(self) -> int:
        """Accepted and rejected rows."""
        return self.accepted.height + self.rejects.height


def split_rejects(
    frame: pl.DataFrame, candidates: pl.DataFrame, context: RejectContext
) -> ValidatedRows:
    """Split `frame` into accepted rows and rejects with their file lines; drop blank lines.

    Both frames have ROW, ascending. `candidates` also has ERROR_CODE, null for a row that turned
    out to be valid. A candidate for FIELDS_TOO_FEW is accepted if it has all fields: its last one
    is merely empty.
    """
    candidates = candidates.drop_nulls(ERROR_CODE)
    if candidates.is_empty():
        return ValidatedRows(frame, pl.DataFrame(schema=REJECT_SCHEMA), candidates[ROW])
    confirmed = _confirm(candidates, context)
    is_invalid, is_blank = pl.col(REASON).is_not_null(), pl.col("is_blank")
    is_accepted = np.ones(frame.height, dtype=np.bool_)
    dropped = confirmed.filter(is_invalid | is_blank)[ROW]
    # ROW ascends, so a binary search finds the index of a row.
    is_accepted[np.searchsorted(frame[ROW], dropped)] = False
    return ValidatedRows(
        accepted=frame.filter(pl.Series(is_accepted)),
        rejects=confirmed.filter(is_invalid & ~is_blank).select(*REJECT_SCHEMA),
        blank_rows=confirmed.filter(is_blank)[ROW],
    )


def _confirm(candidates: pl.DataFrame, context: RejectContext) -> pl.DataFrame:
    """Return ROW, REJECT_SCHEMA and `is_blank` of candidates; REASON is null for a valid row."""
    located = context.batch.locate(candidates[ROW].to_numpy().astype(np.int64))
    field_counts = np.array(located.field_counts)
    errors = pl.DataFrame(
        {
            COLUMN: [error.column for error in context.errors],
            REASON: [error.reason.value for error in context.errors],
        }
    )
    # A short row fails other checks too; which fields it lacks is unknown, so no column is named.
    is_short = pl.lit(pl.Series(field_counts < context.field_count))
    return errors[candidates[ERROR_CODE].cast(pl.Int64).to_list()].with_columns(
        candidates[ROW],
        pl.Series(LINE, located.lines, dtype=pl.Int64),
        is_blank=pl.Series(field_counts == 0),
        column=pl.when(is_short).then(pl.lit("")).otherwise(COLUMN),
        reason=pl.when(is_short)
        .then(pl.lit(RejectReason.FIELDS_TOO_FEW.value))
        .when(pl.col(REASON) == RejectReason.FIELDS_TOO_FEW)
        .then(None)
        .otherwise(REASON),
    )
