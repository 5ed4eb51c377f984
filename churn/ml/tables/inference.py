"""How the columns of a table are to be read: as numbers, amounts, dates or words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import polars as pl

from churn.ml.io.cells import (
    infer_date_formats,
    parse_currency,
    parse_datetime,
    parse_number,
    stripped_cell,
)
from churn.ml.io.source import DataSource
from churn.ml.io.streams import parse, parse_first
from churn.ml.schema import CUSTOMER_ID, TARGET, Feature, Kind

DAYS = "days"  # unit of a feature made of dates

ORDER = "date"  # the column of a customers frame by which time runs
RESERVED = frozenset({CUSTOMER_ID, TARGET, ORDER})

_LEGIBLE = 0.9  # least share of cells that must fit for a column to be numbers or dates
_LIKELY = 0.7  # the same, without words that stand for "missing"
_MAX_CODES = 3
_CODE_SHARE, _CODE_COUNT = 0.005, 2  # a word this frequent among numbers stands for "missing"
_SAMPLE_ROWS = 20_000
_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]|$)"
_TIME_COLUMN_HINTS = ("snapshot", "observ", "period", "month", "fecha", "date")


class ColumnType(StrEnum):
    NUMBER = "number"
    CURRENCY = "amount"
    DATE = "date"
    CATEGORY = "word"


@dataclass(frozen=True, slots=True)
class ColumnParser:
    name: str
    reading: ColumnType
    decimal: str = "."
    styles: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # words among the numbers that stand for "missing"
    empty: bool = False

    @property
    def column(self) -> str:
        """Name of the feature; a name that customers frames keep for themselves is changed."""
        return f"{self.name}_" if self.name in RESERVED else self.name

    @property
    def feature(self) -> Feature:
        """Say what feature this column becomes."""
        if self.reading is ColumnType.CATEGORY:
            return Feature(self.column, Kind.CATEGORICAL)
        return Feature(self.column, Kind.NUMERIC, DAYS if self.reading is ColumnType.DATE else "")

    def text(self) -> pl.Expr:
        """Read the cell, null if it is empty or stands for a missing value."""
        text = stripped_cell(self.name)
        return pl.when(~text.is_in(self.missing)).then(text) if self.missing else text

    def value(self) -> pl.Expr:
        """Float64, Datetime or String by the reading; null if illegible."""
        match self.reading:
            case ColumnType.NUMBER:
                return parse_number(self.text(), self.decimal)
            case ColumnType.CURRENCY:
                return parse_currency(self.text(), self.decimal)
            case ColumnType.DATE:
                return parse_datetime(self.text(), self.styles)
        return self.text()


@dataclass(frozen=True, slots=True)
class InferredColumns:
    columns: tuple[ColumnParser, ...]
    order: str | None  # the date column by which time runs
    latest: datetime | None  # its latest date

    def odd(self, rows: int) -> Counter[tuple[str, str]]:
        """Count the cells of columns that are empty, or dates."""
        odd = Counter({("empty", plan.name): rows for plan in self.columns if plan.empty})
        dated = [plan.name for plan in self.columns if plan.reading is ColumnType.DATE]
        return odd + Counter({("date", name): rows for name in dated})

    def without_empty(self) -> "InferredColumns":
        """Leave out columns without a single value."""
        return replace(self, columns=tuple(plan for plan in self.columns if not plan.empty))


def infer_columns(
    source: DataSource, names: Sequence[str], expected: Sequence[Feature] = ()
) -> InferredColumns:
    """Look at every cell once and decide how each of `names` is read.

    With `expected`, the features of a model, the kind of a column is the model's.
    """
    guesses = _guesses(source, names)
    wanted = {file_column(feature.name): feature for feature in expected}
    plans = {
        name: _as_expected(guess, wanted[name]) if name in wanted else guess
        for name, guess in guesses.items()
    }
    tally = _tally(source, plans)
    decided = tuple(tally.decide(plan, fixed=plan.name in wanted) for plan in plans.values())
    order = _order(decided)
    return InferredColumns(decided, order, tally.latest.get(order) if order else None)


def file_column(feature: str) -> str:
    """Name the column of the file that becomes `feature`."""
    return feature[:-1] if feature[:-1] in RESERVED and feature.endswith("_") else feature


def _guesses(source: DataSource, names: Sequence[str]) -> dict[str, ColumnParser]:
    cells = [stripped_cell(name).alias(name) for name in names]
    sample = parse_first(source, lambda scan: scan.select(cells).head(_SAMPLE_ROWS))
    if sample is None:
        return {name: ColumnParser(name, ColumnType.NUMBER, source.decimal) for name in names}
    return {name: _guess(sample[name], source.decimal) for name in names}


def _guess(sample: pl.Series, decimal: str) -> ColumnParser:
    plan = ColumnParser(sample.name, ColumnType.NUMBER, decimal)
    words = sample.drop_nulls()
    if not len(words) or _fits(plan, words):
        return plan
    if words.str.contains(_DATE).sum() > _LIKELY * len(words):
        dated = replace(plan, reading=ColumnType.DATE, styles=infer_date_formats(words))
        return dated if _fits(dated, words) else replace(plan, reading=ColumnType.CATEGORY)
    money = replace(plan, reading=ColumnType.CURRENCY)
    return money if _fits(money, words) else replace(plan, reading=ColumnType.CATEGORY)


def _fits(plan: ColumnParser, words: pl.Series) -> bool:
    legible = words.to_frame().select(plan.value().count()).item()
    return bool(legible >= _LIKELY * len(words))


def _as_expected(guess: ColumnParser, feature: Feature) -> ColumnParser:
    if feature.kind is Kind.CATEGORICAL:
        return replace(guess, reading=ColumnType.CATEGORY)
    if feature.unit == DAYS:
        return replace(guess, reading=ColumnType.DATE)
    numeric = guess.reading in {ColumnType.NUMBER, ColumnType.CURRENCY}
    return guess if numeric else replace(guess, reading=ColumnType.NUMBER)


class _ColumnStatistics:
    """Counts over all pieces of a file."""

    def __init__(self) -> None:
        self.filled: Counter[str] = Counter()
        self.legible: Counter[str] = Counter()
        self.odd_words: dict[str, Counter[str]] = {}
        self.latest: dict[str, datetime] = {}

    def add(self, plans: Sequence[ColumnParser], counts: pl.DataFrame, frame: pl.DataFrame) -> None:
        """Count a piece: `counts` holds a row of `filled`, `legible`, `latest` per column."""
        for plan in plans:
            name = plan.name
            filled, legible, latest = counts[name].item().values()
            self.filled[name] += filled
            self.legible[name] += legible
            if latest is not None:
                self.latest[name] = max(latest, self.latest.get(name, latest))
            if legible < filled and plan.reading is not ColumnType.CATEGORY:
                self._count_odd_words(plan, frame)

    def _count_odd_words(self, plan: ColumnParser, frame: pl.DataFrame) -> None:
        words = frame.select(plan.text().alias(plan.name), value=plan.value())
        illegible = words.filter(pl.col("value").is_null())[plan.name].drop_nulls()
        self.odd_words.setdefault(plan.name, Counter()).update(illegible.to_list())

    def decide(self, plan: ColumnParser, *, fixed: bool) -> ColumnParser:
        """Settle the reading of a column; a `fixed` one keeps its kind."""
        filled = self.filled[plan.name]
        plan = replace(plan, empty=not filled)
        codes = self._codes(plan.name, filled)
        meant = self.legible[plan.name] + sum(self.odd_words[plan.name][code] for code in codes)
        likely = self.legible[plan.name] >= _LIKELY * filled
        fits = likely and meant >= _LEGIBLE * filled
        if plan.reading is ColumnType.CATEGORY:
            return (
                replace(plan, reading=ColumnType.NUMBER) if filled and fits and not fixed else plan
            )
        if fits or fixed:
            return replace(plan, missing=codes)
        return replace(plan, reading=ColumnType.CATEGORY)

    def _codes(self, name: str, filled: int) -> tuple[str, ...]:
        """Find words that stand for a missing value; where no value is legible, none does."""
        if not self.legible[name]:
            return ()
        words = self.odd_words.get(name, Counter())
        least = max(_CODE_COUNT, _CODE_SHARE * filled)
        frequent = [word for word, count in words.most_common(_MAX_CODES) if count >= least]
        return tuple(sorted(frequent))


def _tally(source: DataSource, plans: dict[str, ColumnParser]) -> _ColumnStatistics:
    tally, columns = _ColumnStatistics(), list(plans.values())
    for _, frame in parse(source, lambda scan: scan.select(list(plans))):
        tally.add(columns, frame.select(_counts(plan, source.decimal) for plan in columns), frame)
    return tally


def _counts(plan: ColumnParser, decimal: str) -> pl.Expr:
    """Struct of the cells filled, those legible, and the latest date."""
    legible = (
        parse_number(plan.text(), decimal) if plan.reading is ColumnType.CATEGORY else plan.value()
    )
    dated = plan.reading is ColumnType.DATE
    return pl.struct(
        filled=plan.text().count(),
        legible=legible.count(),
        latest=plan.value().max() if dated else pl.lit(None, pl.Datetime("ms")),
    ).alias(plan.name)


def _order(columns: Sequence[ColumnParser]) -> str | None:
    dated = [plan.name for plan in columns if plan.reading is ColumnType.DATE]
    telling = [name for name in dated if any(word in name.lower() for word in _TIME_COLUMN_HINTS)]
    return next(iter((*telling, *dated)), None)
