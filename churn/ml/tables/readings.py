"""Decision on the whole file how each column is parsed, and remarks on what was decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import polars as pl

from churn.ml.io.dates import (
    OrderEvidence,
    has_order,
    in_order,
    infer_date_formats,
    is_month_first,
    parse_datetime,
)
from churn.ml.io.numbers import COMMA, POINT, NumberDecision, decide_decimal
from churn.ml.io.source import DataSource
from churn.ml.tables.columns import NUMERIC_TYPES, ColumnParser, ColumnType
from churn.ml.tables.guessing import MIN_PARSED_SHARE, ColumnGuess
from churn.ml.tables.statistics import ColumnCounts

# Share of cells that must be valid for a column of numbers or dates, with words for missing values
# counted as valid. The rows of the other cells are rejected, so the share is high.
_MIN_VALID_SHARE = 0.9
# A word this frequent among numbers stands for a missing value; a rarer one is an error.
_MIN_MISSING_SHARE, _MIN_MISSING_COUNT = 0.005, 2
_MAX_MISSING_WORDS = 3


@dataclass(frozen=True, slots=True)
class FileHabits:
    """How the other columns of a file are written, for those that could be read in two ways."""

    decimal: str = ""  # empty if it is unknown
    month_first: bool | None = None


@dataclass(frozen=True, slots=True)
class DecidedColumn:
    """The final parser of a column, and the codes of the findings about it."""

    parser: ColumnParser
    remarks: tuple[str, ...] = ()
    missing_words: Mapping[str, int] = field(default_factory=dict)  # with the cells of each


class _Decision(NamedTuple):
    """A parser, the cells that it parses, and the codes of findings."""

    parser: ColumnParser
    parsed: int
    remarks: tuple[str, ...] = ()


def infer_habits(
    source: DataSource, guesses: Iterable[ColumnGuess], counts: Mapping[str, ColumnCounts]
) -> FileHabits:
    """Return what the columns that can be read in one way say about the others."""
    decimals: set[str] = set()
    orders: set[bool] = set()
    for guess in guesses:
        found = counts[guess.name]
        if guess.parser.column_type is ColumnType.DATE:
            evidence = found.orders
            is_clear = not guess.is_open or evidence.only_day != evidence.only_month
            if is_clear and has_order(guess.parser.formats):
                orders.add(_prefers_month_first(guess, evidence))
        elif guess.parser.column_type in NUMERIC_TYPES and guess.name not in source.number_columns:
            decision = decide_decimal(found.numbers)
            decimals |= {decision.decimal} if decision.is_certain and decision.decimal else set()
    # Excel separates columns by semicolons where the comma is the decimal mark.
    usual = COMMA if source.decimal == COMMA or source.delimiter == ";" else ""
    return FileHabits(
        decimal=decimals.pop() if len(decimals) == 1 else usual,
        month_first=orders.pop() if len(orders) == 1 else None,
    )


def decide_column(guess: ColumnGuess, counts: ColumnCounts, habits: FileHabits) -> DecidedColumn:
    """Return the final parser of a column; a fixed type stays as guessed."""
    parser = replace(guess.parser, is_empty=not counts.filled)
    if parser.column_type is ColumnType.CATEGORY:
        # The sample had too few numbers, the whole file has enough.
        is_number = counts.settled >= _MIN_VALID_SHARE * counts.filled > 0 and not guess.is_fixed
        if is_number:
            return DecidedColumn(replace(parser, column_type=ColumnType.NUMBER))
        return DecidedColumn(parser, ("date_unreadable",) if guess.is_unreadable else ())
    decide = _decide_date if parser.column_type is ColumnType.DATE else _decide_number
    decision = decide(replace(guess, parser=parser), counts, habits)
    missing = _missing_words(decision.parsed, counts, guess)
    valid = decision.parsed + sum(missing.values())
    is_parsed = decision.parsed >= MIN_PARSED_SHARE * counts.filled
    if guess.is_fixed or (is_parsed and valid >= _MIN_VALID_SHARE * counts.filled):
        final = replace(decision.parser, missing=tuple(sorted(missing)))
        return DecidedColumn(final, decision.remarks, missing)
    return DecidedColumn(
        replace(parser, column_type=ColumnType.CATEGORY, formats=()), _mixed_remarks(parser, counts)
    )


def _decide_number(guess: ColumnGuess, counts: ColumnCounts, habits: FileHabits) -> _Decision:
    evidence, parser = counts.numbers, guess.parser
    if parser.column_type is ColumnType.FLAG:
        return _Decision(parser, counts.settled)
    decision = decide_decimal(evidence, habits.decimal)
    remarks: tuple[str, ...] = ()
    stored = guess.stored.decimal if guess.stored else ""
    if stored or not guess.is_open:
        kept = NumberDecision(stored or parser.decimal, is_certain=True)
        if _may_change(guess) and _is_better(decision, kept, counts):
            remarks = ("format_differs",) if stored else ()
        else:
            decision = kept
    decimal = decision.decimal or POINT
    parsed = evidence.parsed(decimal)
    is_plain = decimal == POINT and counts.plain == parsed
    final = replace(
        parser,
        column_type=ColumnType.NUMBER if is_plain else ColumnType.AMOUNT,
        decimal=decimal,
        has_marks=bool(decision.decimal),
    )
    remarks += _number_remarks(decision, final)
    return _Decision(final, parsed, remarks)


def _may_change(guess: ColumnGuess) -> bool:
    """Whether a reading may be replaced: not if the user chose it."""
    return guess.stored is not None or not guess.is_fixed


def _is_better(own: NumberDecision, kept: NumberDecision, counts: ColumnCounts) -> bool:
    """Whether `own`, which is certain, reads numbers that `kept` cannot read."""
    if not own.is_certain or own.decimal in {"", kept.decimal}:
        return False
    parsed = counts.numbers.parsed(kept.decimal)
    is_kept_valid = parsed >= _MIN_VALID_SHARE * counts.filled
    return not is_kept_valid and counts.numbers.parsed(own.decimal) > parsed


def _number_remarks(decision: NumberDecision, parser: ColumnParser) -> tuple[str, ...]:
    name = "comma" if parser.decimal == COMMA else "point"
    if not decision.is_certain:
        return (f"number_ambiguous_{name}",)
    is_plain = parser.column_type is ColumnType.NUMBER or not parser.has_marks
    return () if is_plain else (f"number_{name}",)


def _decide_date(guess: ColumnGuess, counts: ColumnCounts, habits: FileHabits) -> _Decision:
    evidence, parser = counts.orders, guess.parser
    is_ambiguous = guess.is_open and evidence.only_day == evidence.only_month
    if is_ambiguous:
        has_hours = any("%p" in fmt for fmt in parser.formats)
        # Hours with AM and PM are written where the month comes first.
        month_first = has_hours if habits.month_first is None else habits.month_first
    else:
        month_first = _prefers_month_first(guess, evidence)
    formats = in_order(parser.formats, month_first=month_first)
    words = pl.Series(list(counts.words), dtype=pl.String)
    formats += tuple(
        fmt for fmt in infer_date_formats(words, month_first=month_first) if fmt not in formats
    )
    parsed = evidence.parsed(month_first=month_first) + _count_dates(counts, formats)
    stored = guess.stored.formats if guess.stored else ()
    is_other = bool(stored) and not {*formats} <= {*stored}
    remarks = ["format_differs"] if is_other else []
    if has_order(formats) and not (stored and has_order(stored)):
        name = "month" if month_first else "day"
        is_unclear = is_ambiguous and evidence.two_ways > 0
        remarks.append(f"date_ambiguous_{name}" if is_unclear else f"date_{name}_first")
    return _Decision(replace(parser, formats=formats), parsed, tuple(remarks))


def _prefers_month_first(guess: ColumnGuess, evidence: OrderEvidence) -> bool:
    """Return the order that more cells have, but that of the guess if it reads enough of them."""
    current = is_month_first(guess.parser.formats)
    if not _may_change(guess):
        return current
    is_valid = evidence.parsed(month_first=current) >= _MIN_VALID_SHARE * evidence.filled
    if is_valid and not guess.is_open:
        return current
    if evidence.only_day == evidence.only_month:
        return current
    return evidence.only_month > evidence.only_day


def _count_dates(counts: ColumnCounts, formats: tuple[str, ...]) -> int:
    words = pl.DataFrame(
        {"text": list(counts.words), "cells": list(counts.words.values())},
        schema={"text": pl.String, "cells": pl.Int64},
    )
    is_date = parse_datetime(pl.col("text"), formats).is_not_null()
    return int(words.filter(is_date)["cells"].sum())


def _missing_words(parsed: int, counts: ColumnCounts, guess: ColumnGuess) -> dict[str, int]:
    """Return words that stand for a missing value with their cells: those of training, and others.

    Without a cell that could be parsed, only those of training are known.
    """
    stored = guess.stored.missing if guess.stored else ()
    found = {word: counts.words[word] for word in stored if word in counts.words}
    if parsed:
        min_count = max(_MIN_MISSING_COUNT, _MIN_MISSING_SHARE * counts.filled)
        # Of equally frequent words, the order of the file or of a table of hashes decides nothing.
        ordered = sorted(counts.words.items(), key=lambda item: (-item[1], item[0]))
        most_common = ordered[:_MAX_MISSING_WORDS]
        found |= {word: count for word, count in most_common if count >= min_count}
    return found


def _mixed_remarks(parser: ColumnParser, counts: ColumnCounts) -> tuple[str, ...]:
    """Return a code if most cells are numbers or dates, but no reading has enough of them."""
    if parser.column_type is ColumnType.DATE:
        readable = counts.orders.readable
        return ("date_mixed",) if readable >= MIN_PARSED_SHARE * counts.filled else ()
    readable = counts.numbers.readable
    return ("number_mixed",) if readable >= MIN_PARSED_SHARE * counts.filled else ()
