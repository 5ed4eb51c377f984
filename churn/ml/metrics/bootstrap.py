"""Bootstrap confidence intervals of the metrics.

Own code, because SciPy's bootstrap resamples row by row: 200 replicates of 300,000 rows would take
minutes. Here all replicates are computed together from counts of equal rows.
"""

from dataclasses import dataclass

import numpy as np

from churn.ml.arrays import BoolArray, FloatArray, IndexArray
from churn.ml.metrics.classification import EPSILON
from churn.ml.metrics.curves import rank_scores

REPLICATES = 200
# The quantiles of a 95 % interval.
COVERAGE = (0.025, 0.975)
LARGE_DATA_ROWS = 20_000
SCORE_GROUPS = 1_000


def bootstrap_intervals(
    actual: FloatArray, probability: FloatArray, predicted: BoolArray, seed: int
) -> dict[str, list[float]]:
    """Return 95 % percentile intervals [low, high] by metric (Efron and Tibshirani, 1993).

    Outcomes, probabilities and predictions are (rows,); every replicate draws as many rows again,
    by Poisson counts (Hanley and MacGibbon, 2006). Above 20,000 rows those of about the same score
    are drawn together, in a thousand groups: a sum of Poisson counts is a Poisson count itself.
    A metric that no replicate has, such as the precision where nobody is flagged, has no interval.
    """
    groups = _group_rows(actual, probability, predicted)
    counts = np.random.default_rng(seed).poisson(groups.rows, size=(REPLICATES, len(groups.rows)))
    weights = counts.astype(np.float64)
    metrics = {**_ranking_metrics(weights, groups), **_decision_metrics(weights, groups)}
    return {
        name: np.nanquantile(values, COVERAGE).tolist()
        for name, values in metrics.items()
        if not np.isnan(values).all()
    }


@dataclass(frozen=True)
class _ScoreGroups:
    """Rows of about the same score with equal outcome and prediction, from the highest score.

    All arrays are (groups,): the number of rows, their outcome and prediction (0 or 1), and the
    means of their log loss and squared error. `ends` are the last groups of each score.
    """

    rows: FloatArray
    actual: FloatArray
    predicted: FloatArray
    loss: FloatArray
    squared_error: FloatArray
    ends: IndexArray


def _group_rows(actual: FloatArray, probability: FloatArray, predicted: BoolArray) -> _ScoreGroups:
    order, ends = rank_scores(probability)
    actual, probability, predicted = actual[order], probability[order], predicted[order]
    score = _number_scores(ends)
    keys, group = np.unique(score * 4 + actual.astype(int) * 2 + predicted, return_inverse=True)
    rows = np.bincount(group).astype(np.float64)
    clipped = np.clip(probability, EPSILON, 1.0 - EPSILON)
    loss = -(actual * np.log(clipped) + (1.0 - actual) * np.log1p(-clipped))
    return _ScoreGroups(
        rows=rows,
        actual=(keys // 2 % 2).astype(np.float64),
        predicted=(keys % 2).astype(np.float64),
        loss=np.bincount(group, loss) / rows,
        squared_error=np.bincount(group, (probability - actual) ** 2) / rows,
        ends=np.flatnonzero(np.append(np.diff(keys // 4) != 0, True)),
    )


def _number_scores(ends: IndexArray) -> IndexArray:
    """Return the number of each ranked row's distinct score (rows,); on many rows, of its group."""
    starts = np.append(0, ends[:-1] + 1)
    total = int(ends[-1]) + 1
    is_large = total > LARGE_DATA_ROWS
    numbers = starts * SCORE_GROUPS // total if is_large else np.arange(len(ends))
    return np.repeat(numbers, ends + 1 - starts)


def _ranking_metrics(weights: FloatArray, groups: _ScoreGroups) -> dict[str, FloatArray]:
    """Return metrics (replicates,) of the ranking for weights (replicates, groups)."""
    true_positives = np.cumsum(weights * groups.actual, axis=1)[:, groups.ends]
    flagged = np.cumsum(weights, axis=1)[:, groups.ends]
    false_positives = flagged - true_positives
    positives = np.diff(true_positives, axis=1, prepend=0.0)
    negatives = np.diff(false_positives, axis=1, prepend=0.0)
    # A replicate without one of the outcomes has no such metric: its quotients are NaN.
    with np.errstate(invalid="ignore", divide="ignore"):
        concordant = (negatives * (true_positives - positives / 2)).sum(axis=1)
        auc = concordant / (true_positives[:, -1] * false_positives[:, -1])
        precision = np.where(flagged > 0, true_positives / flagged, 0.0)
        return {
            "roc_auc": auc,
            "pr_auc": (precision * positives).sum(axis=1) / true_positives[:, -1],
        }


def _decision_metrics(weights: FloatArray, groups: _ScoreGroups) -> dict[str, FloatArray]:
    """Return metrics (replicates,) of rows and predictions for weights (replicates, groups)."""
    columns = [
        np.ones_like(groups.rows),
        groups.loss,
        groups.squared_error,
        groups.actual,
        groups.predicted,
        groups.actual * groups.predicted,
    ]
    totals = (weights @ np.column_stack(columns)).T
    rows, loss, squared_error, positives, flagged, true_positives = totals
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = true_positives / positives
        specificity = 1.0 - (flagged - true_positives) / (rows - positives)
        return {
            "log_loss": loss / rows,
            "brier": squared_error / rows,
            "accuracy": 1.0 - (flagged + positives - 2 * true_positives) / rows,
            "balanced_accuracy": (recall + specificity) / 2,
            "precision": true_positives / flagged,
            "recall": recall,
            "f1": 2 * true_positives / (flagged + positives),
        }
