"""Estimators of churn in log-odds, and the lines that calibrate and blend them."""

from churn.ml.estimators.boosting import (
    DEEP,
    MEDIUM,
    SHALLOW,
    BoostedTrees,
    TreeParams,
    fit_early_stopping,
    fit_trees,
)
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.splines import PENALTIES, SplineLogistic, fit_splines
from churn.ml.estimators.stacking import LogitBlend, fit_stacking_weights, platt_calibrate
from churn.ml.estimators.symmetric import SYMMETRIC, fit_symmetric, fit_symmetric_early_stopping
from churn.ml.estimators.threads import single_threaded_blas, thread_count

__all__ = [
    "DEEP",
    "MEDIUM",
    "PENALTIES",
    "SHALLOW",
    "SYMMETRIC",
    "BoostedTrees",
    "LogitBlend",
    "SplineLogistic",
    "TrainingData",
    "TreeParams",
    "fit_early_stopping",
    "fit_splines",
    "fit_stacking_weights",
    "fit_symmetric",
    "fit_symmetric_early_stopping",
    "fit_trees",
    "platt_calibrate",
    "single_threaded_blas",
    "thread_count",
]
