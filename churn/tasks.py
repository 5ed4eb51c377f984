"""Tasks for django-q2; each loads its row and calls one service."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.dispatch import receiver
from django_q.models import Schedule
from django_q.signals import post_spawn
from django_q.tasks import async_task

from churn.models import Job, Scoring, TrainingRun
from churn.services import worker

MAINTENANCE = "churn: heartbeat and rescue"
_TASKS = {TrainingRun: "churn.tasks.execute_training", Scoring: "churn.tasks.execute_scoring"}
_JUST_QUEUED = timedelta(seconds=2)  # the queue still has such entries


def enqueue(job: Job) -> None:
    """Pass `job` to the queue once the surrounding transaction is committed."""
    transaction.on_commit(partial(async_task, _TASKS[type(job)], job.pk))


def execute_training(run_id: int) -> None:
    from churn.services.work.training import execute_run  # noqa: PLC0415  see docs/decisions/0010

    execute_run(TrainingRun.objects.get(pk=run_id))


def execute_scoring(scoring_id: int) -> None:
    from churn.services.work import scoring  # noqa: PLC0415  see docs/decisions/0010

    scoring.execute_scoring(Scoring.objects.get(pk=scoring_id))


def run_maintenance() -> None:
    """Record a heartbeat and requeue interrupted and stuck jobs; runs every minute."""
    worker.record_heartbeat()
    for job in worker.reap_stale() + worker.requeue_stuck():
        enqueue(job)


@receiver(post_spawn, dispatch_uid="churn.requeue_on_worker_start")
def requeue_on_worker_start(**signal: Any) -> None:
    """Requeue jobs of dead workers as soon as a worker process starts."""
    worker.record_heartbeat()
    # A restart loses the entries that the old pusher had fetched; django-q2 redelivers them only
    # after hours, so jobs are requeued as soon as they cannot be in flight any more.
    for job in worker.reap_stale() + worker.requeue_stuck(after=_JUST_QUEUED):
        enqueue(job)


def schedule_maintenance(**signal: Any) -> None:
    """Create or update, after migrations, the schedule of `run_maintenance`."""
    if "django_q_schedule" not in connection.introspection.table_names():
        return  # `migrate churn` alone; a full migrate sends the signal again
    Schedule.objects.update_or_create(
        name=MAINTENANCE,
        defaults={
            "func": "churn.tasks.run_maintenance",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
        },
    )
