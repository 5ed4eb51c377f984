"""How good the scores of held-out customers are, by the measures the trade knows."""

from typing import Any

import numpy as np

from churn.ml.arrays import BoolArray, FloatArray, IndexArray
from churn.ml.metrics.calibration import expected_calibration_error
from churn.ml.metrics.profit import CampaignCosts, expected_maximum_profit

EPSILON = 1e-15
DECILES = 10
PRECISION_FLOORS = (0.5, 0.6, 0.7, 0.8, 0.9)


def ranking_metrics(
    actual: FloatArray, probability: FloatArray, costs: CampaignCosts
) -> dict[str, float]:
    """Measures of probabilities (rows,) that need no threshold."""
    profit = expected_maximum_profit(actual, probability, costs)
    return {
        "roc_auc": roc_auc(actual, probability),
        "pr_auc": average_precision(actual, probability),
        "log_loss": log_loss(actual, probability),
        "brier": float(np.mean((probability - actual) ** 2)),
        "ece": expected_calibration_error(actual, probability),
        "top_decile_lift": lift_at(actual, probability, 0.1),
        "emp_churn": profit.value,
        "emp_churn_share": profit.share,
        "mean_score": float(probability.mean()),
        "base_rate": float(actual.mean()),
        **recalls_at_precision(actual, probability),
    }


def decision_metrics(actual: FloatArray, churns: BoolArray) -> dict[str, float]:
    """Measures of yes-or-no answers (rows,)."""
    table = confusion(actual, churns)
    caught, missed = table["true_positive"], table["false_negative"]
    spared, bothered = table["true_negative"], table["false_positive"]
    precision, recall = _ratio(caught, caught + bothered), _ratio(caught, caught + missed)
    specificity = _ratio(spared, spared + bothered)
    return {
        "accuracy": _ratio(caught + spared, len(actual)),
        "balanced_accuracy": (recall + specificity) / 2,
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "f1": _ratio(2 * precision * recall, precision + recall),
    }


def confusion(actual: FloatArray, churns: BoolArray) -> dict[str, int]:
    left = actual > 0
    return {
        "true_positive": int((left & churns).sum()),
        "false_positive": int((~left & churns).sum()),
        "true_negative": int((~left & ~churns).sum()),
        "false_negative": int((left & ~churns).sum()),
    }


def roc_auc(actual: FloatArray, score: FloatArray) -> float:
    """Chance that one who left scores above one who stayed; half for a tie."""
    left, stayed = _by_score(actual, score)
    below = np.cumsum(stayed) - stayed / 2
    return float((left * below).sum() / (left.sum() * stayed.sum()))


def average_precision(actual: FloatArray, score: FloatArray) -> float:
    """Area under the precision-recall steps."""
    left, stayed = (counts[::-1] for counts in _by_score(actual, score))
    precision = np.cumsum(left) / np.cumsum(left + stayed)
    return float((precision * left).sum() / left.sum())


def log_loss(actual: FloatArray, probability: FloatArray) -> float:
    """Mean negative log-likelihood, the natural logarithm."""
    sure = np.clip(probability, EPSILON, 1.0 - EPSILON)
    return float(-np.mean(actual * np.log(sure) + (1.0 - actual) * np.log1p(-sure)))


def lift_at(actual: FloatArray, score: FloatArray, share: float) -> float:
    """Churn rate among the riskiest `share` of customers, over that of all of them."""
    count = max(round(len(actual) * share), 1)
    riskiest = np.argsort(-score, kind="stable")[:count]
    return float(actual[riskiest].mean() / actual.mean())


def recalls_at_precision(actual: FloatArray, score: FloatArray) -> dict[str, float]:
    """Most churners found at a precision of 50 to 90 per cent; 0 where it is out of reach."""
    left, stayed = (counts[::-1] for counts in _by_score(actual, score))
    caught = np.cumsum(left)
    precision, recall = caught / np.cumsum(left + stayed), caught / left.sum()
    return {
        f"recall_at_precision_{floor:.0%}".rstrip("%"): float(
            recall[precision >= floor].max(initial=0.0)
        )
        for floor in PRECISION_FLOORS
    }


def lift_table(actual: FloatArray, score: FloatArray) -> list[dict[str, float]]:
    """Ten equal groups from the riskiest down: size, churners, rate, lift and gain so far."""
    ranked = actual[np.argsort(-score, kind="stable")]
    caught, table = 0.0, []
    for number, group in enumerate(np.array_split(ranked, DECILES), start=1):
        caught += float(group.sum())
        table.append(
            {
                "decile": number,
                "customers": len(group),
                "churners": int(group.sum()),
                "churn_rate": _ratio(float(group.sum()), len(group)),
                "lift": _ratio(float(group.mean()) if len(group) else 0.0, float(actual.mean())),
                "gain": caught / float(actual.sum()),
            }
        )
    return table


def cross_validation_summary(
    actual: FloatArray, probability: FloatArray, sizes: list[int]
) -> dict[str, Any]:
    """AUC and log loss of each fold of held-out answers that lie one fold after another."""
    edges = np.cumsum(sizes)[:-1]
    parts = list(zip(np.split(actual, edges), np.split(probability, edges), strict=True))
    whole = [pair for pair in parts if 0.0 < pair[0].mean() < 1.0]
    return {
        "roc_auc": _spread([roc_auc(*pair) for pair in whole]),
        "log_loss": _spread([log_loss(*pair) for pair in whole]),
    }


def _spread(values: list[float]) -> dict[str, Any]:
    return {
        "folds": values,
        "mean": float(np.mean(values)) if values else None,
        "standard_deviation": float(np.std(values)) if values else None,
    }


def _by_score(actual: FloatArray, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Numbers of those who left and stayed at each distinct score, the lowest first."""
    order = np.argsort(score, kind="stable")
    starts: IndexArray = np.flatnonzero(np.append(True, np.diff(score[order]) != 0))
    left = np.add.reduceat(actual[order], starts)
    return left, np.diff(np.append(starts, len(actual))) - left


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
