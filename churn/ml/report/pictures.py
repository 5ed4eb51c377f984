"""Which pictures a run has, and what each is drawn from."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from churn.ml.inspection import sample_contributions
from churn.ml.report import plots
from churn.ml.report.speech import ReportLocale
from churn.ml.training import TrainedRun


def draw(run: TrainedRun, described: Mapping[str, Any], speech: ReportLocale) -> dict[str, bytes]:
    """Draw the pictures of `run` as PNG by the names of their files."""
    held_out = run.predictions.filter(pl.col("dataset_split") == "test")
    actual = held_out["actual"].cast(pl.Float64).to_numpy()
    score = held_out["probability"].to_numpy()
    point = (run.metrics["recall"], run.metrics["precision"])
    frame, effects = sample_contributions(run.model, run.customers.frame, run.options.seed)
    names = list(run.model.encoder.names)
    pictures = {
        "roc": plots.roc(actual, score, speech),
        "precision_recall": plots.precision_recall(actual, score, point, speech),
        "calibration": plots.calibration(run.metrics["reliability"], speech),
        "lift": plots.lift(run.metrics["lift_table"], speech),
        "trade_off": plots.trade_off(run.curve, run.metrics["flagged"], speech),
        "correlation_matrix": plots.correlation_matrix(described["correlations"], speech),
        "shap_summary": plots.shap_summary(frame, effects[:, :-1], names, speech),
    }
    if run.comparison is not None:
        pictures["comparison"] = plots.comparison(run.comparison, speech)
    return pictures
