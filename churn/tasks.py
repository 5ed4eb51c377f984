"""Work for django-q2; each task loads its row and calls one service."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.dispatch import receiver
from django_q.models import Schedule
from django_q.signals import post_spawn
from django_q.tasks import async_task

from churn.models import Job, Scoring, TrainingRun
from churn.services import runs, scorings, worker

_EXECUTE = {TrainingRun: "churn.tasks.execute_training", Scoring: "churn.tasks.execute_scoring"}
_JUST_QUEUED = timedelta(seconds=2)  # such entries are not lost, they are on their way
MAINTENANCE = "churn: heartbeat and rescue"


def enqueue(job: Job) -> None:
    """Hand `job` to a worker once the surrounding transaction is committed."""
    transaction.on_commit(partial(async_task, _EXECUTE[type(job)], job.pk))


def execute_training(run_id: int) -> None:
    runs.execute_run(TrainingRun.objects.get(pk=run_id))


def execute_scoring(scoring_id: int) -> None:
    scorings.execute_scoring(Scoring.objects.get(pk=scoring_id))


def run_maintenance() -> None:
    """Say that the workers live, and queue again what a lost one left; every minute."""
    worker.beat()
    for job in worker.reap_stale() + worker.requeue_stuck():
        enqueue(job)


@receiver(post_spawn, dispatch_uid="churn.recover")
def recover(**signal: Any) -> None:
    """Queue again at once, as a worker starts, what workers before it were killed over."""
    worker.beat()
    for job in worker.reap_stale() + worker.requeue_stuck(after=_JUST_QUEUED):
        enqueue(job)


def schedule_upkeep(**signal: Any) -> None:
    """See to it, after migrations, that the queue calls `run_maintenance` every minute."""
    if "django_q_schedule" not in connection.introspection.table_names():
        return  # this app alone was migrated; the whole project's migration comes by again
    Schedule.objects.update_or_create(
        name=MAINTENANCE,
        defaults={
            "func": "churn.tasks.keep_up",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
        },
    )
