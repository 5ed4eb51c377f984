"""How the columns of a table are to be read: as numbers, amounts, dates or words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import polars as pl

from churn.ml.io.cells import amount, cell, moment, number, styles_of
from churn.ml.io.source import Source
from churn.ml.io.streams import parse, parse_first
from churn.ml.schema import CUSTOMER_ID, TARGET, Feature, Kind

DAYS = "days"  # unit of a feature made of dates

ORDER = "date"  # the column of a customers frame by which time runs
RESERVED = frozenset({CUSTOMER_ID, TARGET, ORDER})

_LEGIBLE = 0.9  # least share of cells that must fit for a column to be numbers or dates
_LIKELY = 0.7  # the same, without words that stand for "missing"
_MOST_CODES = 3
_CODE_SHARE, _CODE_COUNT = 0.005, 2  # a word this frequent among numbers stands for "missing"
_SAMPLE_ROWS = 20_000
_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]|$)"
_CLOCK_NAMES = ("snapshot", "observ", "period", "month", "fecha", "date")


class Reading(StrEnum):
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    name: str
    reading: Reading
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
        if self.reading is Reading.WORD:
            return Feature(self.column, Kind.CATEGORICAL)
        return Feature(self.column, Kind.NUMERIC, DAYS if self.reading is Reading.DATE else "")

    def text(self) -> pl.Expr:
        """Read the cell, null if it is empty or stands for a missing value."""
        text = cell(self.name)
        return pl.when(~text.is_in(self.missing)).then(text) if self.missing else text

    def value(self) -> pl.Expr:
        """Float64, Datetime or String by the reading; null if illegible."""
        match self.reading:
            case Reading.NUMBER:
                return number(self.text(), self.decimal)
            case Reading.AMOUNT:
                return amount(self.text(), self.decimal)
            case Reading.DATE:
                return moment(self.text(), self.styles)
        return self.text()


@dataclass(frozen=True, slots=True)
class Survey:
    columns: tuple[ColumnPlan, ...]
    order: str | None  # the date column by which time runs
    latest: datetime | None  # its latest date

    def odd(self, rows: int) -> Counter[tuple[str, str]]:
        """Count the cells of columns that are empty, or dates."""
        odd = Counter({("empty", plan.name): rows for plan in self.columns if plan.empty})
        dated = [plan.name for plan in self.columns if plan.reading is Reading.DATE]
        return odd + Counter({("date", name): rows for name in dated})

    def without_empty(self) -> "Survey":
        """Leave out columns without a single value."""
        return replace(self, columns=tuple(plan for plan in self.columns if not plan.empty))


def survey(source: Source, names: Sequence[str], expected: Sequence[Feature] = ()) -> Survey:
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
    return Survey(decided, order, tally.latest.get(order) if order else None)


def file_column(feature: str) -> str:
    """Name the column of the file that becomes `feature`."""
    return feature[:-1] if feature[:-1] in RESERVED and feature.endswith("_") else feature


def _guesses(source: Source, names: Sequence[str]) -> dict[str, ColumnPlan]:
    cells = [cell(name).alias(name) for name in names]
    sample = parse_first(source, lambda scan: scan.select(cells).head(_SAMPLE_ROWS))
    if sample is None:
        return {name: ColumnPlan(name, Reading.NUMBER, source.decimal) for name in names}
    return {name: _guess(sample[name], source.decimal) for name in names}


def _guess(sample: pl.Series, decimal: str) -> ColumnPlan:
    plan = ColumnPlan(sample.name, Reading.NUMBER, decimal)
    words = sample.drop_nulls()
    if not len(words) or _fits(plan, words):
        return plan
    if words.str.contains(_DATE).sum() > _LIKELY * len(words):
        dated = replace(plan, reading=Reading.DATE, styles=styles_of(words))
        return dated if _fits(dated, words) else replace(plan, reading=Reading.WORD)
    money = replace(plan, reading=Reading.AMOUNT)
    return money if _fits(money, words) else replace(plan, reading=Reading.WORD)


def _fits(plan: ColumnPlan, words: pl.Series) -> bool:
    legible = words.to_frame().select(plan.value().count()).item()
    return bool(legible >= _LIKELY * len(words))


def _as_expected(guess: ColumnPlan, feature: Feature) -> ColumnPlan:
    if feature.kind is Kind.CATEGORICAL:
        return replace(guess, reading=Reading.WORD)
    if feature.unit == DAYS:
        return replace(guess, reading=Reading.DATE)
    numeric = guess.reading in {Reading.NUMBER, Reading.AMOUNT}
    return guess if numeric else replace(guess, reading=Reading.NUMBER)


class _Tally:
    """Counts over all pieces of a file."""

    def __init__(self) -> None:
        self.filled: Counter[str] = Counter()
        self.legible: Counter[str] = Counter()
        self.odd_words: dict[str, Counter[str]] = {}
        self.latest: dict[str, datetime] = {}

    def add(self, plans: Sequence[ColumnPlan], counts: pl.DataFrame, frame: pl.DataFrame) -> None:
        """Count a piece: `counts` holds a row of `filled`, `legible`, `latest` per column."""
        for plan in plans:
            name = plan.name
            filled, legible, latest = counts[name].item().values()
            self.filled[name] += filled
            self.legible[name] += legible
            if latest is not None:
                self.latest[name] = max(latest, self.latest.get(name, latest))
            if legible < filled and plan.reading is not Reading.WORD:
                self._count_odd_words(plan, frame)

    def _count_odd_words(self, plan: ColumnPlan, frame: pl.DataFrame) -> None:
        words = frame.select(plan.text().alias(plan.name), value=plan.value())
        illegible = words.filter(pl.col("value").is_null())[plan.name].drop_nulls()
        self.odd_words.setdefault(plan.name, Counter()).update(illegible.to_list())

    def decide(self, plan: ColumnPlan, *, fixed: bool) -> ColumnPlan:
        """Settle the reading of a column; a `fixed` one keeps its kind."""
        filled = self.filled[plan.name]
        plan = replace(plan, empty=not filled)
        codes = self._codes(plan.name, filled)
        meant = self.legible[plan.name] + sum(self.odd_words[plan.name][code] for code in codes)
        likely = self.legible[plan.name] >= _LIKELY * filled
        fits = likely and meant >= _LEGIBLE * filled
        if plan.reading is Reading.WORD:
            return replace(plan, reading=Reading.NUMBER) if filled and fits and not fixed else plan
        if fits or fixed:
            return replace(plan, missing=codes)
        return replace(plan, reading=Reading.WORD)

    def _codes(self, name: str, filled: int) -> tuple[str, ...]:
        """Find words that stand for a missing value; where no value is legible, none does."""
        if not self.legible[name]:
            return ()
        words = self.odd_words.get(name, Counter())
        least = max(_CODE_COUNT, _CODE_SHARE * filled)
        frequent = [word for word, count in words.most_common(_MOST_CODES) if count >= least]
        return tuple(sorted(frequent))


def _tally(source: Source, plans: dict[str, ColumnPlan]) -> _Tally:
    tally, columns = _Tally(), list(plans.values())
    for _, frame in parse(source, lambda scan: scan.select(list(plans))):
        tally.add(columns, frame.select(_counts(plan, source.decimal) for plan in columns), frame)
    return tally


def _counts(plan: ColumnPlan, decimal: str) -> pl.Expr:
    """Struct of the cells filled, those legible, and the latest date."""
    legible = number(plan.text(), decimal) if plan.reading is Reading.WORD else plan.value()
    dated = plan.reading is Reading.DATE
    return pl.struct(
        filled=plan.text().count(),
        legible=legible.count(),
        latest=plan.value().max() if dated else pl.lit(None, pl.Datetime("ms")),
    ).alias(plan.name)


def _order(columns: Sequence[ColumnPlan]) -> str | None:
    dated = [plan.name for plan in columns if plan.reading is Reading.DATE]
    telling = [name for name in dated if any(word in name.lower() for word in _CLOCK_NAMES)]
    return next(iter((*telling, *dated)), None)
