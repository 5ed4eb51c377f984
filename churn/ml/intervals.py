"""How far chance alone could have moved the measures: bootstrap intervals of the held-out rows."""

import numpy as np

from churn.ml.arrays import Flags, Floats, Rows
from churn.ml.evaluation import CERTAIN

REPLICATES = 200
ROWS_AT_ONCE = 4_000_000
COVERAGE = (0.025, 0.975)


def bootstrap_intervals(
    actual: Floats, probability: Floats, churns: Flags, seed: int
) -> dict[str, list[float]]:
    """95 % percentile intervals [low, high] by measure (Efron and Tibshirani, 1993).

    Outcomes, probabilities and answers are (rows,); every replicate draws as many rows again.
    """
    order = np.argsort(-probability, kind="stable")
    actual, probability, churns = actual[order], probability[order], churns[order]
    ends = np.flatnonzero(np.append(np.diff(probability) != 0, True))
    rng = np.random.default_rng(seed)
    chunk = max(ROWS_AT_ONCE // len(actual), 1)
    parts = []
    for start in range(0, REPLICATES, chunk):
        size = (min(chunk, REPLICATES - start), len(actual))
        counts = rng.poisson(1.0, size=size).astype(np.float64)
        ranked = _ranked(counts, actual, ends)
        parts.append({**ranked, **_averaged(counts, actual, probability, churns)})
    return {
        name: np.nanquantile(np.concatenate([part[name] for part in parts]), COVERAGE).tolist()
        for name in parts[0]
    }


def _ranked(counts: Floats, actual: Floats, ends: Rows) -> dict[str, Floats]:
    caught = np.cumsum(counts * actual, axis=1)[:, ends]
    contacted = np.cumsum(counts, axis=1)[:, ends]
    left = np.diff(caught, axis=1, prepend=0.0)
    stayed = np.diff(contacted - caught, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        wins = (stayed * (caught - left / 2)).sum(axis=1)
        area = wins / (caught[:, -1] * (contacted - caught)[:, -1])
        precision = np.where(contacted > 0, caught / contacted, 0.0)
        return {"roc_auc": area, "pr_auc": (precision * left).sum(axis=1) / caught[:, -1]}


def _averaged(
    counts: Floats, actual: Floats, probability: Floats, churns: Flags
) -> dict[str, Floats]:
    sure = np.clip(probability, CERTAIN, 1.0 - CERTAIN)
    columns = [
        np.ones_like(actual),
        -(actual * np.log(sure) + (1.0 - actual) * np.log1p(-sure)),
        (probability - actual) ** 2,
        actual,
        churns.astype(np.float64),
        actual * churns,
    ]
    rows, loss, brier, left, flagged, caught = (counts @ np.column_stack(columns)).T
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, specificity = caught / left, 1.0 - (flagged - caught) / (rows - left)
        return {
            "log_loss": loss / rows,
            "brier": brier / rows,
            "accuracy": 1.0 - (flagged + left - 2 * caught) / rows,
            "balanced_accuracy": (recall + specificity) / 2,
            "precision": caught / flagged,
            "recall": recall,
            "f1": 2 * caught / (flagged + left),
        }
