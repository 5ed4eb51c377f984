"""Rows that cannot be used: the file line, the column and the reason of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import polars as pl

from churn.ml.i18n.languages import Language
from churn.ml.io.blocks import ROW
from churn.ml.io.streams import RawBatch

LINE, COLUMN, REASON = "line", "column", "reason"
ERROR_CODE = "\0fault"  # UInt16 index into a list of Faults, null for a sound row


class RejectReason(StrEnum):
    CUSTOMER_MISSING = "customer_missing"
    CUSTOMER_REPEATED = "customer_repeated"
    NUMBER_INVALID = "number_invalid"
    DATE_INVALID = "date_invalid"
    TARGET_INVALID = "target_invalid"
    TARGET_MISSING = "target_missing"
    FIELDS_TOO_MANY = "fields_too_many"
    FIELDS_TOO_FEW = "fields_too_few"


_WORDS: dict[str, tuple[str, str]] = {
    RejectReason.CUSTOMER_MISSING: ("the customer is missing", "falta el cliente"),
    RejectReason.CUSTOMER_REPEATED: (
        "the customer appeared on an earlier line",
        "el cliente ya apareció en una línea anterior",
    ),
    RejectReason.NUMBER_INVALID: ("not a number", "no es un número"),
    RejectReason.DATE_INVALID: ("not a date and time", "no es una fecha y hora"),
    RejectReason.TARGET_INVALID: ("neither yes nor no", "no es ni sí ni no"),
    RejectReason.TARGET_MISSING: ("the outcome is missing", "falta el resultado"),
    RejectReason.FIELDS_TOO_MANY: (
        "more fields than the header names; a text with a delimiter needs quotes",
        "más campos que el encabezado; un texto con un separador necesita comillas",
    ),
    RejectReason.FIELDS_TOO_FEW: (
        "fewer fields than the header names",
        "menos campos que el encabezado",
    ),
}
SCHEMA = {LINE: pl.Int64, COLUMN: pl.String, REASON: pl.String}


def describe_reason(code: str, language: Language) -> str:
    """Say a reject's reason in words."""
    english, spanish = _WORDS[code]
    return spanish if language == "es" else english


@dataclass(frozen=True, slots=True)
class RowError:
    column: str
    reason: RejectReason


@dataclass(frozen=True, slots=True)
class RowChecks:
    """Faults of a row, in the order in which they are looked for; only the first is told."""

    faults: tuple[RowError, ...]
    conditions: tuple[pl.Expr, ...] = field(repr=False)

    def expression(self) -> pl.Expr:
        """Index of the first fault, or null."""
        codes = [
            pl.when(condition).then(pl.lit(code, pl.UInt16))
            for code, condition in enumerate(self.conditions)
        ]
        return pl.coalesce(codes).alias(ERROR_CODE)


@dataclass(frozen=True, slots=True)
class RejectContext:
    """Where suspects come from, what their FAULT codes mean, and how wide a row should be."""

    rows: RawBatch
    faults: Sequence[RowError]
    width: int


@dataclass(frozen=True, slots=True)
class ValidatedRows:
    kept: pl.DataFrame
    rejects: pl.DataFrame  # SCHEMA
    blanks: pl.Series  # ROW of blank lines, which are no rows

    @property
    def rows(self) -> int:
        """Kept and rejected."""
        return self.kept.height + self.rejects.height


def sift(frame: pl.DataFrame, suspects: pl.DataFrame, found: RejectContext) -> ValidatedRows:
    """Part sound rows of `frame` from faulty ones, and find the lines of the latter.

    Both frames have ROW; `suspects` has FAULT too, null for a row that is sound after all. A fault
    of reason FIELDS_TOO_FEW is only a suspicion: the row is kept if it has fields enough.
    """
    suspects = suspects.drop_nulls(ERROR_CODE)
    if suspects.is_empty():
        return ValidatedRows(frame, pl.DataFrame(schema=SCHEMA), suspects[ROW])
    judged = _judged(suspects, found)
    faulty, blank = pl.col(REASON).is_not_null(), pl.col("blank")
    sound = np.ones(frame.height, dtype=np.bool_)
    sound[np.searchsorted(frame[ROW], judged.filter(faulty | blank)[ROW])] = False
    kept = frame.filter(pl.Series(sound))
    rejects = judged.filter(faulty & ~blank).select(*SCHEMA)
    return ValidatedRows(kept, rejects, judged.filter(blank)[ROW])


def _judged(suspects: pl.DataFrame, found: RejectContext) -> pl.DataFrame:
    located = found.rows.locate(suspects[ROW].to_numpy().astype(np.int64))
    widths = np.array(located.widths)
    faults = found.faults
    table = pl.DataFrame(
        {COLUMN: [f.column for f in faults], REASON: [f.reason.value for f in faults]}
    )
    told = table[suspects[ERROR_CODE].cast(pl.Int64).to_list()]
    short = pl.lit(pl.Series(widths < found.width))
    return told.with_columns(
        suspects[ROW],
        pl.Series(LINE, located.lines, dtype=pl.Int64),
        blank=pl.Series(widths == 0),
        column=pl.when(short).then(pl.lit("")).otherwise(COLUMN),
        reason=pl.when(short)
        .then(pl.lit(RejectReason.FIELDS_TOO_FEW.value))
        .when(pl.col(REASON) == RejectReason.FIELDS_TOO_FEW)
        .then(None)
        .otherwise(REASON),
    )
