import errno
import logging
import os

import pytest

from churn.exceptions import DataUnfit, StateConflict
from churn.ml.progress import ProgressCallback
from churn.models import Scoring, Status
from churn.services import jobs

RESULTS = {"rows": 3, "accepted": 2, "rejected": 1}


def succeed(progress: ProgressCallback) -> jobs.Fields:
    progress("scoring", 0.5)
    return RESULTS


def test_results_are_stored_in_the_row(queued: Scoring) -> None:
    jobs.execute(queued, succeed)

    assert (queued.status, queued.progress, queued.rows) == (Status.SUCCEEDED, 1.0, 3)
    assert queued.finished_at is not None


def test_job_delivered_twice_runs_once(queued: Scoring) -> None:
    calls: list[str] = []

    def work(progress: ProgressCallback) -> jobs.Fields:
        calls.append("done")
        return RESULTS

    jobs.execute(queued, work)
    jobs.execute(queued, work)

    assert calls == ["done"]


def test_progress_reaches_the_row_and_the_callback(queued: Scoring) -> None:
    reported: list[tuple[str, float]] = []
    seen: list[tuple[str, float]] = []

    def work(progress: ProgressCallback) -> jobs.Fields:
        progress("reading", 0.25)
        seen.append(Scoring.objects.values_list("stage", "progress").get())
        return RESULTS

    jobs.execute(
        queued, work, on_progress=lambda stage, fraction: reported.append((stage, fraction))
    )

    assert seen == [("reading", 0.25)]
    assert reported == [("reading", 0.25), ("done", 1.0)]


def test_app_error_becomes_the_failure(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise DataUnfit("not one row can be used")

    jobs.execute(queued, work)

    assert (queued.status, queued.failure) == (Status.FAILED, "not one row can be used")


def test_unexpected_error_records_type_and_line_without_data(
    queued: Scoring, caplog: pytest.LogCaptureFixture
) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise ValueError("could not parse 'Ana Benítez'")

    with caplog.at_level(logging.INFO):
        jobs.execute(queued, work)

    assert queued.status == Status.FAILED
    assert "ValueError at test_jobs.py" in queued.failure
    assert "Ana" not in queued.failure + caplog.text


def test_os_error_is_described_by_the_system(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/srv/media/results.csv")

    jobs.execute(queued, work)

    assert queued.failure == "A file could not be read or written: No space left on device."


def test_unexpected_error_uses_the_language_of_the_job(queued: Scoring) -> None:
    Scoring.objects.update(language="es")

    def work(progress: ProgressCallback) -> jobs.Fields:
        raise KeyError

    jobs.execute(queued, work)

    assert queued.failure.startswith("Error inesperado")


def test_queue_timeout_becomes_the_failure(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise SystemExit

    jobs.execute(queued, work)

    assert queued.status == Status.FAILED
    assert "time limit of 6 hours" in queued.failure


def test_cancelled_job_stops_at_its_next_progress(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        progress("reading", 0.1)
        jobs.cancel(Scoring.objects.get(pk=queued.pk))
        progress("scoring", 0.2)
        raise AssertionError("it went on")

    jobs.execute(queued, work)

    assert (queued.status, queued.failure) == (Status.CANCELLED, "")


def test_cancelled_queued_job_never_starts(queued: Scoring) -> None:
    jobs.cancel(queued)

    jobs.execute(queued, succeed)

    assert (queued.status, queued.attempts) == (Status.CANCELLED, 0)


def test_finished_job_cannot_be_cancelled(queued: Scoring) -> None:
    jobs.execute(queued, succeed)

    with pytest.raises(StateConflict):
        jobs.cancel(queued)


def test_replaced_attempt_stops_and_keeps_the_new_owner(
    queued: Scoring,
) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        Scoring.objects.filter(pk=queued.pk).update(owner="elsewhere:1:1", attempts=2)
        progress("scoring", 0.2)
        raise AssertionError("it went on")

    jobs.execute(queued, work)

    assert (queued.status, queued.owner) == (Status.RUNNING, "elsewhere:1:1")


def test_foreground_job_is_marked_and_counts_one_attempt(queued: Scoring) -> None:
    jobs.execute(queued, succeed, in_foreground=True)

    assert (queued.in_foreground, queued.attempts) == (True, 1)
