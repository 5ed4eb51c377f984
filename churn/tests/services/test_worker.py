import socket
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from churn.models import Dataset, Prediction, Scoring, Status, TrainingRun, WorkerHeartbeat
from churn.models.jobs import MAX_ATTEMPTS
from churn.services import worker
from churn.services.jobs import cancel
from churn.services.processes import process_id

LONG_AGO = timezone.now() - timedelta(minutes=10)
DEAD = f"{process_id().rsplit(':', 2)[0]}:{2**22 + 1}:1"


@pytest.fixture
def running(queued: Scoring) -> Scoring:
    Scoring.objects.claim(queued.pk, "elsewhere:1:1")
    queued.refresh_from_db()
    return queued


def change(scoring: Scoring, **fields: object) -> None:
    Scoring.objects.filter(pk=scoring.pk).update(**fields)


def test_last_heartbeat_is_the_latest(db: None) -> None:
    assert worker.last_heartbeat() is None

    worker.record_heartbeat()
    worker.record_heartbeat()

    beat = worker.last_heartbeat()
    assert beat is not None
    assert timezone.now() - beat < timedelta(seconds=5)


def test_each_host_has_its_own_heartbeat(db: None) -> None:
    WorkerHeartbeat.objects.create(host="elsewhere", beat_at=LONG_AGO)

    worker.record_heartbeat()

    assert worker.heartbeats().keys() == {"elsewhere", socket.gethostname()}
    assert worker.heartbeats()["elsewhere"] == LONG_AGO


def test_hosts_gone_for_long_are_forgotten(db: None) -> None:
    gone = timezone.now() - worker.FORGET_AFTER
    WorkerHeartbeat.objects.create(host="elsewhere", beat_at=gone)

    worker.record_heartbeat()

    assert worker.heartbeats().keys() == {socket.gethostname()}


def test_a_host_that_is_stopped_is_forgotten(db: None) -> None:
    worker.record_heartbeat()

    worker.forget_host()

    assert worker.last_heartbeat() is None


def test_job_with_heartbeat_is_not_reaped(running: Scoring) -> None:
    assert worker.reap_stale() == []


def test_job_without_heartbeat_is_requeued(running: Scoring) -> None:
    change(running, heartbeat_at=LONG_AGO)

    assert worker.reap_stale() == [running]

    running.refresh_from_db()
    assert (running.status, running.attempts, running.owner) == (Status.QUEUED, 1, "")


def test_job_of_dead_process_is_requeued_at_once(running: Scoring) -> None:
    change(running, owner=DEAD)

    assert worker.reap_stale() == [running]


def test_job_fails_after_losing_its_worker_three_times(running: Scoring) -> None:
    change(running, heartbeat_at=LONG_AGO, attempts=MAX_ATTEMPTS)

    assert worker.reap_stale() == []

    running.refresh_from_db()
    assert running.status == Status.FAILED
    assert "no attempts are left" in running.failure


@pytest.mark.parametrize("how", ["lost", "to be cancelled", "cancelled while it waited"])
def test_partial_predictions_are_deleted_once_no_attempt_follows(
    running: Scoring, how: str
) -> None:
    Prediction.objects.create(
        scoring=running, customer_id="C1", probability=0.5, churn=True, decile=1
    )
    change(
        running,
        heartbeat_at=LONG_AGO,
        attempts=MAX_ATTEMPTS if how == "lost" else 1,
        cancel_requested=how == "to be cancelled",
    )

    for job in worker.reap_stale():
        cancel(job)

    running.refresh_from_db()
    assert running.is_finished
    assert not running.predictions.exists()


def test_folder_of_a_lost_run_is_deleted(dataset: Dataset) -> None:
    run = TrainingRun.objects.create(dataset=dataset, attempts=MAX_ATTEMPTS - 1)
    TrainingRun.objects.claim(run.pk, DEAD)
    default_storage.save(f"churn/runs/{run.pk}/3/run.log", ContentFile("begun"))

    worker.reap_stale()

    assert not default_storage.exists(f"churn/runs/{run.pk}")


def test_killed_command_fails_its_job(queued: Scoring) -> None:
    Scoring.objects.claim(queued.pk, DEAD, in_foreground=True)

    assert worker.reap_stale() == []

    queued.refresh_from_db()
    assert queued.status == Status.FAILED


def test_lost_job_with_cancel_request_is_cancelled(running: Scoring) -> None:
    change(running, heartbeat_at=LONG_AGO, cancel_requested=True)

    assert worker.reap_stale() == []

    running.refresh_from_db()
    assert running.status == Status.CANCELLED


def test_stuck_job_is_requeued_once(queued: Scoring) -> None:
    assert worker.requeue_stuck() == []

    change(queued, queued_at=LONG_AGO)

    assert worker.requeue_stuck() == [queued]
    assert worker.requeue_stuck() == []
