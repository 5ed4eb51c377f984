"""Creating, executing and cancelling training runs; called by every door alike."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.utils.translation import gettext as _

from churn.exceptions import ArtifactMissing
from churn.ml.progress import ProgressCallback
from churn.models import Dataset, TrainingRun
from churn.services import jobs
from churn.services.people import User, author

if TYPE_CHECKING:
    from churn.ml.customers.loading import Customers

log = structlog.get_logger(__name__)

cancel_run = jobs.cancel

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
        created_by=author(user),
        **options,
    )
    log.info("run.created", id=run.pk, dataset=dataset.pk, algorithm=run.algorithm)
    return run


def execute_run(
    run: TrainingRun,
    *,
    customers: "Customers | None" = None,
    listen: ProgressCallback | None = None,
    here: bool = False,
) -> None:
    """Train `run` once, however often it is called; what comes of it is kept in the row.

    `customers` are those of its data set where they were read already; `here`, see `jobs.execute`.
    """

    def learn(progress: ProgressCallback) -> jobs.Results:
        from churn.services.work import training  # noqa: PLC0415  see docs/decisions/0010

        return training.learn(run, customers, progress)

    jobs.execute(run, learn, listen, here=here)


def artifacts(run: TrainingRun) -> list[str]:
    """Names of the artifacts that `run` has, in the order of ARTIFACTS."""
    if not run.folder:
        return []
    return [name for name in ARTIFACTS if (Path(run.path) / name).is_file()]


def artifact_path(run: TrainingRun, name: str) -> Path:
    """Return where one artifact lies.

    Raises
    ------
    ArtifactMissing : no artifact has this name, or this run has not got it.
    """
    if name not in artifacts(run):
        raise ArtifactMissing(_("This run has no artifact of that name."))
    return Path(run.path) / name
