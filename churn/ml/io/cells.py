"""Cells of text read as numbers, dates and yes or no; what cannot be read becomes null."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import polars as pl

Value = TypeVar("Value")

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

_THOUSANDS = r"^-?\d{1,3}(\.\d{3})+(,\d*)?$"
_DECIMALS = 6
_STYLE_SAMPLE = 500
_SIGNS = r"[$€£₲%\s]|Gs\.?|USD|PYG"
_GROUP = r",(\d{3})"
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
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y")
_INSTANT = pl.Datetime("ms")


def stripped_cell(column: str) -> pl.Expr:
    """Strip blanks off the cell; null if nothing is left."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def parse_number(text: pl.Expr, decimal: str) -> pl.Expr:
    """Float64, null for what is not a finite number; `decimal` is "." or ","."""
    value = (_decimal_point(text) if decimal == "," else text).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def parse_currency(text: pl.Expr, decimal: str) -> pl.Expr:
    """Float64 of a number with a currency or percent sign or marked thousands."""
    bare = text.str.replace_all(_SIGNS, "")
    point = bare if decimal == "," else bare.str.replace_all(_GROUP, "$1")
    return parse_number(point, decimal)


def to_unit(seconds: pl.Expr, unit: float) -> pl.Expr:
    """Seconds as a multiple of `unit` seconds, to six decimals.

    polars divides by a constant in two ways that differ in the last bit, depending on how many
    rows meet; it multiplies in one.
    """
    return (seconds * (1 / unit)).round(_DECIMALS)


def _decimal_point(text: pl.Expr) -> pl.Expr:
    grouped = text.str.contains(_THOUSANDS)
    digits = pl.when(grouped).then(text.str.replace_all(".", "", literal=True)).otherwise(text)
    pointed = digits.str.contains(".", literal=True)
    return pl.when(~pointed).then(digits.str.replace(",", ".", literal=True))


def parse_boolean(text: pl.Expr) -> pl.Expr:
    """Boolean, null for a word that is neither."""
    words = case_variants(dict.fromkeys(YES, True) | dict.fromkeys(NO, False))
    return text.replace_strict(words, default=None, return_dtype=pl.Boolean)


def case_variants(words: Mapping[str, Value]) -> dict[str, Value]:
    """Add the words Capitalised and in CAPITALS, which is faster than to lower every cell."""
    cases = (str, str.capitalize, str.title, str.upper, str.lower)
    return {case(word): value for word, value in words.items() for case in cases}


def infer_date_formats(texts: pl.Series) -> tuple[str, ...]:
    """Find the ways in which a sample of dates is written, the most frequent first.

    Day and month are told apart by which reading fits more dates, day first if both fit all.
    """
    styles: list[str] = []
    left = texts.drop_nulls().to_frame("text")
    while left.height and (best := _best_style(left.head(_STYLE_SAMPLE))):
        styles.append(best)
        left = left.filter(_moment(pl.col("text"), best).is_null())
    return tuple(styles[:1] + [style for style in styles[1:] if not _contradicts(style, styles)])


def _best_style(texts: pl.DataFrame) -> str | None:
    known = (*DATETIME_FORMATS, *ZONED_FORMATS, *_DAYS)
    fits = texts.select(_moment(pl.col("text"), style).count().alias(style) for style in known).row(
        0
    )
    most = max(fits)
    return known[fits.index(most)] if most else None


def _contradicts(style: str, chosen: Sequence[str]) -> bool:
    turned = style.replace("%d/%m", "%?").replace("%m/%d", "%d/%m").replace("%?", "%m/%d")
    return turned != style and turned in chosen[: chosen.index(style)]


def parse_datetime(text: pl.Expr, styles: Iterable[str], clock: str = "UTC") -> pl.Expr:
    """Datetime in ms, without zone, as a clock of the zone `clock` shows it; null if unreadable."""
    readings = [_moment(text, style, clock) for style in styles]
    return pl.coalesce(readings) if readings else pl.lit(None, _INSTANT)


def _moment(text: pl.Expr, style: str, clock: str = "UTC") -> pl.Expr:
    if style not in ZONED_FORMATS:
        return text.str.strptime(_INSTANT, style, strict=False, cache=False)
    instant = text.str.strptime(pl.Datetime("ms", "UTC"), style, strict=False, cache=False)
    return instant.dt.convert_time_zone(clock).dt.replace_time_zone(None)
