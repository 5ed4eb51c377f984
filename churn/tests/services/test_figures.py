"""Figures of jobs and models against rows made for the test."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import DjangoAssertNumQueries

from churn.models import Scoring, Status, TrainingRun, WorkerHeartbeat
from churn.services import figures, jobs, worker

pytestmark = pytest.mark.django_db
TOLERANCE = 60.0  # seconds that a slow machine may take


def values() -> dict[str, float]:
    found = {}
    for family in (*figures.collect(), *figures.collect_media()):
        for sample in family.samples:
            found[" ".join([sample.name, *sample.labels.values()])] = sample.value
    return found


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_every_state_of_every_kind_is_shown_without_jobs() -> None:
    found = values()

    for kind in ("training", "scoring"):
        assert {found[f"churn_jobs {kind} {status}"] for status in Status.values} == {0}
        assert found[f"churn_queue_oldest_seconds {kind}"] == 0
        assert found[f"churn_job_progress_age_seconds {kind}"] == 0
    assert found["churn_queue_depth"] == 0
    assert "churn_champion_roc_auc" not in found


def test_champion_and_files_are_shown(champion: TrainingRun) -> None:
    found = values()

    assert found["churn_champion_roc_auc"] == champion.metrics["roc_auc"]
    promoted = champion.promotions.get(current=True).promoted_at
    assert found["churn_champion_promoted_timestamp_seconds"] == promoted.timestamp()
    assert found["churn_jobs training succeeded"] == 1
    assert found["churn_media_bytes"] > 0


def test_waiting_counts_from_creation_however_often_it_is_queued(queued: Scoring) -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    Scoring.objects.update(created_at=hour_ago, queued_at=hour_ago)
    worker.requeue_stuck()

    found = values()

    assert found["churn_queue_oldest_seconds scoring"] == pytest.approx(3600, abs=TOLERANCE)
    assert found["churn_queue_depth"] == 1


def test_heartbeats_do_not_hide_a_job_without_progress(queued: Scoring) -> None:
    Scoring.objects.claim(queued.pk, "elsewhere:1:1")
    Scoring.objects.update(progressed_at=timezone.now() - timedelta(hours=2))

    assert values()["churn_job_progress_age_seconds scoring"] == pytest.approx(7200, abs=TOLERANCE)


def test_each_host_has_its_heartbeat() -> None:
    beat = timezone.now() - timedelta(minutes=9)
    for host in ("one", "two"):
        WorkerHeartbeat.objects.create(host=host, beat_at=beat)

    found = values()

    for host in ("one", "two"):
        assert found[f"churn_worker_last_beat_timestamp_seconds {host}"] == beat.timestamp()


def test_drift_is_that_of_the_last_scoring(queued: Scoring) -> None:
    features = [{"name": "a", "psi": 0.1}, {"name": "b", "psi": 0.31}, {"name": "c", "psi": None}]
    Scoring.objects.update(
        status=Status.SUCCEEDED,
        finished_at=timezone.now(),
        rows=1,
        accepted=1,
        rejected=0,
        drift={"features": features},
    )

    assert values()["churn_last_scoring_psi_max"] == 0.31


def test_number_of_queries_does_not_grow(
    queued: Scoring, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    WorkerHeartbeat.objects.bulk_create(
        WorkerHeartbeat(host=f"host {number}", beat_at=timezone.now()) for number in range(30)
    )

    with django_assert_max_num_queries(9):
        values()


def test_a_job_counts_its_attempt_its_end_and_its_rows(queued: Scoring) -> None:
    ended = {"kind": "scoring", "status": "succeeded"}
    accepted = {"kind": "scoring", "outcome": "accepted"}
    before = [
        counted("churn_jobs_finished_total", **ended),
        counted("churn_job_attempts_total", kind="scoring"),
        counted("churn_rows_total", **accepted),
        counted("churn_job_seconds_count", **ended),
    ]

    jobs.execute(queued, lambda _progress: {"rows": 7, "accepted": 5, "rejected": 2})

    after = [
        counted("churn_jobs_finished_total", **ended),
        counted("churn_job_attempts_total", kind="scoring"),
        counted("churn_rows_total", **accepted),
        counted("churn_job_seconds_count", **ended),
    ]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 5, 1]
    assert counted("churn_rows_per_second", kind="scoring") > 0


def test_a_failed_and_a_lost_job_count_as_failed(queued: Scoring) -> None:
    failed = {"kind": "scoring", "status": "failed"}
    before = counted("churn_jobs_finished_total", **failed)

    def fail(_progress: object) -> dict[str, object]:
        raise OSError(28, "No space left on device")

    jobs.execute(queued, fail)
    Scoring.objects.update(
        status=Status.RUNNING, failure="", attempts=3, finished_at=None, progress=0.5
    )
    Scoring.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    worker.reap_stale()

    assert counted("churn_jobs_finished_total", **failed) - before == 2
