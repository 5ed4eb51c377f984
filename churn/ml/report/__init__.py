"""Artifacts of a training run: tables, plots, an HTML report and the model."""

from churn.ml.report.artifacts import write_artifacts

__all__ = ["write_artifacts"]
