"""`--algorithm compare`: the ensemble and fourteen algorithms on the same folds, with times."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, Float32Array, FloatArray, IndexArray, sigmoid
from churn.ml.estimators import TrainingData
from churn.ml.metrics import (
    ThresholdObjective,
    average_precision,
    choose_threshold,
    decision_metrics,
    expected_maximum_profit,
    log_loss,
    roc_auc,
)
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.selection.candidates import CANDIDATES
from churn.ml.selection.fitting import SelectionConfig, select_and_fit
from churn.ml.selection.splits import Fold, make_folds

if TYPE_CHECKING:
    from churn.ml.selection.algorithms import Algorithm

ENSEMBLE = "Race"
LEGACY_RULE = "Old rule"
MAX_ROWS = 20_000
FOLDS = 3

SCHEMA = {
    "algorithm": pl.String,
    "status": pl.String,
    "roc_auc": pl.Float64,
    "roc_auc_deviation": pl.Float64,
    "pr_auc": pl.Float64,
    "log_loss": pl.Float64,
    "emp_churn": pl.Float64,
    "accuracy": pl.Float64,
    "balanced_accuracy": pl.Float64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "f1": pl.Float64,
    "seconds": pl.Float64,
}


@dataclass(frozen=True)
class ComparisonInput:
    """Training rows to compare on, and how to measure.

    `groups` (rows,) numbers equal rows alike; `legacy_predictions` (rows,) are the answers of the
    legacy rule; thresholds are chosen for `goal`.
    """

    data: TrainingData
    groups: IndexArray
    legacy_predictions: BoolArray
    goal: ThresholdObjective
    seed: int

    def sample(self) -> "ComparisonInput":
        """Draw at most 20,000 rows."""
        count = len(self.data.actual)
        if count <= MAX_ROWS:
            return self
        rows = np.sort(np.random.default_rng(self.seed).choice(count, MAX_ROWS, replace=False))
        return ComparisonInput(
            data=self.data.take(rows),
            groups=self.groups[rows],
            legacy_predictions=self.legacy_predictions[rows],
            goal=self.goal,
            seed=self.seed,
        )


def compare_algorithms(full: ComparisonInput, on_progress: ProgressCallback) -> pl.DataFrame:
    """Return one row of SCHEMA per algorithm, the highest area under the ROC curve first.

    Means over three folds of at most 20,000 customers, with preprocessing fitted inside each fold.
    The threshold of a fold is chosen on the other folds. `seconds` are those of one fit and its
    scores; `status` names the optional package that is not installed.
    """
    from churn.ml.selection.algorithms import ALGORITHMS, Algorithm  # noqa: PLC0415 - the classifiers of scikit-learn take seconds to import

    comparison = full.sample()
    folds = make_folds(comparison.data.actual, comparison.groups, FOLDS, comparison.seed)
    rows = [_legacy_rule_row(comparison, folds)]
    contenders = [*ALGORITHMS, Algorithm(ENSEMBLE, _fit_predict_ensemble)]
    for number, algorithm in enumerate(contenders):
        on_progress(algorithm.name, number / len(contenders))
        rows.append(_algorithm_row(comparison, folds, algorithm))
    table = pl.DataFrame(rows, schema=SCHEMA)
    return table.sort(["roc_auc", "algorithm"], descending=[True, False], nulls_last=True)


def _algorithm_row(
    comparison: ComparisonInput, folds: Sequence[Fold], algorithm: "Algorithm"
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMA)
    if not algorithm.is_installed:
        status = f"not installed: {algorithm.package}"
        return row | {"algorithm": algorithm.name, "status": status}
    scores, seconds = [], 0.0
    for fold in folds:
        start = perf_counter()
        train = comparison.data.take(fold.train)
        matrix = comparison.data.take(fold.validation).mask_unseen_categories(train).matrix
        scores.append(algorithm.fit_predict(train, matrix, comparison.seed))
        seconds += perf_counter() - start
    row |= _mean_metrics(comparison, folds, scores)
    row |= {"algorithm": algorithm.name, "status": "measured", "seconds": seconds / len(folds)}
    if not algorithm.returns_probability:
        row["log_loss"] = None
    return row


def _mean_metrics(
    comparison: ComparisonInput, folds: Sequence[Fold], scores: list[FloatArray]
) -> dict[str, float]:
    actual = [comparison.data.actual[fold.validation] for fold in folds]
    measured = []
    for number, (outcomes, score) in enumerate(zip(actual, scores, strict=True)):
        threshold = choose_threshold(
            _without_fold(actual, number), _without_fold(scores, number), comparison.goal
        )
        profit = expected_maximum_profit(outcomes, score, comparison.goal.costs)
        measured.append(
            {
                "roc_auc": roc_auc(outcomes, score),
                "pr_auc": average_precision(outcomes, score),
                "log_loss": log_loss(outcomes, score),
                "emp_churn": profit.profit,
                **decision_metrics(outcomes, score >= threshold.value),
            }
        )
    deviation = float(np.std([metrics["roc_auc"] for metrics in measured]))
    return _means(measured) | {"roc_auc_deviation": deviation}


def _means(measured: list[dict[str, float]]) -> dict[str, float]:
    names = [name for name in measured[0] if name in SCHEMA]
    return {name: float(np.mean([metrics[name] for metrics in measured])) for name in names}


def _without_fold(values: list[FloatArray], fold: int) -> FloatArray:
    return np.concatenate([each for number, each in enumerate(values) if number != fold])


def _fit_predict_ensemble(data: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    groups = np.arange(len(data.actual))
    ensemble = select_and_fit(data, groups, SelectionConfig(CANDIDATES, seed=seed), no_progress)
    margins = [member.weight * member.model.margin(matrix) for member in ensemble.members]
    return sigmoid(ensemble.intercept + np.sum(margins, axis=0))


def _legacy_rule_row(comparison: ComparisonInput, folds: Sequence[Fold]) -> dict[str, Any]:
    """Measure the legacy rule by its answers; it has no scores."""
    measured = [
        decision_metrics(
            comparison.data.actual[fold.validation], comparison.legacy_predictions[fold.validation]
        )
        for fold in folds
    ]
    row: dict[str, Any] = dict.fromkeys(SCHEMA)
    return row | {"algorithm": LEGACY_RULE, "status": "measured"} | _means(measured)
