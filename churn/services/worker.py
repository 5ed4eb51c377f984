"""Signs of life of the task workers, and the rescue of work that a lost worker left behind."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

import structlog
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from churn.models import Job, Scoring, Status, TrainingRun, WorkerHeartbeat
from churn.services.processes import is_dead
from churn.services.remains import clear

log = structlog.get_logger(__name__)

# A queue may lose an entry whose worker died before it began; entries that are twice do no harm.
STUCK_AFTER = timedelta(minutes=5)


def beat() -> None:
    """Record that the workers of this host live."""
    WorkerHeartbeat.objects.update_or_create(
        host=socket.gethostname(), defaults={"beat_at": timezone.now()}
    )


def last_heartbeat() -> datetime | None:
    """Return when any worker last said that it lives; None before the first."""
    latest: datetime | None = WorkerHeartbeat.objects.aggregate(latest=Max("beat_at"))["latest"]
    return latest


def reap_stale() -> list[Job]:
    """Take running jobs from lost workers; return those to be handed to the queue again.

    A job without another attempt has failed, and one that was to be cancelled is cancelled.
    """
    return [job for job in _orphaned() if _requeue_or_fail(job)]


def requeue_stuck(after: timedelta = STUCK_AFTER) -> list[Job]:
    """Return queued jobs that nobody began `after` they were queued, to be queued once more."""
    found: list[Job] = []
    for model in (TrainingRun, Scoring):
        waiting = list(model.objects.queued_before(after))
        model.objects.filter(pk__in=[job.pk for job in waiting]).update(queued_at=timezone.now())
        found += waiting
    return found


def _orphaned() -> Iterator[Job]:
    running = chain(TrainingRun.objects.running(), Scoring.objects.running())
    silent = {
        (model, pk)
        for model in (TrainingRun, Scoring)
        for pk in model.objects.silent().values_list("pk", flat=True)
    }
    for job in running:
        if (type(job), job.pk) in silent or is_dead(job.owner):
            yield job


def _requeue_or_fail(job: Job) -> bool:
    jobs = type(job).objects
    if job.cancel_requested:
        if jobs.finish(job, Status.CANCELLED):
            clear(job)
        return False
    if requeued := bool(jobs.requeue(job)):
        log.warning("job.requeued", kind=job.kind, id=job.pk, attempt=job.attempts)
    elif jobs.finish(job, Status.FAILED, _failure(job)):
        clear(job)
        log.error("job.lost", kind=job.kind, id=job.pk, attempt=job.attempts)
    return requeued


def _failure(job: Job) -> str:
    with override(job.language):
        return _(
            "The process at work was lost and no attempt is left. "
            "If nobody stopped it on purpose, the machine may lack memory for this file."
        )
