"""Numbers as people write them: decimal marks, separators of thousands, currencies, negatives.

A text such as 1.234 has two readings. Which one a column has is decided on all of its cells, by
the counts of a NumberEvidence, and never cell by cell.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple

import polars as pl

POINT, COMMA = ".", ","

_CURRENCY = (
    r"(?:[A-Z]{1,3}\$|U\$S|\$U|\p{Sc}|S/\.?|"
    r"(?i:Gs\.?|PYG|USD|EUR|BRL|ARS|CLP|COP|MXN|PEN|UYU|BOB|GBP|CHF|JPY|Bs\.?|Fr\.|kr\.?"
    r"|euros?|d[oó]lares|guaran[ií]es|reais|pesos))"
)
_MINUS = "[-\N{MINUS SIGN}\N{EN DASH}]"
_SIGN = f"(?:{_MINUS}|[+])"
_APOSTROPHE = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_THOUSAND = 1_000
# Of currencies without cents, a mark before three digits separates thousands.
_WITHOUT_CENTS = r"₲|(?i:Gs\b|PYG|guaran)"
_REAIS = r"R\$|(?i:BRL|reais)"  # written with a decimal comma
# Of numbers with up to three decimals, one in ten ends in a zero, which is usually left out. If
# none of so many does, the three digits are thousands: 0.9 ** 45 is less than 1 %.
_MANY_TWO_WAYS = 45


def parse_number(text: pl.Expr, decimal: str) -> pl.Expr:
    """Parse plain text to Float64, null unless a finite number; `decimal` is "." or ","."""
    value = (_decimal_point(text) if decimal == COMMA else text).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def parse_amount(text: pl.Expr, decimal: str) -> pl.Expr:
    """Parse a number with separators of thousands, currency, percent sign or parentheses.

    Thousands are separated by the mark that is not `decimal`, by an apostrophe or by a space.
    Parentheses and a minus sign at either end make it negative. Float64, null if it is no number.
    """
    core = text.str.extract(_amount_pattern(decimal))
    digits = core.str.replace_all(rf"[\s{_other(decimal)}]|{_APOSTROPHE}", "").str.replace(
        decimal, POINT, literal=True
    )
    value = digits.cast(pl.Float64, strict=False)
    is_negative = text.str.contains(rf"^[^\d.,]*(?:{_MINUS}|\()|{_MINUS}\s*$")
    is_balanced = text.str.contains(r"\(") == text.str.contains(r"\)")
    signed = pl.when(is_negative).then(-value).otherwise(value)
    return pl.when(is_balanced & value.is_finite()).then(signed)


@dataclass(frozen=True, slots=True)
class NumberEvidence:
    """Counts of the cells of a column by how they can be read."""

    filled: int = 0
    point: int = 0  # numbers if the decimal mark is a point
    comma: int = 0
    only_point: int = 0  # numbers with one decimal mark, and none with the other
    only_comma: int = 0
    dotted: int = 0  # different numbers with either mark, such as 1.234
    comma_marked: int = 0  # the same for 1,234
    without_cents: int = 0  # of these two, with a currency that has no cents
    in_reais: int = 0
    short: int = 0  # whole numbers below 1,000
    long: int = 0  # whole numbers from 1,000 on without a separator

    def __add__(self, other: "NumberEvidence") -> "NumberEvidence":
        names = [one.name for one in fields(self)]
        return NumberEvidence(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def readable(self) -> int:
        """Cells that are numbers with some mark."""
        return self.point + self.only_comma

    @property
    def two_ways(self) -> int:
        return self.dotted + self.comma_marked

    def parsed(self, decimal: str) -> int:
        return self.comma if decimal == COMMA else self.point


def count_evidence(texts: pl.Series, counts: pl.Series | None = None) -> NumberEvidence:
    """Count the cells of a column by how they can be read; `texts` may have nulls.

    `counts` are the cells that have each text, by default one.
    """
    number = pl.lit(1, pl.Int64) if counts is None else counts
    cells = texts.alias("text").to_frame().with_columns(number.alias("cells"))
    cells = cells.drop_nulls("text")
    if cells.is_empty():
        return NumberEvidence()
    text, point, comma = pl.col("text"), pl.col("point"), pl.col("comma")
    read = cells.with_columns(point=parse_amount(text, POINT), comma=parse_amount(text, COMMA))
    read = read.with_columns(is_two_ways=(point != comma).fill_null(value=False))
    is_two_ways, is_whole = pl.col("is_two_ways"), text.str.contains(r"^\d+$")
    conditions = {
        "filled": text.is_not_null(),
        "point": point.is_not_null(),
        "comma": comma.is_not_null(),
        "only_point": point.is_not_null() & comma.is_null(),
        "only_comma": comma.is_not_null() & point.is_null(),
        "dotted": is_two_ways & text.str.contains(r"\d\.\d"),
        "comma_marked": is_two_ways & text.str.contains(r"\d,\d"),
        "without_cents": is_two_ways & text.str.contains(_WITHOUT_CENTS),
        "in_reais": is_two_ways & text.str.contains(_REAIS),
        "short": is_whole & (point < _THOUSAND),
        "long": is_whole & (point >= _THOUSAND),
    }
    found = read.select(**{k: pl.col("cells").filter(v).sum() for k, v in conditions.items()})
    return NumberEvidence(**found.row(0, named=True))


class NumberDecision(NamedTuple):
    """The decimal mark of a column, empty if it has no marks; and whether it is certain."""

    decimal: str
    is_certain: bool


def decide_decimal(evidence: NumberEvidence, hint: str = "") -> NumberDecision:
    """Decide how a column is read; `hint` is the decimal mark of the other columns, if known."""
    if evidence.only_point or evidence.only_comma:
        is_comma = evidence.only_comma > evidence.only_point
        return NumberDecision(COMMA if is_comma else POINT, is_certain=True)
    if not evidence.two_ways:
        return NumberDecision("", is_certain=True)
    is_dotted = evidence.dotted >= evidence.comma_marked
    thousands = COMMA if is_dotted else POINT  # the decimal mark if three digits are thousands
    currency = evidence.without_cents + (evidence.in_reais if is_dotted else 0)
    # A file that has decimal points elsewhere has no decimal commas; 1.234 may be either.
    if 2 * currency > evidence.two_ways or (hint == POINT and not is_dotted):
        return NumberDecision(thousands, is_certain=True)
    if evidence.short and not evidence.long and evidence.two_ways >= _MANY_TWO_WAYS:
        return NumberDecision(thousands, is_certain=False)
    return NumberDecision(hint or POINT, is_certain=False)


def _amount_pattern(decimal: str) -> str:
    """Return a pattern whose only group is the number itself, without sign and currency."""
    mark, other = rf"\{decimal}", rf"\{_other(decimal)}"
    groups = "|".join(rf"(?:{one}\d{{3}})+" for one in (other, _APOSTROPHE, r"\s"))
    grouped = rf"[1-9]\d{{0,2}}(?:{groups})(?:{mark}\d*)?"
    # In India, thousands are separated first and then hundreds.
    indian = r"[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d*)?|" if decimal == POINT else ""
    plain = rf"(?:\d+(?:{mark}\d*)?|{mark}\d+)(?:[eE][-+]?\d+)?"
    before = rf"^\s*\(?{_SIGN}?\s*(?:{_CURRENCY}\s*)?\(?{_SIGN}?\s*"
    after = rf"\s*(?:{_CURRENCY}|%)?\s*\)?{_MINUS}?\s*$"
    return f"{before}({grouped}|{indian}{plain}){after}"


def _other(decimal: str) -> str:
    return POINT if decimal == COMMA else COMMA


_THOUSANDS = r"^-?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"


def _decimal_point(text: pl.Expr) -> pl.Expr:
    """Rewrite 1.234,5 as 1234.5; null for a text with a point that separates no thousands."""
    grouped = text.str.contains(_THOUSANDS)
    digits = pl.when(grouped).then(text.str.replace_all(POINT, "", literal=True)).otherwise(text)
    has_point = digits.str.contains(POINT, literal=True)
    return pl.when(~has_point).then(digits.str.replace(COMMA, POINT, literal=True))
