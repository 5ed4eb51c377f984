"""Explanations of scores, and metrics by segment."""

from churn.ml.inspection.explanation import (
    REASON,
    ReasonCode,
    feature_importance,
    format_reason,
    sample_contributions,
    top_reasons,
)
from churn.ml.inspection.segments import UNKNOWN, HeldOutPredictions, segment_metrics

__all__ = [
    "REASON",
    "UNKNOWN",
    "HeldOutPredictions",
    "ReasonCode",
    "feature_importance",
    "format_reason",
    "sample_contributions",
    "segment_metrics",
    "top_reasons",
]
