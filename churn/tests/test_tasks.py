from datetime import timedelta

import pytest
import structlog
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.signals import post_execute_in_worker, pre_execute
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from churn import tasks
from churn.models import Dataset, Scoring, Status, TrainingRun
from churn.services import runs, worker

pytestmark = pytest.mark.slow


def test_scoring_runs_once_its_transaction_is_committed(
    queued: Scoring, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue(queued)
        assert Scoring.objects.get().status == Status.QUEUED

    assert Scoring.objects.get().status == Status.SUCCEEDED


def test_run_trains_once_its_transaction_is_committed(
    dataset: Dataset, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    run = runs.create_run(dataset, algorithm=TrainingRun.Algorithm.XGBOOST)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue(run)

    assert TrainingRun.objects.get().status == Status.SUCCEEDED


@pytest.mark.parametrize("rescue", [tasks.run_maintenance, tasks.run_first_maintenance])
def test_job_of_a_lost_worker_is_finished_by_another(
    rescue: object,
    queued: Scoring,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    Scoring.objects.claim(queued.pk, "elsewhere:1:1")
    Scoring.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=2))

    with django_capture_on_commit_callbacks(execute=True):
        assert callable(rescue)
        rescue()

    done = Scoring.objects.get()
    assert (done.status, done.attempts) == (Status.SUCCEEDED, 2)
    assert worker.last_heartbeat() is not None


def test_no_beat_waits_in_the_queue_behind_jobs(db: None) -> None:
    Schedule.objects.create(name="churn: heartbeat and rescue", func="churn.tasks.run_maintenance")

    call_command("migrate", verbosity=0)

    assert not Schedule.objects.exists()


def test_rolled_back_transaction_enqueues_nothing(
    queued: Scoring,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        tasks.enqueue(queued)

    assert len(callbacks) == 1
    assert not OrmQ.objects.exists()


def test_a_task_logs_with_the_id_of_its_request(queued: Scoring) -> None:
    sent: list[dict[str, object]] = []
    with (
        structlog.contextvars.bound_contextvars(request_id="abc-1"),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(tasks, "async_task", lambda *args, **options: sent.append(options))
        patch.setattr(transaction, "on_commit", lambda call: call())
        tasks.enqueue(queued)

    entry = {"id": "f00", "group": sent[0]["group"]}
    pre_execute.send(sender="django_q", func=None, task=entry)
    bound = structlog.contextvars.get_contextvars()["request_id"]
    post_execute_in_worker.send(sender="django_q", func=None, task=entry)

    assert bound == "abc-1"
    assert "request_id" not in structlog.contextvars.get_contextvars()


def test_a_job_that_ends_is_logged_with_duration_and_rows(
    queued: Scoring,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("INFO"), django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue(queued)

    events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    (finished,) = [event for event in events if event["event"] == "job.finished"]
    assert finished["rows"] == Scoring.objects.get().rows
    assert finished["seconds"] > 0
