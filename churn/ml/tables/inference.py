"""Inference of how the columns of a table are parsed: numbers, dates or categories."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from churn.ml.io.as_of import (
    AsOf,
    end_of_day,
    last_known_day,
    resolve_as_of,
)
from churn.ml.io.dates import is_month_first
from churn.ml.io.outcomes import Outcome, TargetStatistics
from churn.ml.io.source import DataSource
from churn.ml.io.streams import read_columns
from churn.ml.schema import Feature
from churn.ml.tables.choices import (
    choose_time_column,
    describe_words,
    find_left_out,
    is_observation_date,
)
from churn.ml.tables.columns import ColumnParser, ColumnType, file_column
from churn.ml.tables.guessing import ColumnGuess, guess_columns
from churn.ml.tables.identity import (
    IdentifierStatistics,
    candidate_columns,
    decide_identity,
    no_hashes,
)
from churn.ml.tables.readings import decide_column, infer_habits
from churn.ml.tables.statistics import ColumnStatistics


@dataclass(frozen=True, slots=True)
class InferredColumns:
    """How a table is read, decided on all of its rows."""

    source: DataSource  # with the identifier that the whole file confirms
    columns: tuple[ColumnParser, ...]
    time_column: str | None  # the date column by which customers can be split, by its file name
    as_of: AsOf | None  # the date from which days are counted back
    repeated_hashes: pl.Series = field(default_factory=no_hashes, repr=False, compare=False)
    outcome: Outcome | None = None  # the meaning of the values of the target
    left_out: Mapping[str, str] = field(default_factory=dict)  # code of the finding by column
    missing_words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by column
    remarks: tuple[tuple[str, str], ...] = ()  # (finding code, column) of a decided reading

    def issue_counts(self, rows: int) -> Counter[tuple[str, str]]:
        """Count `rows` cells for each column that is empty, left out or of dates."""
        counts = Counter(
            {("empty", column.name): rows for column in self.columns if column.is_empty}
        )
        dates = [c.name for c in self.columns if c.column_type is ColumnType.DATE]
        counts.update({("date", name): rows for name in dates})
        counts.update(dict.fromkeys(self.remarks, rows))
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
    guesses = guess_columns(source, read, features)
    seen = _observe(source, names, guesses, with_target=with_target)
    identity = decide_identity(source, seen.identifiers)
    outcome = seen.target.resolve(source.options.positive)
    roles = {identity.customer_id, identity.group}
    habits = infer_habits(source, guesses.values(), seen.columns.columns)
    decided = [
        decide_column(guess, seen.columns.columns[name], habits)
        for name, guess in guesses.items()
        if name not in roles
    ]
    used = [one for one in decided if one.parser.name in names]
    dates = [one.parser for one in decided if one.parser.column_type is ColumnType.DATE]
    return InferredColumns(
        source=_with_outcome(identity.assign(source), outcome),
        columns=tuple(one.parser for one in used),
        time_column=choose_time_column(source, [one.name for one in dates if one.name in names]),
        as_of=_decide_as_of(source, seen.columns, dates, observed),
        repeated_hashes=identity.repeated_hashes,
        outcome=outcome,
        left_out={name: code for name, code in left_out.items() if name not in roles},
        missing_words={one.parser.name: one.missing_words for one in used if one.missing_words},
        remarks=tuple((code, one.parser.name) for one in used for code in one.remarks),
    )


@dataclass(frozen=True)
class _Observations:
    """What was counted in one pass over the file."""

    columns: ColumnStatistics
    identifiers: IdentifierStatistics
    target: TargetStatistics


def _observe(
    source: DataSource,
    names: Sequence[str],
    guesses: Mapping[str, ColumnGuess],
    *,
    with_target: bool,
) -> _Observations:
    """Read the file once and count what the decisions about its columns need."""
    end = end_of_day(last_known_day(source.options.as_of))
    seen = _Observations(
        columns=ColumnStatistics(list(guesses.values()), end),
        identifiers=IdentifierStatistics(candidate_columns(source, names)),
        target=TargetStatistics(source.target if with_target else None),
    )
    needed = tuple(dict.fromkeys((*guesses, *seen.identifiers.columns, *seen.target.columns)))
    for _, frame in read_columns(source, needed):
        seen.columns.add(frame)
        seen.identifiers.add(frame)
        seen.target.add(frame)
    return seen


def _decide_as_of(
    source: DataSource,
    statistics: ColumnStatistics,
    dates: Sequence[ColumnParser],
    observed: Sequence[str],
) -> AsOf | None:
    """Return the as-of date: the chosen one, else by an observation date, else the newest date."""
    month_first = {parser.name: is_month_first(parser.formats) for parser in dates}
    return resolve_as_of(
        source.options.as_of,
        observed=statistics.newest(observed, month_first),
        newest=statistics.newest(month_first, month_first),
    )


def _with_outcome(source: DataSource, outcome: Outcome | None) -> DataSource:
    if outcome is None or outcome.is_plain or source.target is None:
        return source
    return replace(source, remarks=(*source.remarks, outcome.remark(source.target)))
