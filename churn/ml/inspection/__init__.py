"""Explanations of scores, and metrics by segment."""

from churn.ml.inspection.explanation import (
    REASON,
    feature_importance,
    sample_contributions,
    top_reasons,
)
from churn.ml.inspection.segments import UNKNOWN, HeldOutPredictions, segment_metrics

__all__ = [
    "REASON",
    "UNKNOWN",
    "HeldOutPredictions",
    "feature_importance",
    "sample_contributions",
    "segment_metrics",
    "top_reasons",
]
