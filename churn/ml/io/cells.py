"""Parsing of text cells and booleans; what cannot be parsed becomes null."""

from collections.abc import Mapping
from typing import TypeVar

import polars as pl

from churn.ml.io.numbers import parse_number
from churn.ml.schema import BOOLEAN_NO, BOOLEAN_YES

Value = TypeVar("Value")

MISSING = (
    "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "none", "?", "-", "s/d",
)  # fmt: skip
YES = frozenset(
    {"yes", "y", "true", "t", "1", "1.0", "si", "sí", "s", "verdadero", "x", "yes.", "true."}
    | {"churn", "churned", "left", "exited", "attrited", "cancelled", "canceled", "did churn"}
    | {"attrited customer", "baja", "abandono", "abandonó", "se fue"}
)
NO = frozenset(
    {"no", "n", "false", "f", "0", "0.0", "-1", "falso", "no.", "false.", "no churn"}
    | {"not churned", "stay", "stayed", "retained", "active", "existing", "existing customer"}
    | {"activo", "vigente"}
)

_DECIMALS = 6


def stripped_cell(column: str) -> pl.Expr:
    """Text of a cell without surrounding white space; null if nothing is left."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def to_unit(seconds: pl.Expr, unit: float) -> pl.Expr:
    """Convert seconds to a unit of `unit` seconds, rounded to six decimals."""
    # polars divides by a constant in two ways that differ in the last bit, depending on the number
    # of rows; it multiplies in one way only.
    return (seconds * (1 / unit)).round(_DECIMALS)


def parse_boolean(text: pl.Expr) -> pl.Expr:
    """Parse words of YES and NO, in any case, to Boolean; null for another word."""
    words = case_variants(dict.fromkeys(YES, True) | dict.fromkeys(NO, False))
    return text.replace_strict(words, default=None, return_dtype=pl.Boolean)


def parse_flag(text: pl.Expr, decimal: str) -> pl.Expr:
    """Parse a number, or a word for yes or no as 1 or 0, to Float64."""
    words = dict.fromkeys(BOOLEAN_YES, 1.0) | dict.fromkeys(BOOLEAN_NO, 0.0)
    flag = text.replace_strict(case_variants(words), default=None, return_dtype=pl.Float64)
    return pl.coalesce(parse_number(text, decimal), flag)


def case_variants(words: Mapping[str, Value]) -> dict[str, Value]:
    """Add each word capitalised, in title case, in upper and in lower case."""
    # Looking up a few variants is faster than converting every cell to lower case.
    cases = (str, str.capitalize, str.title, str.upper, str.lower)
    return {case(word): value for word, value in words.items() for case in cases}
