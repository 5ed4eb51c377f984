"""Standard classification metrics."""

from typing import Any

import numpy as np
from sklearn import metrics as sklearn_metrics

from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.metrics.calibration import expected_calibration_error
from churn.ml.metrics.curves import ranked_counts
from churn.ml.metrics.profit import CampaignCosts, expected_maximum_profit

EPSILON = 1e-15  # probabilities are clipped to this distance from 0 and 1 before a logarithm
DECILES = 10
PRECISION_FLOORS = (0.5, 0.6, 0.7, 0.8, 0.9)


def ranking_metrics(
    actual: FloatArray, probability: FloatArray, costs: CampaignCosts
) -> dict[str, float]:
    """Return the metrics of probabilities (rows,) that need no threshold."""
    expected = expected_maximum_profit(actual, probability, costs)
    return {
        "roc_auc": roc_auc(actual, probability),
        "pr_auc": average_precision(actual, probability),
        "log_loss": log_loss(actual, probability),
        "brier": float(np.mean((probability - actual) ** 2)),
        "ece": expected_calibration_error(actual, probability),
        "top_decile_lift": lift_at(actual, probability, 0.1),
        "emp_churn": expected.profit,
        "emp_churn_share": expected.contacted_share,
        "mean_score": float(probability.mean()),
        "base_rate": float(actual.mean()),
        **recalls_at_precision(actual, probability),
    }


def decision_metrics(actual: FloatArray, predicted: BoolArray) -> dict[str, float]:
    """Return the metrics of predictions (rows,); 0 where a denominator is 0."""
    counts = confusion(actual, predicted)
    true_positives, false_negatives = counts["true_positive"], counts["false_negative"]
    true_negatives, false_positives = counts["true_negative"], counts["false_positive"]
    precision = _ratio(true_positives, true_positives + false_positives)
    recall = _ratio(true_positives, true_positives + false_negatives)
    specificity = _ratio(true_negatives, true_negatives + false_positives)
    return {
        "accuracy": _ratio(true_positives + true_negatives, len(actual)),
        "balanced_accuracy": (recall + specificity) / 2,
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "f1": _ratio(2 * precision * recall, precision + recall),
    }


def confusion(actual: FloatArray, predicted: BoolArray) -> dict[str, int]:
    """Count predictions (rows,) against outcomes (rows,)."""
    churned = actual > 0
    return {
        "true_positive": int((churned & predicted).sum()),
        "false_positive": int((~churned & predicted).sum()),
        "true_negative": int((~churned & ~predicted).sum()),
        "false_negative": int((churned & ~predicted).sum()),
    }


def roc_auc(actual: FloatArray, score: FloatArray) -> float:
    """Return the probability that a churner scores above a loyal customer; a tie counts half."""
    return float(sklearn_metrics.roc_auc_score(actual, score))


def average_precision(actual: FloatArray, score: FloatArray) -> float:
    """Return the area under the precision-recall steps."""
    return float(sklearn_metrics.average_precision_score(actual, score))


def log_loss(actual: FloatArray, probability: FloatArray) -> float:
    """Return the mean negative log-likelihood, in nats."""
    # scikit-learn clips nearer to 0 and 1, which would change the figure of certain answers.
    clipped = np.clip(probability, EPSILON, 1.0 - EPSILON)
    return float(sklearn_metrics.log_loss(actual, clipped, labels=[0.0, 1.0]))


def lift_at(actual: FloatArray, score: FloatArray, share: float) -> float:
    """Return the churn rate among the riskiest `share` of customers, over that of all of them."""
    count = max(round(len(actual) * share), 1)
    riskiest = np.argsort(-score, kind="stable")[:count]
    return float(actual[riskiest].mean() / actual.mean())


def recalls_at_precision(actual: FloatArray, score: FloatArray) -> dict[str, float]:
    """Return the highest recall at a precision of 50 to 90 %; 0 where it is out of reach."""
    counts = ranked_counts(actual, score)
    precision = counts.true_positives / counts.flagged
    recall = counts.true_positives / counts.true_positives[-1]
    return {
        f"recall_at_precision_{floor:.0%}".rstrip("%"): float(
            recall[precision >= floor].max(initial=0.0)
        )
        for floor in PRECISION_FLOORS
    }


def lift_table(actual: FloatArray, score: FloatArray) -> list[dict[str, float]]:
    """Return ten equal groups from the riskiest down: size, churners, rate, lift, total gain."""
    ranked = actual[np.argsort(-score, kind="stable")]
    found, table = 0.0, []
    for number, group in enumerate(np.array_split(ranked, DECILES), start=1):
        churners = float(group.sum())
        found += churners
        table.append(
            {
                "decile": number,
                "customers": len(group),
                "churners": int(churners),
                "churn_rate": _ratio(churners, len(group)),
                "lift": _ratio(float(group.mean()) if len(group) else 0.0, float(actual.mean())),
                "gain": found / float(actual.sum()),
            }
        )
    return table


def cross_validation_summary(
    actual: FloatArray, probability: FloatArray, sizes: list[int]
) -> dict[str, Any]:
    """Return AUC and log loss by fold, with mean and standard deviation.

    Outcomes and out-of-fold probabilities (rows,) lie one fold after another, `sizes` rows each.
    Folds with a single outcome are left out: their AUC is undefined.
    """
    edges = np.cumsum(sizes)[:-1]
    folds = [
        (outcomes, scores)
        for outcomes, scores in zip(
            np.split(actual, edges), np.split(probability, edges), strict=True
        )
        if 0.0 < outcomes.mean() < 1.0
    ]
    return {
        "roc_auc": _summarize([roc_auc(*fold) for fold in folds]),
        "log_loss": _summarize([log_loss(*fold) for fold in folds]),
    }


def _summarize(values: list[float]) -> dict[str, Any]:
    return {
        "folds": values,
        "mean": float(np.mean(values)) if values else None,
        "standard_deviation": float(np.std(values)) if values else None,
    }


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
