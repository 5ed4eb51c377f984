"""Splits, cross-validation, selection and tuning of candidates."""

from churn.ml.selection.candidates import CANDIDATES, MEDIUM_TREES, SPLINES, Candidate
from churn.ml.selection.comparison import ComparisonInput, compare_algorithms
from churn.ml.selection.fitting import FittedEnsemble, OutOfFold, SelectionConfig, select_and_fit
from churn.ml.selection.splits import (
    Split,
    duplicate_groups,
    merge_groups,
    require_both_outcomes,
    split_by_time,
    split_randomly,
)

__all__ = [
    "CANDIDATES",
    "MEDIUM_TREES",
    "SPLINES",
    "Candidate",
    "ComparisonInput",
    "FittedEnsemble",
    "OutOfFold",
    "SelectionConfig",
    "Split",
    "compare_algorithms",
    "duplicate_groups",
    "merge_groups",
    "require_both_outcomes",
    "select_and_fit",
    "split_by_time",
    "split_randomly",
]
