from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from churn.models import Scoring, Status
from churn.models.jobs import MAX_ATTEMPTS


def test_only_one_of_two_workers_claims_a_job(queued: Scoring) -> None:
    claims = [Scoring.objects.claim(queued.pk, owner) for owner in ("a:1:1", "b:2:2")]

    queued.refresh_from_db()
    assert claims == [True, False]
    assert (queued.status, queued.owner, queued.attempts) == (Status.RUNNING, "a:1:1", 1)


def test_job_without_attempts_left_is_not_claimed(queued: Scoring) -> None:
    Scoring.objects.filter(pk=queued.pk).update(attempts=MAX_ATTEMPTS)

    assert not Scoring.objects.claim(queued.pk, "a:1:1")


def test_replaced_attempt_cannot_change_the_row(queued: Scoring) -> None:
    Scoring.objects.claim(queued.pk, "a:1:1")
    queued.refresh_from_db()
    Scoring.objects.requeue(queued)
    Scoring.objects.claim(queued.pk, "b:2:2")

    assert not Scoring.objects.finish(queued, Status.FAILED, "too late")
    queued.refresh_from_db()
    assert (queued.status, queued.owner) == (Status.RUNNING, "b:2:2")


def test_heartbeat_times_out_after_a_minute(queued: Scoring) -> None:
    Scoring.objects.claim(queued.pk, "a:1:1")
    assert not Scoring.objects.without_heartbeat().exists()

    long_ago = timezone.now() - timedelta(seconds=61)
    Scoring.objects.filter(pk=queued.pk).update(heartbeat_at=long_ago)

    assert Scoring.objects.without_heartbeat().get() == queued


@pytest.mark.parametrize(
    "broken",
    [
        {"status": Status.FAILED, "failure": "", "finished_at": timezone.now()},
        {"status": Status.RUNNING, "owner": ""},
        {"status": Status.CANCELLED, "finished_at": None},
        {"progress": 1.5},
        {"attempts": MAX_ATTEMPTS + 1},
        {"status": Status.SUCCEEDED, "finished_at": timezone.now(), "rows": 2, "accepted": 1,
         "rejected": 0},
    ],
)  # fmt: skip
def test_database_rejects_inconsistent_rows(queued: Scoring, broken: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Scoring.objects.filter(pk=queued.pk).update(**broken)


def test_duration_ends_with_the_job(queued: Scoring) -> None:
    assert queued.duration is None

    queued.started_at = timezone.now() - timedelta(seconds=9)
    queued.finished_at = queued.started_at + timedelta(seconds=4)

    assert queued.duration == timedelta(seconds=4)
