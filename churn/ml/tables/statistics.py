"""Counts per column of a table, summed over the batches of a file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import polars as pl

from churn.ml.io.dates import OrderEvidence, count_orders, in_order, parse_datetime
from churn.ml.io.distinct import COUNT, TEXT, tally_cells
from churn.ml.io.numbers import (
    COMMA,
    POINT,
    NumberEvidence,
    count_evidence,
    parse_amount,
    parse_number,
)
from churn.ml.tables.columns import ColumnType
from churn.ml.tables.guessing import ColumnGuess
from churn.ml.tables.values import find_plain_numbers

# Of a batch; a rarer word is too rare in the file to stand for a missing value.
_MAX_WORDS = 1_000
_TEXT, _VALUE = pl.col(TEXT), pl.col("value")
_THOUSAND = 1_000  # the first whole number that may be written with a separator


@dataclass(slots=True)
class ColumnCounts:
    """Counts of the cells of one column."""

    filled: int = 0
    settled: int = 0  # parsed by the guess in the only way; of a category: plain numbers
    plain: int = 0  # numbers without thousands, currency and decimal comma
    numbers: NumberEvidence = field(default_factory=NumberEvidence)
    orders: OrderEvidence = field(default_factory=OrderEvidence)
    words: Counter[str] = field(default_factory=Counter)  # that no reading parses
    newest: dict[bool, datetime] = field(default_factory=dict)  # known date, by month_first


class _Settled(NamedTuple):
    """Cells of a batch that the guess parses in the only way, and the others."""

    cells: int
    short: int  # of them, those below _THOUSAND
    others: pl.Series  # as they are in the file


class ColumnStatistics:
    """Counts of every column; `end` is the instant from which on dates are not facts."""

    def __init__(self, guesses: Sequence[ColumnGuess], end: datetime) -> None:
        self._guesses = guesses
        self._end = end
        self.columns = {guess.name: ColumnCounts() for guess in guesses}

    def add(self, frame: pl.DataFrame) -> None:
        """Count the cells of a batch; `frame` has the columns as they are in the file."""
        for guess in self._guesses:
            counts, raw = self.columns[guess.name], frame[guess.name]
            match guess.parser.column_type:
                case ColumnType.DATE:
                    _add_dates(counts, guess, tally_cells(raw), self._end)
                case ColumnType.CATEGORY:
                    tally = tally_cells(raw)
                    counts.filled += _total(tally)
                    counts.settled += _total(tally, parse_number(_TEXT, POINT).is_not_null())
                case _:
                    _add_numbers(counts, guess, raw)

    def newest(self, names: Iterable[str], month_first: Mapping[str, bool]) -> datetime | None:
        """Return the newest known date of the columns of dates among `names`."""
        known = [name for name in names if name in self.columns]
        found = (self.columns[name].newest.get(month_first.get(name, False)) for name in known)
        return max((one for one in found if one is not None), default=None)


def _add_dates(
    counts: ColumnCounts, guess: ColumnGuess, tally: pl.DataFrame, end: datetime
) -> None:
    formats, filled = guess.parser.formats, _total(tally)
    counts.filled += filled
    if not guess.is_open:
        values = tally.select(parse_datetime(_TEXT, formats)).to_series()
        if not values.null_count():
            counts.orders += OrderEvidence(filled, filled, filled)
            _add_newest(counts, values, end, month_first=False)
            _add_newest(counts, values, end, month_first=True)
            return
    counts.orders += count_orders(tally[TEXT], formats, tally[COUNT])
    is_unread = pl.Series([True]).new_from_index(0, tally.height)
    for month_first in (False, True):
        value = parse_datetime(_TEXT, in_order(formats, month_first=month_first))
        values = tally.select(value).to_series()
        _add_newest(counts, values, end, month_first=month_first)
        is_unread &= values.is_null()
    _add_words(counts, tally.filter(is_unread))


def _add_newest(
    counts: ColumnCounts, values: pl.Series, end: datetime, *, month_first: bool
) -> None:
    """Keep the newest of `values` before `end`, if it is later than that of earlier batches."""
    newest = (
        values.to_frame("value").select(pl.col("value").filter(pl.col("value") < end).max()).item()
    )
    if newest is not None:
        counts.newest[month_first] = max(newest, counts.newest.get(month_first, newest))


def _add_numbers(counts: ColumnCounts, guess: ColumnGuess, raw: pl.Series) -> None:
    parser = guess.parser
    is_plain = parser.column_type is ColumnType.NUMBER
    settled = _find_settled(raw, is_open=guess.is_open) if is_plain else _Settled(0, 0, raw)
    tally = tally_cells(settled.others).with_columns(parser.value(_TEXT).alias("value"))
    is_settled = _is_settled(guess)
    filled = settled.cells + _total(tally)
    short = settled.short + _total(tally, is_settled & (_VALUE < _THOUSAND))
    count = settled.cells + _total(tally, is_settled)
    counts.filled += filled
    counts.settled += count
    if count < filled and guess.stored is not None and not guess.is_open:
        # Whether another reading than the stored one is better depends on all cells.
        tally = tally_cells(raw).with_columns(parser.value(_TEXT).alias("value"))
    else:
        counts.numbers += _settled_evidence(guess, count, short)
        counts.plain += count if is_plain else 0
        tally = tally.filter(~is_settled)
    if count < filled:
        _add_others(counts, guess, tally)


def _find_settled(raw: pl.Series, *, is_open: bool) -> _Settled:
    """Find the plain numbers at once; a point in one is no evidence of what a point means."""
    values, is_other = find_plain_numbers(raw)
    if is_other is None and not is_open:
        return _Settled(len(raw) - raw.null_count(), 0, raw.clear())
    is_settled = raw.is_not_null() if is_other is None else raw.is_not_null() & ~is_other
    if is_open:
        is_settled &= ~raw.str.contains(POINT, literal=True).fill_null(value=False)
    count = int(is_settled.sum())
    short = int((is_settled & (values < _THOUSAND)).sum()) if is_open else 0
    is_complete = count + raw.null_count() == len(raw)
    return _Settled(count, short, raw.clear() if is_complete else raw.filter(~is_settled))


def _is_settled(guess: ColumnGuess) -> pl.Expr:
    """Whether a clean cell is a number that has no other reading."""
    if not guess.is_open:
        return _VALUE.is_not_null()
    if guess.parser.column_type is ColumnType.AMOUNT:
        return pl.lit(value=False)
    return _VALUE.is_not_null() & ~_TEXT.str.contains(POINT, literal=True)


def _settled_evidence(guess: ColumnGuess, settled: int, short: int) -> NumberEvidence:
    """Return evidence for cells that the guess parses, without looking at them again."""
    if guess.is_open:
        long = settled - short
        return NumberEvidence(settled, settled, settled, short=short, long=long)
    if guess.parser.decimal == COMMA:
        return NumberEvidence(settled, comma=settled, only_comma=settled)
    return NumberEvidence(settled, point=settled, only_point=settled)


def _add_others(counts: ColumnCounts, guess: ColumnGuess, tally: pl.DataFrame) -> None:
    """Count cells that the guess does not settle; `tally` also has their value."""
    if guess.parser.column_type is ColumnType.FLAG:
        _add_words(counts, tally.filter(_VALUE.is_null()))
        return
    counts.numbers += count_evidence(tally[TEXT], tally[COUNT])
    counts.plain += _total(tally, parse_number(_TEXT, POINT).is_not_null())
    is_unread = [parse_amount(_TEXT, mark).is_null() for mark in (POINT, COMMA)]
    _add_words(counts, tally.filter(*is_unread))


def _add_words(counts: ColumnCounts, tally: pl.DataFrame) -> None:
    words = tally.group_by(TEXT).agg(pl.col(COUNT).sum())
    found = words.sort([COUNT, TEXT], descending=[True, False]).head(_MAX_WORDS)
    counts.words.update(dict(found.iter_rows()))


def _total(tally: pl.DataFrame, condition: pl.Expr | None = None) -> int:
    """Return how many cells a tally has, or those on which `condition` is true."""
    if condition is None:
        return int(tally[COUNT].sum())
    return int(tally.select(pl.col(COUNT).filter(condition).sum()).item())
