"""Dates as people write them: order of day and month, names of months, times and zones.

A text such as 03/04/2023 has two readings. Which one a column has is decided on all of its cells,
by the counts of an OrderEvidence, and never cell by cell.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

# A year of two digits is of this century below this one.
CENTURY_PIVOT = 40

_DATETIME = pl.Datetime("ms")
_FORMAT_SAMPLE = 200
_MIN_YEAR = 1000  # chrono reads the 12 of 4/9/12 as the year 12
_MONTHS = (
    "jan january ene enero janeiro",
    "feb february febrero fev fevereiro",
    "mar march marzo março marco",
    "apr april abr abril",
    "may mayo mai maio",
    "jun june junio junho",
    "jul july julio julho",
    "aug august ago agosto",
    "sep sept september septiembre setiembre set setembro",
    "oct october octubre out outubro",
    "nov november noviembre novembro",
    "dec december dic diciembre dez dezembro",
)
_MONTH_NUMBERS = {
    name: f"{number:02}" for number, names in enumerate(_MONTHS, 1) for name in names.split()
}
_NAME = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_GAP = r"[\s./,_-]*(?:(?:de|del|do|of)\b)?[\s.]*"
_NAMED = (
    rf"^(?:\p{{L}}[\p{{L}}-]*\.?,\s*)?(\d{{0,4}})(?:st|nd|rd|th|º)?{_GAP}({_NAME}){_GAP}(\d.*)$"
)
_NUMERIC_DATE = (
    r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?:[ T]|$)"
)

_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d")
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")
_WITH_NAME = ("%d %B %Y", "%d %B %y", "%B %d %Y", "%B %d %y", "%Y %B %d")
_TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p")
_UTC = " UTC"  # ends the formats of times in UTC, with UTC, GMT or Z
_OFFSET = "%z"


def _swap_day_and_month(fmt: str) -> str:
    for mark in "/-.":
        day, month = f"%d{mark}%m", f"%m{mark}%d"
        if fmt.startswith((day, month)):
            return (month if fmt.startswith(day) else day) + fmt.removeprefix(fmt[: len(day)])
    return fmt


def _known_formats() -> Iterator[str]:
    """Yield formats; of two that fit equally many dates, the first is used: day before month."""
    yield from (f"%Y-%m-%dT{time.strip()}{zone}" for zone in ("", "Z") for time in _TIMES[1:4])
    month_first = tuple(map(_swap_day_and_month, _DAY_FIRST))
    for zone in ("", _UTC):
        for dates in (_YEAR_FIRST, _DAY_FIRST, month_first, _WITH_NAME):
            yield from (f"{date}{time}{zone}" for time in _TIMES for date in dates)
    yield from (f"%Y-%m-%d{t}%S{f}{_OFFSET}" for t in ("T%H:%M:", " %H:%M:") for f in ("", "%.f"))
    yield "%Y%m%d"


DATE_FORMATS = tuple(_known_formats())


def are_like_dates(cells: pl.Series) -> pl.Series:
    """Whether each text has the shape of a date, with digits or the name of a month."""
    lower = cells.str.to_lowercase()
    return cells.str.contains(_NUMERIC_DATE) | lower.str.contains(_NAMED)


def infer_date_formats(texts: pl.Series, *, month_first: bool | None = None) -> tuple[str, ...]:
    """Return the formats of a sample of dates, the most frequent first.

    All formats with digits have the same order of day and month: that of `month_first`, or else
    the one that fits more dates, day first if both fit equally many.
    """
    formats: list[str] = []
    remaining = texts.drop_nulls().rename("text").to_frame()
    while remaining.height:
        found = _most_frequent_format(remaining.head(_FORMAT_SAMPLE))
        if found is None:
            break
        formats.append(found)
        remaining = remaining.filter(_parse_format(pl.col("text"), found).is_null())
    if month_first is None:
        evidence = count_orders(texts, formats)
        month_first = evidence.only_month > evidence.only_day
    return in_order(formats, month_first=month_first)


def _most_frequent_format(sample: pl.DataFrame) -> str | None:
    formats = formats_that_may_fit(sample["text"])
    if not formats:
        return None
    text = pl.col("text")
    counts = sample.select(_parse_format(text, f).count().alias(f) for f in formats).row(0)
    return formats[counts.index(max(counts))] if max(counts) else None


def formats_that_may_fit(texts: pl.Series) -> tuple[str, ...]:
    """Return the formats whose parts some text has, in the order of DATE_FORMATS.

    Trying all formats takes a fifth of a second, also for the date of a single row.
    """
    shapes = {_DIGITS.sub("0", text.lower()) for text in texts.drop_nulls()}
    possible = set().union(*map(_formats_of_shape, shapes))
    return tuple(fmt for fmt in DATE_FORMATS if fmt in possible)


@lru_cache(maxsize=1024)
def _formats_of_shape(shape: str) -> frozenset[str]:
    return frozenset(fmt for fmt, pattern in _PATTERNS.items() if pattern.fullmatch(shape))


def _pattern_of(fmt: str) -> re.Pattern[str]:
    """Return what a text in a format looks like, once each number in it is a single 0.

    It leaves out no text that the parser takes: that allows spaces and signs before numbers.
    """
    bare = fmt.removesuffix(_UTC)
    zone = r"\s*(?:utc|gmt|z)" if bare != fmt else ""
    if "%B" in bare:
        end = ".*:.*" if ":" in bare else "[^:]*"
        return re.compile(rf"[^:]*(?:{_NAME}){end}{zone}")
    parts = re.split(r"(%\.f|%[A-Za-z]|\s)", bare.lower().replace("%p", "%P"))
    pattern = "".join(_PARTS.get(part) or re.escape(part) for part in parts)
    return re.compile(pattern + zone)


_DIGITS = re.compile(r"\d+")
# Optional: numbers without anything between them are one run of digits.
_NUMBER = r"\s*[-+]?0?"
_PARTS = {
    **dict.fromkeys(("%y", "%m", "%d", "%h", "%s", "%i"), _NUMBER),
    "%.f": r"(?:\.0)?",
    "%P": r"\s*[ap]\.?\s?m\.?",
    "%z": r"\s*(?:z|utc|[-+\u2212].*)",
    " ": r"\s*",
}
_PATTERNS = {fmt: _pattern_of(fmt) for fmt in DATE_FORMATS}


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """Counts of the cells of a column of dates by how they can be read."""

    filled: int = 0
    day: int = 0  # dates if the day is before the month, or if there is no such order
    month: int = 0
    only_day: int = 0
    only_month: int = 0
    two_ways: int = 0  # different dates with either order

    def __add__(self, other: "OrderEvidence") -> "OrderEvidence":
        return OrderEvidence(
            self.filled + other.filled,
            self.day + other.day,
            self.month + other.month,
            self.only_day + other.only_day,
            self.only_month + other.only_month,
            self.two_ways + other.two_ways,
        )

    @property
    def readable(self) -> int:
        """Cells that are dates with some order."""
        return self.day + self.only_month

    def parsed(self, *, month_first: bool) -> int:
        return self.month if month_first else self.day


def count_orders(
    texts: pl.Series, formats: Iterable[str], counts: pl.Series | None = None
) -> OrderEvidence:
    """Count the cells that are dates with either order of day and month in `formats`.

    `counts` are the cells that have each text, by default one.
    """
    orders = [in_order(formats, month_first=month_first) for month_first in (False, True)]
    number = pl.lit(1, pl.Int64) if counts is None else counts
    cells = texts.alias("text").to_frame().with_columns(number.alias("cells"))
    read = cells.drop_nulls("text").with_columns(
        day=parse_datetime(pl.col("text"), orders[0]),
        month=parse_datetime(pl.col("text"), orders[1]),
    )
    day, month = pl.col("day"), pl.col("month")
    conditions = {
        "filled": pl.col("text").is_not_null(),
        "day": day.is_not_null(),
        "month": month.is_not_null(),
        "only_day": day.is_not_null() & month.is_null(),
        "only_month": month.is_not_null() & day.is_null(),
        "two_ways": day != month,
    }
    found = read.select(**{k: pl.col("cells").filter(v).sum() for k, v in conditions.items()})
    return OrderEvidence(**found.row(0, named=True))


def has_order(formats: Iterable[str]) -> bool:
    """Whether day and month could be swapped in one of `formats`."""
    return any(_swap_day_and_month(fmt) != fmt for fmt in formats)


def is_month_first(formats: Iterable[str]) -> bool:
    """Whether the month is before the day in those of `formats` that have an order."""
    return any(fmt.startswith("%m") for fmt in formats)


def in_order(formats: Iterable[str], *, month_first: bool) -> tuple[str, ...]:
    """Return `formats` with one order of day and month, without repetitions."""
    other = "%d" if month_first else "%m"
    ordered = (_swap_day_and_month(fmt) if fmt.startswith(other) else fmt for fmt in formats)
    return tuple(dict.fromkeys(ordered))


def parse_datetime(text: pl.Expr, formats: Iterable[str], time_zone: str = "UTC") -> pl.Expr:
    """Parse to Datetime("ms") without zone, null if no format fits.

    Texts with a UTC offset are converted to the wall clock of `time_zone`; others are taken as
    they are.
    """
    parsed = [_parse_format(text, fmt, time_zone) for fmt in formats]
    return pl.coalesce(parsed) if parsed else pl.lit(None, _DATETIME)


def _parse_format(text: pl.Expr, fmt: str, time_zone: str = "UTC") -> pl.Expr:
    if fmt.endswith(_OFFSET):
        instant = text.str.strptime(pl.Datetime("ms", "UTC"), fmt, strict=False, cache=False)
        return instant.dt.convert_time_zone(time_zone).dt.replace_time_zone(None)
    bare = fmt.removesuffix(_UTC)
    if bare != fmt:
        text = text.str.extract(r"^(.*\d.*?)\s*(?i:UTC|GMT|Z)$")
    if "%p" in bare:
        text = text.str.replace(r"(?i)\s*([ap])\.?\s?m\.?$", " ${1}m")
    if "%B" in bare:
        text, bare = _number_month(text), bare.replace("%B", "M%m")
    time = text.str.strptime(_DATETIME, bare, strict=False, cache=False)
    year = time.dt.year()
    if "%y" in bare:
        is_later = year >= 2000 + CENTURY_PIVOT
        time = pl.when(is_later).then(time.dt.offset_by("-100y")).otherwise(time)
    else:
        time = pl.when(year >= _MIN_YEAR).then(time)
    if not fmt.endswith(_UTC) or time_zone == "UTC":
        return time
    instant = time.dt.replace_time_zone("UTC")
    return instant.dt.convert_time_zone(time_zone).dt.replace_time_zone(None)


def _number_month(text: pl.Expr) -> pl.Expr:
    """Rewrite 4-Sep-12 as "4 M09 12", and "Sept. 4, 2012" as "M09 4 2012"; null without a name."""
    parts = text.str.to_lowercase().str.extract_groups(_NAMED)
    before, name, after = (parts.struct.field(str(group)) for group in (1, 2, 3))
    number = name.replace_strict(_MONTH_NUMBERS, default=None, return_dtype=pl.String)
    # A month and a year are the first day; chrono would read the 20 of 2021 as the day.
    first_day = pl.when(before == "").then(after.str.replace(r"^(\d{4})$", "1 ${1}"))
    rest = first_day.otherwise(after).str.replace(",", "", literal=True)
    joined = pl.concat_str(before, pl.lit(" M"), number, pl.lit(" "), rest)
    return joined.str.strip_chars()
