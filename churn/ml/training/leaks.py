"""Detects target leakage and identifier columns before training."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

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
    return None if leak_type is None else Leak(feature.name, leak_type, round(auc, 4))


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
    """Code the values from 1 by category or quantile; 0 is missing."""
    bins = min(_BINS, len(values) // _ROWS_IN_BIN)
    if kind is Kind.CATEGORICAL or values.n_unique() <= bins:
        ranks = values.rank("dense")
    else:
        ranks = (values.rank("max") * bins / (len(values) + 1)).floor() + 1
    return ranks.cast(pl.Int64).fill_null(0).to_numpy()
