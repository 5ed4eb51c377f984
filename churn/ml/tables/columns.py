"""How the cells of one column of a table are parsed."""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from churn.ml.io.cells import parse_flag
from churn.ml.io.dates import parse_datetime
from churn.ml.io.numbers import POINT, parse_amount, parse_number
from churn.ml.schema import CUSTOMER_ID, DAYS, TARGET, TIME_COLUMN, Feature, Kind, Reading

RESERVED = frozenset({CUSTOMER_ID, TARGET, TIME_COLUMN})


class ColumnType(StrEnum):
    NUMBER = "number"  # plain, with a decimal point
    AMOUNT = "amount"  # numbers with a decimal comma, thousands, a currency or parentheses
    DATE = "date"
    FLAG = "flag"  # numbers, or words for yes and no
    CATEGORY = "category"


NUMERIC_TYPES = frozenset({ColumnType.NUMBER, ColumnType.AMOUNT, ColumnType.FLAG})


@dataclass(frozen=True, slots=True)
class ColumnParser:
    """How the cells of one column are parsed."""

    name: str  # in the file
    column_type: ColumnType
    decimal: str = POINT
    has_marks: bool = True  # whether some cell shows which decimal mark is meant
    formats: tuple[str, ...] = ()  # of dates
    missing: tuple[str, ...] = ()  # words for a missing value, besides those of cells.MISSING
    is_empty: bool = False
    is_boolean: bool = False  # every cell of the sample is a word for yes or no

    @property
    def column(self) -> str:
        """Name of the feature: a reserved name gets an underscore."""
        return f"{self.name}_" if self.name in RESERVED else self.name

    @property
    def feature(self) -> Feature:
        """Feature that this column becomes; dates become days before the latest date."""
        if self.column_type is ColumnType.CATEGORY:
            return Feature(self.column, Kind.CATEGORICAL)
        is_date = self.column_type is ColumnType.DATE
        decimal = self.decimal if self.has_marks and not is_date else ""
        reading = Reading(decimal, self.formats, self.missing)
        return Feature(self.column, Kind.NUMERIC, DAYS if is_date else "", reading)

    def text(self, cell: pl.Expr) -> pl.Expr:
        """Text of a clean cell, null if it stands for a missing value."""
        return pl.when(~cell.is_in(self.missing)).then(cell) if self.missing else cell

    def value(self, cell: pl.Expr) -> pl.Expr:
        """Float64, Datetime or String by column type; null if it cannot be parsed."""
        text = self.text(cell)
        match self.column_type:
            case ColumnType.NUMBER:
                return parse_number(text, self.decimal)
            case ColumnType.AMOUNT:
                return parse_amount(text, self.decimal)
            case ColumnType.FLAG:
                return parse_flag(text, self.decimal)
            case ColumnType.DATE:
                return parse_datetime(text, self.formats)
        return text


def file_column(feature: str) -> str:
    """Return the name in the file of the column that becomes `feature`."""
    return feature[:-1] if feature[:-1] in RESERVED and feature.endswith("_") else feature
