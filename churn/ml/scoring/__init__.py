"""Scoring of customers, as a whole, in batches of a file, and as records of a request."""

from churn.ml.scoring.batch import ScoredFile, score_in_batches
from churn.ml.scoring.scorer import (
    PredictedRecords,
    ScoredCustomers,
    predict_records,
    results_frame,
    score,
)

__all__ = [
    "PredictedRecords",
    "ScoredCustomers",
    "ScoredFile",
    "predict_records",
    "results_frame",
    "score",
    "score_in_batches",
]
