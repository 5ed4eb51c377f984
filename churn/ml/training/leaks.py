"""Detects target leakage and identifier columns before training."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit, LeakFound
from churn.ml.arrays import BoolArray, FloatArray, IndexArray
from churn.ml.customers import Customers
from churn.ml.i18n.messages import Message, MessageList
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.metrics import roc_auc
from churn.ml.schema import DAYS, TARGET, Feature, Kind

NEAR_PERFECT = 0.98  # area under the ROC curve of one column alone
NAMED_LIKE_OUTCOME_AUC = 0.9  # the same, for a column named after churn
NAMED_LIKE_PREDICTION_AUC = 0.7  # the same, for a column named like a prediction

_MIN_ROWS, _MAX_ROWS = 50, 50_000  # an AUC of 0.98 is then known to 0.001
_BINS, _ROWS_IN_BIN = 64, 25
_PRIOR = 10.0  # rows of the base rate added to each bin, so that small bins give no sure answer
_UNIQUE = 0.99  # share of distinct values from which a column may number customers
_DENSE = 20  # widest range of an identifier's numbers, in multiples of the rows
# A group of rows belongs to one outcome if almost all its rows have it, where chance would give
# this many of the other; smaller groups, and those with few of the customers, prove nothing.
_PURE_SHARE, _MIN_EXPECTED = 0.995, 15.0
_MIN_FILLED_SHARE = 0.05  # of the outcome's customers that a group of filled or empty cells has
_MIN_VALUE_SHARE = 0.2  # the same for the rows with one value: some rare values do mean churn
_MAX_VALUES = 5  # the most frequent ones; a rarer one has too few of the customers
_MIN_USUAL_SHARE = 0.05  # of the filled cells from which a value is the usual one
_COPY = 0.9999  # AUC of a copy of the target; the prior keeps it below 1

_NUMBERING = re.compile(r"(^|[^a-z])(id|row|index|number|num|nro|code|codigo|unnamed)([^a-z]|$)")
_OUTCOME_NAMES = re.compile(r"churn|attrit|exit|cancel|baja|abandon|left|status", re.IGNORECASE)
_PREDICTION_NAMES = re.compile(
    r"predic|propens|classif|probab|churn.*(score|risk)|(score|risk).*churn"
    r"|(baja|abandon).*(puntaje|riesgo|score)|(puntaje|riesgo|score).*(baja|abandon|model)"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class LeakType(StrEnum):
    CONSTANT = "constant"
    IDENTIFIER = "identifier"
    TARGET_COPY = "target_copy"
    PREVIOUS_PREDICTION = "previous_prediction"
    NEAR_PERFECT = "near_perfect"
    FILLED_FOR_CHURNERS = "filled_for_churners"
    FILLED_FOR_LOYAL = "filled_for_loyal"
    EMPTY_FOR_CHURNERS = "empty_for_churners"
    EMPTY_FOR_LOYAL = "empty_for_loyal"
    VALUE_FOR_CHURNERS = "value_for_churners"
    UNUSUAL_FOR_CHURNERS = "unusual_for_churners"
    UNUSUAL_FOR_LOYAL = "unusual_for_loyal"


_HARMLESS = frozenset({LeakType.CONSTANT, LeakType.IDENTIFIER})
_SENTENCES = {
    LeakType.CONSTANT: _("`{column}` is constant"),
    LeakType.IDENTIFIER: _("`{column}` is an identifier"),
    LeakType.TARGET_COPY: _("`{column}` is a copy of the target"),
    LeakType.PREVIOUS_PREDICTION: _(
        "`{column}` looks like an earlier prediction (AUC {auc:.3f} alone)"
    ),
    LeakType.NEAR_PERFECT: _(
        "`{column}` predicts the target almost perfectly (AUC {auc:.3f} alone)"
    ),
    LeakType.FILLED_FOR_CHURNERS: _("`{column}` is filled only for customers who left"),
    LeakType.FILLED_FOR_LOYAL: _("`{column}` is filled only for customers who stayed"),
    LeakType.EMPTY_FOR_CHURNERS: _("`{column}` is empty only for customers who left"),
    LeakType.EMPTY_FOR_LOYAL: _("`{column}` is empty only for customers who stayed"),
    LeakType.VALUE_FOR_CHURNERS: _("`{column}` has one value only for customers who left"),
    LeakType.UNUSUAL_FOR_CHURNERS: _(
        "`{column}` differs from its usual value only for customers who left"
    ),
    LeakType.UNUSUAL_FOR_LOYAL: _(
        "`{column}` differs from its usual value only for customers who stayed"
    ),
}


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that a model must not be trained on; `auc` is the AUC of the column alone."""

    column: str
    leak_type: LeakType
    auc: float = 0.5

    @property
    def is_harmless(self) -> bool:
        """Whether the column can be left out without the consent of the user."""
        return self.leak_type in _HARMLESS


def describe_leak(leak: Leak) -> Message:
    """Return in one clause what is wrong with the column."""
    return Message.of(_SENTENCES[leak.leak_type], column=leak.column, auc=leak.auc)


def find_leaks(customers: Customers, seed: int) -> tuple[Leak, ...]:
    """Check every feature by itself, in the order of the features.

    The AUC of a column is that of its churn rate by value: numbers by 64 quantiles, missing values
    as one more. The rates of each half of the customers are taken from the other half; otherwise
    many rare values would look predictive. `seed` draws the halves, of 50,000 customers at most.
    """
    frame = customers.frame
    measure: _SingleFeatureAuc | None = None
    if TARGET in frame.columns:
        labelled = frame.filter(pl.col(TARGET).is_not_null())
        if labelled.height >= _MIN_ROWS:
            measure = _SingleFeatureAuc(labelled, seed)
    if measure is not None and not measure.has_both_outcomes:
        measure = None
    found = (_find_leak(frame, feature, measure) for feature in customers.features)
    return tuple(leak for leak in found if leak is not None)


def drop_harmless(customers: Customers, leaks: Iterable[Leak]) -> Customers:
    """Leave out the harmless ones of `leaks`: constants and identifiers.

    Raises
    ------
    DataUnfit : no feature is left.
    """
    dropped = {leak.column for leak in leaks if leak.is_harmless}
    features = tuple(feature for feature in customers.features if feature.name not in dropped)
    if not features:
        raise DataUnfit(
            _(
                "No usable feature is left: every column is constant or an identifier. Add"
                " columns that describe the customers."
            )
        )
    return replace(customers, frame=customers.frame.drop(dropped), features=features)


def reject_harmful(leaks: Iterable[Leak]) -> None:
    """Raise LeakFound, naming every leak that is not harmless, if there is one."""
    harmful = [leak for leak in leaks if not leak.is_harmless]
    if harmful:
        raise LeakFound(
            _("Target leakage: {leaks}. Remove the column, or allow leaks explicitly."),
            leaks=MessageList(tuple(describe_leak(leak) for leak in harmful)),
        )


class _SingleFeatureAuc:
    """Measures how well single columns predict the target."""

    def __init__(self, frame: pl.DataFrame, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(frame.height)[:_MAX_ROWS]
        self._frame = frame[order]
        self._actual = self._frame[TARGET].cast(pl.Float64).to_numpy()
        self._half = np.arange(len(order)) % 2 == 0
        self.has_both_outcomes = 0 < self._actual.mean() < 1

    def __call__(self, feature: Feature) -> float:
        codes = _bin(self._frame[feature.name], feature.kind)
        rates = np.empty(len(codes))
        for half in (self._half, ~self._half):
            rates[half] = self._rate_by_code(codes, ~half)[codes[half]]
        return roc_auc(self._actual, rates)

    def one_sided(self, feature: Feature) -> LeakType | None:
        """Return how the column gives one outcome away for a part of the customers, if it does."""
        values = self._frame[feature.name]
        is_churner = self._actual > 0
        for group, for_churners, for_loyal, min_share in _groups(values):
            if for_churners and _is_pure(group, is_churner, min_share):
                return for_churners
            if for_loyal and _is_pure(group, ~is_churner, min_share):
                return for_loyal
        return None

    def _rate_by_code(self, codes: IndexArray, rows: BoolArray) -> FloatArray:
        base, size = self._actual[rows].mean(), int(codes.max()) + 1
        churned = np.bincount(codes[rows], self._actual[rows], size)
        rates = (churned + _PRIOR * base) / (np.bincount(codes[rows], minlength=size) + _PRIOR)
        return np.asarray(rates, dtype=np.float64)


def _find_leak(
    frame: pl.DataFrame, feature: Feature, measure: _SingleFeatureAuc | None
) -> Leak | None:
    values = frame[feature.name]
    if values.n_unique() <= 1:
        return Leak(feature.name, LeakType.CONSTANT)
    if _is_identifier(values, feature):
        return Leak(feature.name, LeakType.IDENTIFIER)
    if measure is None:
        return None
    auc = measure(feature)
    leak_type = next(_leak_types(feature.name, auc, values.drop_nulls().n_unique()), None)
    leak_type = leak_type or measure.one_sided(feature)
    return None if leak_type is None else Leak(feature.name, leak_type, round(auc, 4))


class _Group(NamedTuple):
    """Rows (rows,) of a column, and what they leak if all of them have one outcome."""

    rows: BoolArray
    for_churners: LeakType | None
    for_loyal: LeakType | None
    min_share: float


def _groups(values: pl.Series) -> Iterator[_Group]:
    filled = values.is_not_null().to_numpy()
    yield _Group(filled, LeakType.FILLED_FOR_CHURNERS, LeakType.FILLED_FOR_LOYAL, _MIN_FILLED_SHARE)
    yield _Group(~filled, LeakType.EMPTY_FOR_CHURNERS, LeakType.EMPTY_FOR_LOYAL, _MIN_FILLED_SHARE)
    counts = values.drop_nulls().value_counts(name="rows").sort("rows", descending=True)
    if counts.is_empty():
        return
    for value in counts[values.name].head(_MAX_VALUES):
        equal = (values == value).fill_null(value=False).to_numpy()
        yield _Group(equal, LeakType.VALUE_FOR_CHURNERS, None, _MIN_VALUE_SHARE)
    usual, count = counts.row(0)
    if count >= _MIN_USUAL_SHARE * filled.sum():
        unusual = filled & (values != usual).fill_null(value=False).to_numpy()
        yield _Group(
            unusual, LeakType.UNUSUAL_FOR_CHURNERS, LeakType.UNUSUAL_FOR_LOYAL, _MIN_VALUE_SHARE
        )


def _is_pure(rows: BoolArray, has_outcome: BoolArray, min_share: float) -> bool:
    """Whether the rows have one outcome, beyond chance, and a fair share of its customers."""
    inside = int((rows & has_outcome).sum())
    expected_others = rows.sum() * (~has_outcome).mean()
    return bool(
        expected_others >= _MIN_EXPECTED
        and inside >= _PURE_SHARE * rows.sum()
        and inside >= min_share * has_outcome.sum()
    )


def _leak_types(name: str, auc: float, distinct: int) -> Iterator[LeakType]:
    if auc >= _COPY and distinct <= 2:  # noqa: PLR2004 - a yes and a no
        yield LeakType.TARGET_COPY
    if auc >= NAMED_LIKE_PREDICTION_AUC and _PREDICTION_NAMES.search(name.lower()):
        yield LeakType.PREVIOUS_PREDICTION
    if auc >= NEAR_PERFECT or (auc >= NAMED_LIKE_OUTCOME_AUC and _OUTCOME_NAMES.search(name)):
        yield LeakType.NEAR_PERFECT


def _is_identifier(values: pl.Series, feature: Feature) -> bool:
    known = values.drop_nulls()
    # Days since a date are often distinct, and say much about churn.
    if feature.unit == DAYS or len(known) < _MIN_ROWS or known.n_unique() < _UNIQUE * len(values):
        return False
    if feature.kind is Kind.CATEGORICAL:
        return True
    numbers = known.cast(pl.Float64).to_numpy()
    is_dense = np.ptp(numbers) <= _DENSE * len(numbers)
    has_name = bool(_NUMBERING.search(_CAMEL.sub("_", feature.name).lower()))
    return bool((numbers == np.floor(numbers)).all()) and (is_dense or has_name)


def _bin(values: pl.Series, kind: Kind) -> IndexArray:
    """Code the values from 1 by category or quantile; 0 is missing.

    A number that fills a bin has that bin for itself: shared with its neighbours, the zero of all
    loyal customers would hide that churners have other values.
    """
    bins = min(_BINS, len(values) // _ROWS_IN_BIN)
    if kind is Kind.CATEGORICAL or values.n_unique() <= bins:
        return values.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    highest = values.rank("max")
    tied = (highest - values.rank("min") + 1).fill_null(0) >= _ROWS_IN_BIN
    quantiles = (highest * bins / (len(values) + 1)).floor()
    own_codes = pl.select(pl.when(tied).then(bins + highest).otherwise(quantiles)).to_series()
    return own_codes.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
