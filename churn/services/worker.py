"""Worker heartbeats, and requeueing of jobs whose worker died."""

import socket
from datetime import datetime, timedelta

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from churn import metrics
from churn.models import Job, Scoring, Status, TrainingRun, WorkerHeartbeat
from churn.services.processes import is_dead
from churn.services.storage import delete_folder

log = structlog.get_logger(__name__)

# The queue loses an entry if its worker dies before the job starts. Queueing a job that is still
# waiting twice does no harm, because only one process can claim it.
STUCK_AFTER = timedelta(minutes=5)
# A host that died is shown for a day; a container that was replaced does not come back.
FORGET_AFTER = timedelta(days=1)


def record_heartbeat() -> None:
    """Record that the workers of this host are running; forget hosts that are gone for long."""
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(host=socket.gethostname(), defaults={"beat_at": now})
    WorkerHeartbeat.objects.filter(beat_at__lt=now - FORGET_AFTER).delete()


def forget_host() -> None:
    """Delete the heartbeat of this host, whose workers were stopped on purpose."""
    WorkerHeartbeat.objects.filter(host=socket.gethostname()).delete()


def heartbeats() -> dict[str, datetime]:
    """Return the time of the last heartbeat of each host that has not been forgotten."""
    return dict(WorkerHeartbeat.objects.order_by("host").values_list("host", "beat_at"))


def last_heartbeat() -> datetime | None:
    """Return the time of the latest heartbeat of any host; None before the first."""
    return max(heartbeats().values(), default=None)


def reap_stale() -> list[Job]:
    """Release running jobs whose worker died; return those that the caller must enqueue.

    A job without attempts left fails; one with a pending cancel request is cancelled.
    """
    return [job for job in _orphaned() if _requeue_or_end(job)]


def requeue_stuck(after: timedelta = STUCK_AFTER) -> list[Job]:
    """Return jobs that have been queued for longer than `after`; the caller must enqueue them."""
    stuck: list[Job] = []
    for model in (TrainingRun, Scoring):
        waiting = list(model.objects.queued_before(after))
        model.objects.filter(pk__in=[job.pk for job in waiting]).update(queued_at=timezone.now())
        stuck += waiting
    return stuck


def _orphaned() -> list[Job]:
    orphaned: list[Job] = []
    for model in (TrainingRun, Scoring):
        silent = set(model.objects.without_heartbeat().values_list("pk", flat=True))
        running = model.objects.running()
        orphaned += [job for job in running if job.pk in silent or is_dead(job.owner)]
    return orphaned


def _requeue_or_end(job: Job) -> bool:
    """Release `job`; True if it is queued again."""
    jobs = type(job).objects
    if job.cancel_requested:
        if jobs.finish(job, Status.CANCELLED):
            metrics.count_end(job.kind, Status.CANCELLED, job.duration)
            job.discard_partial_results(delete_folder)
        return False
    if jobs.requeue(job):
        log.warning("job.requeued", kind=job.kind, id=job.pk, attempt=job.attempts)
        return True
    with override(job.language):
        failure = _(
            "The worker process died and no attempts are left. If it was not stopped on"
            " purpose, the machine may not have enough memory for this file."
        )
    if jobs.finish(job, Status.FAILED, failure):
        metrics.count_end(job.kind, Status.FAILED, job.duration)
        job.discard_partial_results(delete_folder)
        log.error("job.lost", kind=job.kind, id=job.pk, attempt=job.attempts)
    return False
