"""Formats numbers and labels for the pages, in the active language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from churn.ml.i18n.formatting import MISSING_VALUE
from churn.ml.i18n.labels import column_label
from churn.ml.schema import Shape
from churn.models import Job, Status, TrainingRun
from churn.services.localization import localizer

STAGES = {
    "reading": gettext_lazy("reading"),
    "preparation": gettext_lazy("preparing"),
    "shallow trees": gettext_lazy("trying shallow trees"),
    "medium trees": gettext_lazy("trying medium trees"),
    "deep trees": gettext_lazy("trying deep trees"),
    "symmetric trees": gettext_lazy("trying symmetric trees"),
    "splines": gettext_lazy("trying a spline regression"),
    "search": gettext_lazy("tuning hyperparameters"),
    "fit": gettext_lazy("fitting the model"),
    "evaluation": gettext_lazy("evaluating"),
    "tables": gettext_lazy("writing tables"),
    "plots": gettext_lazy("drawing plots"),
    "report": gettext_lazy("writing the report"),
    "scoring": gettext_lazy("scoring"),
    "saving predictions": gettext_lazy("saving predictions"),
}


@dataclass(frozen=True, slots=True)
class Metric:
    """Label, value and confidence interval of a metric, as text."""

    label: str
    value: str
    interval: str = ""


def format_percent(share: float | None, places: int = 1) -> str:
    """Format 0.5312 as 53.1% in English and as 53,1 % in Spanish."""
    return localizer().percent(share, places)


def format_number(value: float | None, places: int = 3) -> str:
    return localizer().number(value, places)


def format_value(value: float | None) -> str:
    """Format a value of the data with two decimal places, or none if it is an integer."""
    return format_number(value, 0 if value is not None and value == int(value) else 2)


def format_count(value: int | None) -> str:
    return localizer().count(value)


def format_bytes(count: int) -> str:
    """Format a size in kB or MB."""
    if count < 10**6:
        return f"{format_number(count / 10**3, 1)}\u00a0kB"
    return f"{format_number(count / 10**6, 1)}\u00a0MB"


def format_duration(duration: timedelta | None) -> str:
    if duration is None:
        return MISSING_VALUE
    return f"{format_number(duration.total_seconds(), 1)}\u00a0s"


def feature_label(name: str, shape: str) -> str:
    """Return the label of a feature, or of `feature=value`, in the active language.

    The columns of a generic table keep their names.
    """
    if shape != Shape.RECORDS:
        return name
    column, is_value, value = name.partition("=")
    named = localizer().text(column_label(column))
    return f"{named}: {value}" if is_value else named


def stage_label(job: Job) -> str:
    """Return the label of the stage of `job`; an unknown stage is shown as it is."""
    if job.status == Status.QUEUED:
        return _("waiting for a worker")
    return str(STAGES.get(job.stage, job.stage)) or _("starting")


_METRICS: tuple[tuple[str, Any, Callable[[float | None], str]], ...] = (
    ("roc_auc", gettext_lazy("ROC AUC"), format_number),
    ("pr_auc", gettext_lazy("PR AUC"), format_number),
    ("log_loss", gettext_lazy("Log loss"), format_number),
    ("brier", gettext_lazy("Brier score"), format_number),
    ("ece", gettext_lazy("Calibration error"), format_number),
    ("recall", gettext_lazy("Recall"), format_percent),
    ("precision", gettext_lazy("Precision"), format_percent),
    ("f1", gettext_lazy("F1"), format_number),
    ("accuracy", gettext_lazy("Accuracy"), format_percent),
    ("balanced_accuracy", gettext_lazy("Balanced accuracy"), format_percent),
    ("top_decile_lift", gettext_lazy("Lift of the top decile"), format_value),
    ("emp_churn", gettext_lazy("Expected maximum profit per customer"), format_value),
)


def metrics(run: TrainingRun, names: Sequence[str] = ()) -> list[Metric]:
    """Return the metrics of `run` with their intervals: all, or those in `names`."""
    intervals = run.metrics.get("intervals", {})
    return [
        _metric(str(label), run.metrics[name], intervals.get(name), write)
        for name, label, write in _METRICS
        if run.metrics.get(name) is not None and (not names or name in names)
    ]


def _metric(
    label: str,
    value: float,
    interval: Sequence[float] | None,
    write: Callable[[float | None], str],
) -> Metric:
    if interval is None:
        return Metric(label, write(value))
    low, high = (write(edge) for edge in interval)
    return Metric(label, write(value), _("%(low)s to %(high)s") % {"low": low, "high": high})


def counts(rows: Mapping[str, int | None]) -> list[Metric]:
    """Return counts as metrics; the keys are their labels."""
    return [Metric(label, format_count(value)) for label, value in rows.items()]
