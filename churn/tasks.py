"""Tasks for django-q2; each loads its row and calls one service."""

from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.dispatch import receiver
from django_q.models import Schedule
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute
from django_q.tasks import async_task

from churn.models import Job, Scoring, TrainingRun
from churn.services import worker
from churn.services.heartbeats import HeartbeatThread

_FORMER_SCHEDULE = "churn: heartbeat and rescue"
_TASKS = {TrainingRun: "churn.tasks.execute_training", Scoring: "churn.tasks.execute_scoring"}
_JUST_QUEUED = timedelta(seconds=2)  # the queue still has such entries


def enqueue(job: Job) -> None:
    """Pass `job` to the queue once the surrounding transaction is committed.

    The group of the entry is the id of the request, so that a worker logs with it.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    transaction.on_commit(partial(async_task, _TASKS[type(job)], job.pk, group=request_id))


def execute_training(run_id: int) -> None:
    from churn.services.work.training import execute_run  # noqa: PLC0415  see docs/decisions/0010

    execute_run(TrainingRun.objects.get(pk=run_id))


def execute_scoring(scoring_id: int) -> None:
    from churn.services.work import scoring  # noqa: PLC0415  see docs/decisions/0010

    scoring.execute_scoring(Scoring.objects.get(pk=scoring_id))


def run_maintenance(*, stuck_after: timedelta = worker.STUCK_AFTER) -> None:
    """Record a heartbeat and requeue interrupted and stuck jobs."""
    worker.record_heartbeat()
    for job in worker.reap_stale() + worker.requeue_stuck(after=stuck_after):
        enqueue(job)


def run_first_maintenance() -> None:
    """Requeue also the jobs whose entries the worker process before this one has lost.

    django-q2 redelivers what the old pusher had fetched only after hours, so jobs are requeued as
    soon as they cannot be in flight any more.
    """
    run_maintenance(stuck_after=_JUST_QUEUED)


heartbeat = HeartbeatThread(run_maintenance, first=run_first_maintenance)


@receiver(post_spawn, dispatch_uid="churn.start_heartbeat")
def start_heartbeat(**signal: Any) -> None:
    """Beat from a thread of each worker process, which no job can delay."""
    if not settings.Q_CLUSTER.get("sync"):  # then this is the process that enqueues
        heartbeat.start_once()


@receiver(pre_execute, dispatch_uid="churn.bind_request_id")
def bind_request_id(task: dict[str, Any], **signal: Any) -> None:
    """Log with the id of the request that has enqueued the task; without one, with its own."""
    if not task.get("sync"):  # then this is the request itself
        structlog.contextvars.bind_contextvars(request_id=task.get("group") or task["id"])


@receiver(post_execute_in_worker, dispatch_uid="churn.unbind_request_id")
def unbind_request_id(task: dict[str, Any], **signal: Any) -> None:
    """Forget the id after the task."""
    if not task.get("sync"):
        structlog.contextvars.unbind_contextvars("request_id")


def unschedule_maintenance(**signal: Any) -> None:
    """Delete, after migrations, the schedule of earlier releases: its beats waited behind jobs."""
    if "django_q_schedule" in connection.introspection.table_names():
        Schedule.objects.filter(name=_FORMER_SCHEDULE).delete()
