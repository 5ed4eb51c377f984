"""First guess of how the columns of a table are parsed, from a sample of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from churn.ml.io.cells import stripped_cell
from churn.ml.io.dates import (
    are_like_dates,
    count_orders,
    has_order,
    in_order,
    infer_date_formats,
    is_month_first,
    parse_datetime,
)
from churn.ml.io.numbers import COMMA, POINT, NumberEvidence, count_evidence
from churn.ml.io.source import DataSource
from churn.ml.io.streams import parse_first
from churn.ml.options import ColumnKind
from churn.ml.schema import BOOLEAN_NO, BOOLEAN_YES, DAYS, Feature, Kind, Reading
from churn.ml.tables.columns import ColumnParser, ColumnType

MIN_PARSED_SHARE = 0.7  # of the filled cells, for a column of numbers or dates

_SAMPLE_ROWS = 20_000
_EVIDENCE_ROWS = 2_000  # of the sample, to decide how numbers and dates are written
_NUMBER_KINDS = {
    ColumnKind.NUMBER: "",
    ColumnKind.DECIMAL_POINT: POINT,
    ColumnKind.DECIMAL_COMMA: COMMA,
}
_DATE_KINDS = {ColumnKind.DATE: None, ColumnKind.DAY_FIRST: False, ColumnKind.MONTH_FIRST: True}


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """How a column is probably parsed, and what the whole file must decide."""

    parser: ColumnParser
    is_open: bool = False  # the decimal mark, or the order of day and month, is not decided
    is_fixed: bool = False  # the type was chosen by the user or is that of a model
    stored: Reading | None = None  # of the training file
    is_unreadable: bool = False  # most cells are like dates, but have no known format

    @property
    def name(self) -> str:
        return self.parser.name


def guess_columns(
    source: DataSource, names: Sequence[str], expected: Mapping[str, Feature]
) -> dict[str, ColumnGuess]:
    """Guess how each column of `names` is parsed; `expected` are features by their column."""
    cells = [stripped_cell(name).alias(name) for name in names]
    sample = parse_first(source, lambda scan: scan.select(cells).head(_SAMPLE_ROWS))
    if sample is None:
        return {name: _open_number(name) for name in names}
    return {name: _guess(source, sample[name].drop_nulls(), expected.get(name)) for name in names}


def _open_number(name: str) -> ColumnGuess:
    return ColumnGuess(ColumnParser(name, ColumnType.NUMBER), is_open=True)


def _guess(source: DataSource, cells: pl.Series, feature: Feature | None) -> ColumnGuess:
    if feature is not None:
        return replace(_guess_feature(source, cells, feature), is_fixed=True)
    kind = source.options.kinds.get(cells.name)
    if kind in _NUMBER_KINDS:
        guess = _guess_number(source, cells, _NUMBER_KINDS[kind])
    elif kind in _DATE_KINDS:
        guess = _guess_date(cells, month_first=_DATE_KINDS[kind])
    elif kind is not None:
        guess = _category(cells)
    else:
        return _guess_freely(source, cells)
    return replace(guess, is_fixed=True)


def _guess_feature(source: DataSource, cells: pl.Series, feature: Feature) -> ColumnGuess:
    """Guess a column that must yield `feature`, read as in training if that is possible."""
    if feature.kind is Kind.CATEGORICAL:
        return _category(cells)
    stored = feature.reading or Reading()
    if feature.unit == DAYS:
        return replace(_guess_date(cells, stored=stored.formats), stored=feature.reading)
    # Trained on 1 and 0, a column may come as words for yes and no.
    if len(cells) and _is_boolean(cells) and not _fits(_parse_plainly(cells), cells):
        flag = ColumnParser(cells.name, ColumnType.FLAG, is_boolean=True)
        return ColumnGuess(flag, stored=feature.reading)
    return replace(_guess_number(source, cells, stored.decimal), stored=feature.reading)


def _guess_freely(source: DataSource, cells: pl.Series) -> ColumnGuess:
    if not len(cells) or _fits(_parse_plainly(cells), cells):
        return _guess_number(source, cells)
    if are_like_dates(cells).sum() > MIN_PARSED_SHARE * len(cells):
        guess = _guess_date(cells)
        readable = count_orders(_thin(cells), guess.parser.formats).readable
        is_date = readable >= MIN_PARSED_SHARE * len(_thin(cells))
        return guess if is_date else replace(_category(cells), is_unreadable=True)
    if _evidence(cells).readable >= MIN_PARSED_SHARE * len(_thin(cells)):
        return _guess_number(source, cells)
    return _category(cells)


def _guess_number(source: DataSource, cells: pl.Series, decimal: str = "") -> ColumnGuess:
    """Guess a column of numbers; `decimal` is its mark, empty if it is unknown."""
    number = ColumnParser(cells.name, ColumnType.NUMBER)
    # A number that Parquet stores as one has no other reading.
    if cells.name in source.number_columns:
        return ColumnGuess(number)
    is_plain = decimal != COMMA and (not len(cells) or _fits(_parse_plainly(cells), cells))
    parser = number if is_plain else replace(number, column_type=ColumnType.AMOUNT)
    if decimal:
        return ColumnGuess(replace(parser, decimal=decimal))
    evidence = _evidence(cells)
    is_comma = evidence.only_comma > evidence.only_point
    if is_comma:
        parser = replace(parser, column_type=ColumnType.AMOUNT, decimal=COMMA)
    is_decided = (evidence.only_comma > 0) != (evidence.only_point > 0)
    return ColumnGuess(parser, is_open=not is_decided)


def _guess_date(
    cells: pl.Series, *, month_first: bool | None = None, stored: tuple[str, ...] = ()
) -> ColumnGuess:
    """Guess the formats of dates, with the order of the user or of the `stored` formats."""
    sample = _thin(cells)
    if month_first is None and has_order(stored):
        month_first = is_month_first(stored)
    unread = sample.filter(_parse_dates(sample, stored).is_null())
    formats = (*stored, *infer_date_formats(unread, month_first=month_first))
    if month_first is not None:
        formats = in_order(formats, month_first=month_first)
    parser = ColumnParser(cells.name, ColumnType.DATE, formats=tuple(dict.fromkeys(formats)))
    if month_first is not None or not has_order(formats):
        return ColumnGuess(parser)
    evidence = count_orders(sample, formats)
    return ColumnGuess(parser, is_open=evidence.only_day == evidence.only_month)


def _category(cells: pl.Series) -> ColumnGuess:
    is_boolean = bool(len(cells)) and _is_boolean(cells)
    return ColumnGuess(ColumnParser(cells.name, ColumnType.CATEGORY, is_boolean=is_boolean))


def _is_boolean(cells: pl.Series) -> bool:
    return bool(cells.str.to_lowercase().is_in(list(BOOLEAN_YES | BOOLEAN_NO)).all())


def _parse_plainly(cells: pl.Series) -> pl.Series:
    parser = ColumnParser(cells.name, ColumnType.NUMBER)
    return cells.to_frame().select(parser.value(pl.col(cells.name))).to_series()


def _parse_dates(cells: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    value = parse_datetime(pl.col(cells.name), formats)
    return cells.to_frame().with_columns(value.alias(cells.name)).to_series()


def _fits(values: pl.Series, cells: pl.Series) -> bool:
    return bool(values.count() >= MIN_PARSED_SHARE * len(cells))


def _thin(cells: pl.Series) -> pl.Series:
    return cells.gather_every(max(1, len(cells) // _EVIDENCE_ROWS))


def _evidence(cells: pl.Series) -> NumberEvidence:
    return count_evidence(_thin(cells))
