"""How far chance alone could have moved the measures: bootstrap intervals of the held-out rows."""

from dataclasses import dataclass

import numpy as np

from churn.ml.arrays import BoolArray, FloatArray, IndexArray
from churn.ml.metrics.classification import EPSILON

REPLICATES = 200
COVERAGE = (0.025, 0.975)
MANY = 20_000
SCORE_GROUPS = 1_000


def bootstrap_intervals(
    actual: FloatArray, probability: FloatArray, churns: BoolArray, seed: int
) -> dict[str, list[float]]:
    """95 % percentile intervals [low, high] by measure (Efron and Tibshirani, 1993).

    Outcomes, probabilities and answers are (rows,); every replicate draws as many rows again, by
    Poisson counts (Hanley and MacGibbon, 2006). Above 20,000 rows those of about the same score are
    drawn together, in a thousand groups: the sum of their counts is a Poisson count itself.
    A measure that no replicate has, as the precision where nobody is flagged, has no interval.
    """
    cells = _cells(actual, probability, churns)
    counts = np.random.default_rng(seed).poisson(cells.rows, size=(REPLICATES, len(cells.rows)))
    weights = counts.astype(np.float64)
    measured = {**_ranked(weights, cells), **_averaged(weights, cells)}
    return {
        name: np.nanquantile(values, COVERAGE).tolist()
        for name, values in measured.items()
        if not np.isnan(values).all()
    }


@dataclass(frozen=True)
class _Cells:
    """Rows of one score group and outcome (cells,), from the highest score, and their means."""

    rows: FloatArray
    actual: FloatArray
    churns: FloatArray
    loss: FloatArray
    error: FloatArray
    last: IndexArray  # position of the last cell of each score


def _cells(actual: FloatArray, probability: FloatArray, churns: BoolArray) -> _Cells:
    order = np.argsort(-probability, kind="stable")
    actual, probability, churns = actual[order], probability[order], churns[order]
    group = _groups(probability)
    _, cell = np.unique(group * 4 + actual.astype(int) * 2 + churns, return_inverse=True)
    rows = np.bincount(cell).astype(np.float64)
    sure = np.clip(probability, EPSILON, 1.0 - EPSILON)
    loss = -(actual * np.log(sure) + (1.0 - actual) * np.log1p(-sure))
    means = [
        np.bincount(cell, values) / rows
        for values in (actual, churns, loss, (probability - actual) ** 2, group)
    ]
    last = np.flatnonzero(np.append(np.diff(means[4]) != 0, True))
    return _Cells(rows, means[0], means[1], means[2], means[3], last)


def _groups(probability: FloatArray) -> IndexArray:
    """Give scores (rows,) their place from the highest; of many rows, that of their group."""
    fresh = np.append(True, np.diff(probability) != 0)
    score = np.cumsum(fresh) - 1
    if len(probability) <= MANY:
        return score
    first = np.flatnonzero(fresh)
    return (first * SCORE_GROUPS // len(probability))[score]


def _ranked(weights: FloatArray, cells: _Cells) -> dict[str, FloatArray]:
    caught = np.cumsum(weights * cells.actual, axis=1)[:, cells.last]
    contacted = np.cumsum(weights, axis=1)[:, cells.last]
    left = np.diff(caught, axis=1, prepend=0.0)
    stayed = np.diff(contacted - caught, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        wins = (stayed * (caught - left / 2)).sum(axis=1)
        area = wins / (caught[:, -1] * (contacted - caught)[:, -1])
        precision = np.where(contacted > 0, caught / contacted, 0.0)
        return {"roc_auc": area, "pr_auc": (precision * left).sum(axis=1) / caught[:, -1]}


def _averaged(weights: FloatArray, cells: _Cells) -> dict[str, FloatArray]:
    columns = [
        np.ones_like(cells.rows),
        cells.loss,
        cells.error,
        cells.actual,
        cells.churns,
        cells.actual * cells.churns,
    ]
    rows, loss, error, left, flagged, caught = (weights @ np.column_stack(columns)).T
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, specificity = caught / left, 1.0 - (flagged - caught) / (rows - left)
        return {
            "log_loss": loss / rows,
            "brier": error / rows,
            "accuracy": 1.0 - (flagged + left - 2 * caught) / rows,
            "balanced_accuracy": (recall + specificity) / 2,
            "precision": caught / flagged,
            "recall": recall,
            "f1": 2 * caught / (flagged + left),
        }
