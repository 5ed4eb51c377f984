"""What attempts that came to nothing have left behind."""

from churn.models import Job, Scoring, TrainingRun
from churn.services import storage


def clear(job: Job) -> None:
    """Remove what lost attempts left of a job that no process will take up any more."""
    if isinstance(job, Scoring):
        job.predictions.all().delete()
    if isinstance(job, TrainingRun):
        storage.discard(f"churn/runs/{job.pk}")
