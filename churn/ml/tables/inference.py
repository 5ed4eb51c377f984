"""Inference of how the columns of a table are parsed: numbers, currency, dates or categories."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import polars as pl

from churn.ml.io.as_of import (
    AsOf,
    end_of_day,
    last_known_day,
    resolve_as_of,
)
from churn.ml.io.cells import (
    infer_date_formats,
    parse_currency,
    parse_datetime,
    parse_flag,
    parse_number,
    stripped_cell,
)
from churn.ml.io.outcomes import Outcome, TargetStatistics
from churn.ml.io.source import DataSource
from churn.ml.io.streams import parse, parse_first
from churn.ml.options import ColumnKind
from churn.ml.schema import (
    BOOLEAN_NO,
    BOOLEAN_YES,
    CUSTOMER_ID,
    DAYS,
    TARGET,
    TIME_COLUMN,
    Feature,
    Kind,
)
from churn.ml.tables.choices import (
    choose_time_column,
    describe_words,
    find_left_out,
    is_observation_date,
)
from churn.ml.tables.identity import (
    IdentifierStatistics,
    candidate_columns,
    decide_identity,
)

RESERVED = frozenset({CUSTOMER_ID, TARGET, TIME_COLUMN})

# Share of cells that must be valid for a column of numbers or dates, with words for missing values
# counted as valid. The rows of the other cells are rejected, so the share is high.
_MIN_VALID_SHARE = 0.9
_MIN_PARSED_SHARE = 0.7  # the same, with only parsed cells counted as valid
# A word this frequent among numbers stands for a missing value; a rarer one is an error.
_MIN_MISSING_SHARE, _MIN_MISSING_COUNT = 0.005, 2
_MAX_MISSING_WORDS = 3
_SAMPLE_ROWS = 20_000
_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]|$)"


class ColumnType(StrEnum):
    NUMBER = "number"
    CURRENCY = "currency"
    DATE = "date"
    FLAG = "flag"  # numbers, or words for yes and no
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class ColumnParser:
    """How the cells of one column are parsed."""

    name: str  # in the file
    column_type: ColumnType
    decimal: str = "."
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
        unit = DAYS if self.column_type is ColumnType.DATE else ""
        return Feature(self.column, Kind.NUMERIC, unit)

    def text(self) -> pl.Expr:
        """Text of the cell, null if it is empty or stands for a missing value."""
        text = stripped_cell(self.name)
        return pl.when(~text.is_in(self.missing)).then(text) if self.missing else text

    def value(self) -> pl.Expr:
        """Float64, Datetime or String by column type; null if it cannot be parsed."""
        match self.column_type:
            case ColumnType.NUMBER:
                return parse_number(self.text(), self.decimal)
            case ColumnType.CURRENCY:
                return parse_currency(self.text(), self.decimal)
            case ColumnType.FLAG:
                return parse_flag(self.text(), self.decimal)
            case ColumnType.DATE:
                return parse_datetime(self.text(), self.formats)
        return self.text()


@dataclass(frozen=True, slots=True)
class InferredColumns:
    """How a table is read, decided on all of its rows."""

    source: DataSource  # with the identifier that the whole file confirms
    columns: tuple[ColumnParser, ...]
    time_column: str | None  # the date column by which customers can be split, by its file name
    as_of: AsOf | None  # the date from which days are counted back
    repeated_hashes: frozenset[int] = field(default_factory=frozenset, repr=False)
    outcome: Outcome | None = None  # the meaning of the values of the target
    left_out: Mapping[str, str] = field(default_factory=dict)  # code of the finding by column
    missing_words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by column

    def issue_counts(self, rows: int) -> Counter[tuple[str, str]]:
        """Count `rows` cells for each column that is empty, left out or of dates."""
        counts = Counter(
            {("empty", column.name): rows for column in self.columns if column.is_empty}
        )
        dates = [c.name for c in self.columns if c.column_type is ColumnType.DATE]
        counts.update({("date", name): rows for name in dates})
        counts.update({(code, name): rows for name, code in self.left_out.items()})
        return counts

    def word_counts(self) -> Counter[tuple[str, str]]:
        """Count the cells of the whole file with a word that is read as missing, by column."""
        words = self.missing_words.items()
        return Counter({("read_as_missing", name): sum(counts.values()) for name, counts in words})

    def finding_details(self) -> dict[tuple[str, str], str]:
        """Return what findings quote, by code and column."""
        words = self.missing_words.items()
        return {("read_as_missing", name): describe_words(counts) for name, counts in words}

    def without_empty(self) -> "InferredColumns":
        """Leave out columns without a single value."""
        return replace(self, columns=tuple(c for c in self.columns if not c.is_empty))


def infer_columns(
    source: DataSource,
    names: Sequence[str],
    expected: Sequence[Feature] = (),
    *,
    with_target: bool = False,
) -> InferredColumns:
    """Read the whole file once and decide how each column of `names` is parsed.

    With `expected`, the features of a model, a column keeps the kind and unit of the model.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : no column identifies the rows, the values of the target are ambiguous, or the
        chosen time column has no dates.
    """
    observed = [name for name in source.columns if is_observation_date(name)]
    features = {file_column(feature.name): feature for feature in expected}
    left_out = {} if expected else find_left_out(source, names)
    read = [name for name in dict.fromkeys((*names, *observed)) if name not in left_out]
    guesses = _guess_from_sample(source, read)
    guesses = {
        name: _match_feature(guess, features[name]) if name in features else guess
        for name, guess in guesses.items()
    }
    fixed = {*features, *source.options.kinds}
    statistics = _ColumnStatistics(end_of_day(last_known_day(source.options.as_of)))
    identifiers = IdentifierStatistics(candidate_columns(source, names))
    target = TargetStatistics(source.target if with_target else None)
    needed = tuple(dict.fromkeys((*guesses, *identifiers.columns, *target.columns)))
    for _, frame in parse(source, lambda scan: scan.select(needed)):
        statistics.add(list(guesses.values()), frame, source.decimal)
        identifiers.add(frame)
        target.add(frame)
    identity = decide_identity(source, identifiers)
    outcome = target.resolve(source.options.positive)
    roles = {identity.customer_id, identity.group}
    columns = tuple(
        statistics.resolve(guess, is_fixed=name in fixed)
        for name, guess in guesses.items()
        if name in names and name not in roles
    )
    dates = [column.name for column in columns if column.column_type is ColumnType.DATE]
    time_column = choose_time_column(source, dates)
    return InferredColumns(
        source=_with_outcome(identity.assign(source), outcome),
        columns=columns,
        time_column=time_column,
        as_of=resolve_as_of(
            source.options.as_of,
            observed=statistics.newest(observed),
            newest=statistics.newest(guesses),
        ),
        repeated_hashes=identity.repeated_hashes,
        outcome=outcome,
        left_out={name: code for name, code in left_out.items() if name not in roles},
        missing_words=statistics.missing_words(columns),
    )


def _with_outcome(source: DataSource, outcome: Outcome | None) -> DataSource:
    if outcome is None or outcome.is_plain or source.target is None:
        return source
    return replace(source, remarks=(*source.remarks, outcome.remark(source.target)))


def file_column(feature: str) -> str:
    """Return the name in the file of the column that becomes `feature`."""
    return feature[:-1] if feature[:-1] in RESERVED and feature.endswith("_") else feature


def _guess_from_sample(source: DataSource, names: Sequence[str]) -> dict[str, ColumnParser]:
    cells = [stripped_cell(name).alias(name) for name in names]
    sample = parse_first(source, lambda scan: scan.select(cells).head(_SAMPLE_ROWS))
    if sample is None:
        return {name: ColumnParser(name, ColumnType.NUMBER, source.decimal) for name in names}
    kinds = source.options.kinds
    return {name: _guess(sample[name], source.decimal, kinds.get(name)) for name in names}


def _guess(sample: pl.Series, decimal: str, kind: ColumnKind | None = None) -> ColumnParser:
    number = ColumnParser(sample.name, ColumnType.NUMBER, decimal)
    cells = sample.drop_nulls()
    if kind is not None:
        return _of_kind(number, cells, kind)
    if not len(cells) or _fits(number, cells):
        return number
    if cells.str.contains(_DATE).sum() > _MIN_PARSED_SHARE * len(cells):
        formats = infer_date_formats(cells)
        alternative = replace(number, column_type=ColumnType.DATE, formats=formats)
    else:
        alternative = replace(number, column_type=ColumnType.CURRENCY)
    if _fits(alternative, cells):
        return alternative
    is_boolean = bool(cells.str.to_lowercase().is_in(list(BOOLEAN_YES | BOOLEAN_NO)).all())
    return replace(number, column_type=ColumnType.CATEGORY, is_boolean=is_boolean)


def _of_kind(number: ColumnParser, cells: pl.Series, kind: ColumnKind) -> ColumnParser:
    if kind is ColumnKind.DATE:
        formats = infer_date_formats(cells)
        return replace(number, column_type=ColumnType.DATE, formats=formats)
    if kind is ColumnKind.NUMBER:
        is_plain = not len(cells) or _fits(number, cells)
        return number if is_plain else replace(number, column_type=ColumnType.CURRENCY)
    return replace(number, column_type=ColumnType.CATEGORY)


def _fits(parser: ColumnParser, cells: pl.Series) -> bool:
    parsed = cells.to_frame().select(parser.value().count()).item()
    return bool(parsed >= _MIN_PARSED_SHARE * len(cells))


def _match_feature(guess: ColumnParser, feature: Feature) -> ColumnParser:
    """Change the column type to one that yields `feature`; keep the guess if it does."""
    if feature.kind is Kind.CATEGORICAL:
        return replace(guess, column_type=ColumnType.CATEGORY)
    if feature.unit == DAYS:
        return replace(guess, column_type=ColumnType.DATE)
    is_numeric = guess.column_type in {ColumnType.NUMBER, ColumnType.CURRENCY}
    # Trained on 1 and 0, a column may come as words for yes and no.
    numeric = ColumnType.FLAG if guess.is_boolean else ColumnType.NUMBER
    return guess if is_numeric else replace(guess, column_type=numeric)


class _ColumnStatistics:
    """Counts per column, summed over the batches of a file."""

    def __init__(self, end: datetime) -> None:
        self._end = end  # later dates are not taken for facts
        self.filled: Counter[str] = Counter()
        self.parsed: Counter[str] = Counter()
        self.unparsed_words: dict[str, Counter[str]] = {}
        self.latest: dict[str, datetime] = {}

    def add(self, parsers: Sequence[ColumnParser], frame: pl.DataFrame, decimal: str) -> None:
        """Count the cells of a batch; `frame` has the text columns that `parsers` read."""
        counts = frame.select(_count_cells(parser, decimal, self._end) for parser in parsers)
        for parser in parsers:
            name = parser.name
            filled, parsed, latest = counts[name].item().values()
            self.filled[name] += filled
            self.parsed[name] += parsed
            if latest is not None:
                self.latest[name] = max(latest, self.latest.get(name, latest))
            if parsed < filled and parser.column_type is not ColumnType.CATEGORY:
                words = frame.select(text=parser.text(), value=parser.value())
                unparsed = words.filter(pl.col("value").is_null())["text"].drop_nulls()
                self.unparsed_words.setdefault(name, Counter()).update(unparsed.to_list())

    def newest(self, names: Iterable[str]) -> datetime | None:
        """Return the newest known date of the columns of dates among `names`."""
        return max((self.latest[name] for name in names if name in self.latest), default=None)

    def resolve(self, guess: ColumnParser, *, is_fixed: bool) -> ColumnParser:
        """Return the final parser of a column; with `is_fixed`, its type stays as guessed."""
        filled, parsed = self.filled[guess.name], self.parsed[guess.name]
        guess = replace(guess, is_empty=not filled)
        missing = self._missing_words(guess.name)
        valid = parsed + sum(self.unparsed_words[guess.name][word] for word in missing)
        fits = parsed >= _MIN_PARSED_SHARE * filled and valid >= _MIN_VALID_SHARE * filled
        if guess.column_type is ColumnType.CATEGORY:
            # The sample had too few numbers, the whole file has enough.
            is_number = filled and fits and not is_fixed
            return replace(guess, column_type=ColumnType.NUMBER) if is_number else guess
        if fits or is_fixed:
            return replace(guess, missing=missing)
        return replace(guess, column_type=ColumnType.CATEGORY)

    def missing_words(self, columns: Iterable[ColumnParser]) -> dict[str, dict[str, int]]:
        """Return the words that are read as missing, with their counts, by column."""
        return {
            column.name: {word: self.unparsed_words[column.name][word] for word in column.missing}
            for column in columns
            if column.missing
        }

    def _missing_words(self, name: str) -> tuple[str, ...]:
        """Return words that stand for a missing value; none if no cell could be parsed."""
        if not self.parsed[name]:
            return ()
        words = self.unparsed_words.get(name, Counter())
        min_count = max(_MIN_MISSING_COUNT, _MIN_MISSING_SHARE * self.filled[name])
        most_common = words.most_common(_MAX_MISSING_WORDS)
        return tuple(sorted(word for word, count in most_common if count >= min_count))


def _count_cells(parser: ColumnParser, decimal: str, end: datetime) -> pl.Expr:
    """Struct of the cells filled, those parsed (of a category: as numbers), and the newest date."""
    is_category = parser.column_type is ColumnType.CATEGORY
    value = parse_number(parser.text(), decimal) if is_category else parser.value()
    is_date = parser.column_type is ColumnType.DATE
    return pl.struct(
        filled=parser.text().count(),
        parsed=value.count(),
        latest=value.filter(value < end).max() if is_date else pl.lit(None, pl.Datetime("ms")),
    ).alias(parser.name)
