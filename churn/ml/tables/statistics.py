"""Counts per column of a table, summed over the batches of a file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import polars as pl

from churn.ml.io.dates import OrderEvidence, count_orders, in_order, parse_datetime
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

# Of a batch; a rarer word is too rare in the file to stand for a missing value.
_MAX_WORDS = 1_000
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

    def add_newest(self, newest: datetime | None, *, month_first: bool) -> None:
        """Keep the later one of two dates."""
        if newest is not None:
            self.newest[month_first] = max(newest, self.newest.get(month_first, newest))


class _BatchCounts(NamedTuple):
    """Counts of a batch that one pass over all columns gives."""

    filled: int
    settled: int
    short: int  # settled whole numbers below _THOUSAND
    newest: datetime | None


class ColumnStatistics:
    """Counts of every column; `end` is the instant from which on dates are not facts."""

    def __init__(self, guesses: Sequence[ColumnGuess], end: datetime) -> None:
        self._guesses = guesses
        self._end = end
        self.columns = {guess.name: ColumnCounts() for guess in guesses}

    def add(self, frame: pl.DataFrame) -> None:
        """Count the cells of a batch; `frame` has the text columns of the guesses."""
        found = frame.select(_count_cells(guess, self._end) for guess in self._guesses)
        for guess in self._guesses:
            batch = _BatchCounts(**found[guess.name].item())
            counts = self.columns[guess.name]
            counts.filled += batch.filled
            counts.settled += batch.settled
            if guess.parser.column_type is ColumnType.DATE:
                self._add_dates(guess, frame, batch)
            elif guess.parser.column_type is not ColumnType.CATEGORY:
                _add_numbers(counts, guess, frame, batch)

    def newest(self, names: Iterable[str], month_first: Mapping[str, bool]) -> datetime | None:
        """Return the newest known date of the columns of dates among `names`."""
        known = [name for name in names if name in self.columns]
        found = (self.columns[name].newest.get(month_first.get(name, False)) for name in known)
        return max((one for one in found if one is not None), default=None)

    def _add_dates(self, guess: ColumnGuess, frame: pl.DataFrame, batch: _BatchCounts) -> None:
        counts, formats = self.columns[guess.name], guess.parser.formats
        if not guess.is_open and batch.settled == batch.filled:
            counts.orders += OrderEvidence(batch.filled, batch.settled, batch.settled)
            for month_first in (False, True):
                counts.add_newest(batch.newest, month_first=month_first)
            return
        texts = frame.select(guess.parser.text().alias("text"))
        counts.orders += count_orders(texts["text"], formats)
        for month_first in (False, True):
            value = parse_datetime(pl.col("text"), in_order(formats, month_first=month_first))
            texts = texts.with_columns(value.alias(str(month_first)))
            newest = texts.select(value.filter(value < self._end).max()).item()
            counts.add_newest(newest, month_first=month_first)
        is_unread = pl.col("False").is_null() & pl.col("True").is_null()
        _add_words(counts, texts.filter(is_unread)["text"])


def _count_cells(guess: ColumnGuess, end: datetime) -> pl.Expr:
    """Struct of the fields of a _BatchCounts."""
    parser, newest = guess.parser, pl.lit(None, pl.Datetime("ms"))
    text, short = parser.text(), pl.lit(0)
    settled, value = pl.lit(0), parser.value()
    match parser.column_type:
        case ColumnType.CATEGORY:
            settled = parse_number(text, POINT).count()
        case ColumnType.DATE if not guess.is_open:
            settled, newest = value.count(), value.filter(value < end).max()
        case ColumnType.NUMBER if guess.is_open:
            is_settled = _is_settled(guess)
            settled, short = is_settled.sum(), (is_settled & (value < _THOUSAND)).sum()
        case ColumnType.NUMBER | ColumnType.AMOUNT | ColumnType.FLAG if not guess.is_open:
            settled = value.count()
    counts = pl.struct(filled=text.count(), settled=settled, short=short, newest=newest)
    return counts.alias(parser.name)


def _is_settled(guess: ColumnGuess) -> pl.Expr:
    """Whether a cell is a number that has no other reading."""
    is_number = guess.parser.value().is_not_null()
    if not guess.is_open:
        return is_number
    if guess.parser.column_type is ColumnType.AMOUNT:
        return pl.lit(value=False)
    return is_number & ~guess.parser.text().str.contains(POINT, literal=True)


def _add_numbers(
    counts: ColumnCounts, guess: ColumnGuess, frame: pl.DataFrame, batch: _BatchCounts
) -> None:
    parser, is_settled = guess.parser, _is_settled(guess)
    if batch.settled < batch.filled and guess.stored is not None and not guess.is_open:
        # Whether another reading than the stored one is better depends on all cells.
        is_settled = pl.lit(value=False)
    else:
        counts.numbers += _settled_evidence(guess, batch)
        counts.plain += batch.settled if parser.column_type is ColumnType.NUMBER else 0
    if batch.settled == batch.filled:
        return
    texts = frame.select(text=parser.text(), value=parser.value(), settled=is_settled)
    rest = texts.filter(~pl.col("settled").fill_null(value=False))
    if parser.column_type is ColumnType.FLAG:
        _add_words(counts, rest.filter(pl.col("value").is_null())["text"])
        return
    counts.numbers += count_evidence(rest["text"])
    counts.plain += rest.select(parse_number(pl.col("text"), POINT).count()).item()
    is_unread = [parse_amount(pl.col("text"), mark).is_null() for mark in (POINT, COMMA)]
    _add_words(counts, rest.filter(*is_unread)["text"])


def _settled_evidence(guess: ColumnGuess, batch: _BatchCounts) -> NumberEvidence:
    """Return evidence for cells that the guess parses, without looking at them again."""
    settled = batch.settled
    if guess.is_open:
        long = settled - batch.short
        return NumberEvidence(settled, settled, settled, short=batch.short, long=long)
    if guess.parser.decimal == COMMA:
        return NumberEvidence(settled, comma=settled, only_comma=settled)
    return NumberEvidence(settled, point=settled, only_point=settled)


def _add_words(counts: ColumnCounts, texts: pl.Series) -> None:
    found = texts.drop_nulls().value_counts(sort=True).head(_MAX_WORDS)
    counts.words.update(dict(found.iter_rows()))
