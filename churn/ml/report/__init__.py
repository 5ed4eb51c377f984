"""What a training run leaves behind: files for programs, plots, and a page for people."""

from churn.ml.report.artifacts import write_artifacts

__all__ = ["write_artifacts"]
