"""Parsing of text cells: numbers, dates and booleans; what cannot be parsed becomes null."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import polars as pl

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

# The order decides between formats that fit equally many dates: day before month.
DATETIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
)
ZONED_FORMATS = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f%z",
)
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y")

_THOUSANDS = r"^-?\d{1,3}(\.\d{3})+(,\d*)?$"
_CURRENCY_SIGNS = r"[$€£₲%\s]|Gs\.?|USD|PYG"
_COMMA_GROUP = r",(\d{3})"
_DECIMALS = 6
_FORMAT_SAMPLE = 500
_DATETIME = pl.Datetime("ms")


def stripped_cell(column: str) -> pl.Expr:
    """Text of a cell without surrounding white space; null if nothing is left."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def parse_number(text: pl.Expr, decimal: str) -> pl.Expr:
    """Parse text to Float64, null unless a finite number; `decimal` is "." or ","."""
    value = (_decimal_point(text) if decimal == "," else text).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def parse_currency(text: pl.Expr, decimal: str) -> pl.Expr:
    """Parse a number with a currency sign, percent sign or thousands separators to Float64."""
    bare = text.str.replace_all(_CURRENCY_SIGNS, "")
    ungrouped = bare if decimal == "," else bare.str.replace_all(_COMMA_GROUP, "$1")
    return parse_number(ungrouped, decimal)


def to_unit(seconds: pl.Expr, unit: float) -> pl.Expr:
    """Convert seconds to a unit of `unit` seconds, rounded to six decimals."""
    # polars divides by a constant in two ways that differ in the last bit, depending on the number
    # of rows; it multiplies in one way only.
    return (seconds * (1 / unit)).round(_DECIMALS)


def _decimal_point(text: pl.Expr) -> pl.Expr:
    """Rewrite 1.234,5 as 1234.5; null for a text with a point that separates no thousands."""
    grouped = text.str.contains(_THOUSANDS)
    digits = pl.when(grouped).then(text.str.replace_all(".", "", literal=True)).otherwise(text)
    has_point = digits.str.contains(".", literal=True)
    return pl.when(~has_point).then(digits.str.replace(",", ".", literal=True))


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


def infer_date_formats(texts: pl.Series) -> tuple[str, ...]:
    """Return the formats of a sample of dates, the most frequent first.

    Of two formats that differ in the order of day and month, only the one that fits more dates is
    used, day first if both fit equally many.
    """
    known = (*DATETIME_FORMATS, *ZONED_FORMATS, *DATE_FORMATS)
    text = pl.col("text")
    formats: list[str] = []
    remaining = texts.drop_nulls().to_frame("text")
    while remaining.height:
        sample = remaining.head(_FORMAT_SAMPLE)
        counts = sample.select(_parse_format(text, fmt).count().alias(fmt) for fmt in known).row(0)
        if not max(counts):
            break
        formats.append(known[counts.index(max(counts))])
        remaining = remaining.filter(_parse_format(text, formats[-1]).is_null())
    return tuple(
        fmt for index, fmt in enumerate(formats) if _swap_day_and_month(fmt) not in formats[:index]
    )


def _swap_day_and_month(fmt: str) -> str:
    return fmt.replace("%d/%m", "%?").replace("%m/%d", "%d/%m").replace("%?", "%m/%d")


def parse_datetime(text: pl.Expr, formats: Iterable[str], time_zone: str = "UTC") -> pl.Expr:
    """Parse to Datetime("ms") without zone, null if no format fits.

    Texts with a UTC offset are converted to the wall clock of `time_zone`; others are taken as
    they are.
    """
    parsed = [_parse_format(text, fmt, time_zone) for fmt in formats]
    return pl.coalesce(parsed) if parsed else pl.lit(None, _DATETIME)


def _parse_format(text: pl.Expr, fmt: str, time_zone: str = "UTC") -> pl.Expr:
    if fmt not in ZONED_FORMATS:
        return text.str.strptime(_DATETIME, fmt, strict=False, cache=False)
    instant = text.str.strptime(pl.Datetime("ms", "UTC"), fmt, strict=False, cache=False)
    return instant.dt.convert_time_zone(time_zone).dt.replace_time_zone(None)
