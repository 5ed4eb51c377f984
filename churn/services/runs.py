"""Creates and cancels training runs, and finds their artifacts."""

from pathlib import Path
from typing import Any

import structlog
from django.utils.translation import gettext_noop as _

from churn.exceptions import ArtifactMissing
from churn.ml.options import ReadOptions
from churn.models import Dataset, TrainingRun
from churn.services import jobs
from churn.services.jobs import User, creator

log = structlog.get_logger(__name__)

cancel_run = jobs.cancel

# Only these names are served, so no request can reach the model or leave the folder.
ARTIFACTS = (
    "report.html",
    "metrics.json",
    "metrics.csv",
    "predictions.csv",
    "feature_importance.csv",
    "comparison.csv",
    "run.log",
    "correlation_matrix.png",
    "roc.png",
    "precision_recall.png",
    "calibration.png",
    "lift.png",
    "trade_off.png",
    "shap_summary.png",
    "comparison.png",
)


def create_run(dataset: Dataset, user: User = None, **options: Any) -> TrainingRun:
    """Queue a run on `dataset`; `options` are fields of TrainingRun, validated by the caller."""
    run = TrainingRun.objects.create(
        dataset=dataset,
        data_sha256=dataset.sha256,
        zones_sha256=dataset.zones_sha256,
        as_of=ReadOptions.from_dict(options.get("read_options", {})).as_of,
        created_by=creator(user),
        **options,
    )
    log.info("run.created", id=run.pk, dataset=dataset.pk, algorithm=run.algorithm)
    return run


def artifacts(run: TrainingRun) -> list[str]:
    """Return the names of the artifacts that `run` has, in the order of ARTIFACTS."""
    if not run.folder:
        return []
    return [name for name in ARTIFACTS if (Path(run.path) / name).is_file()]


def artifact_path(run: TrainingRun, name: str) -> Path:
    """Return the path of an artifact.

    Raises
    ------
    ArtifactMissing : no artifact has this name, or this run does not have it.
    """
    if name not in artifacts(run):
        raise ArtifactMissing(_("This run has no artifact with that name."))
    return Path(run.path) / name
