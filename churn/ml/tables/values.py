"""Values of the text cells of a column of a table."""

from dataclasses import dataclass

import polars as pl

from churn.ml.io.distinct import clean_cells, distinct_cells, replace_cells
from churn.ml.tables.columns import ColumnParser, ColumnType


@dataclass(frozen=True, slots=True)
class ParsedCells:
    """Values of a column of a batch, and which cells have one that cannot be parsed."""

    values: pl.Series  # Float64, Datetime or String by the type of the column
    is_invalid: pl.Series | None = None  # Boolean without nulls; None if there is no such cell


def parse_cells(parser: ColumnParser, raw: pl.Series) -> ParsedCells:
    """Parse the cells of a batch as they are in the file."""
    raw = raw.alias(parser.name)
    match parser.column_type:
        case ColumnType.CATEGORY:
            return ParsedCells(clean_cells(raw))
        case ColumnType.NUMBER:
            return _parse_plain_numbers(parser, raw)
    return _parse(parser, raw)


def find_plain_numbers(raw: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """Return the finite numbers of cells without white space, Float64, and where other cells are.

    The second is Boolean without nulls, None if there is no other cell; it leaves nulls out.
    """
    values = raw.cast(pl.Float64, strict=False)
    is_number = values.is_finite()
    if is_number.sum() + raw.null_count() == len(raw):
        return values, None
    is_number = is_number.fill_null(value=False)
    return values, ~is_number & raw.is_not_null()


def _parse_plain_numbers(parser: ColumnParser, raw: pl.Series) -> ParsedCells:
    values, is_other = find_plain_numbers(raw)
    if is_other is None:
        return ParsedCells(values)
    places = is_other.arg_true()
    others = _parse(parser, raw.gather(places))
    values = values.scatter(places, others.values)
    if others.is_invalid is None:
        return ParsedCells(values)
    return ParsedCells(values, is_other.scatter(places, others.is_invalid))


def _parse(parser: ColumnParser, raw: pl.Series) -> ParsedCells:
    words, cell = distinct_cells(raw), pl.col(parser.name)
    read = clean_cells(words).to_frame().select(text=parser.text(cell), value=parser.value(cell))
    values = replace_cells(raw, words, read["value"]).alias(parser.name)
    is_invalid = read["text"].is_not_null() & read["value"].is_null()
    if not is_invalid.any():
        return ParsedCells(values)
    return ParsedCells(values, replace_cells(raw, words, is_invalid))
