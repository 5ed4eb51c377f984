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


def test_results_are_kept_in_the_row(queued: Scoring) -> None:
    jobs.execute(queued, succeed)

    assert (queued.status, queued.progress, queued.rows) == (Status.SUCCEEDED, 1.0, 3)
    assert queued.finished_at is not None


def test_work_is_done_once_however_often_it_is_delivered(queued: Scoring) -> None:
    calls: list[str] = []

    def work(progress: ProgressCallback) -> jobs.Fields:
        calls.append("done")
        return RESULTS

    jobs.execute(queued, work)
    jobs.execute(queued, work)

    assert calls == ["done"]


def test_progress_is_seen_in_the_row_and_by_a_listener(queued: Scoring) -> None:
    heard: list[tuple[str, float]] = []
    seen: list[tuple[str, float]] = []

    def work(progress: ProgressCallback) -> jobs.Fields:
        progress("reading", 0.25)
        seen.append(Scoring.objects.values_list("stage", "progress").get())
        return RESULTS

    jobs.execute(queued, work, on_progress=lambda stage, fraction: heard.append((stage, fraction)))

    assert seen == [("reading", 0.25)]
    assert heard == [("reading", 0.25), ("done", 1.0)]


def test_an_error_of_the_app_is_kept_as_the_reason(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise DataUnfit("not one row can be used")

    jobs.execute(queued, work)

    assert (queued.status, queued.failure) == (Status.FAILED, "not one row can be used")


def test_an_unforeseen_error_is_told_by_kind_and_place_and_quotes_nothing(
    queued: Scoring, caplog: pytest.LogCaptureFixture
) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise ValueError("could not parse 'Ana Benítez'")

    with caplog.at_level(logging.INFO):
        jobs.execute(queued, work)

    assert queued.status == Status.FAILED
    assert "ValueError at test_jobs.py" in queued.failure
    assert "Ana" not in queued.failure + caplog.text


def test_a_machine_that_cannot_write_is_told_in_its_own_words(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/srv/media/results.csv")

    jobs.execute(queued, work)

    assert queued.failure == "A file could not be read or written: No space left on device."


def test_a_failure_is_told_in_the_language_of_who_ordered_the_job(queued: Scoring) -> None:
    Scoring.objects.update(language="es")

    def work(progress: ProgressCallback) -> jobs.Fields:
        raise KeyError

    jobs.execute(queued, work)

    assert queued.failure.startswith("Lo detuvo un error imprevisto")


def test_the_queues_time_limit_is_told(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        raise SystemExit

    jobs.execute(queued, work)

    assert queued.status == Status.FAILED
    assert "longer than 6 hours" in queued.failure


def test_a_running_job_stops_at_its_next_sign_once_it_is_cancelled(queued: Scoring) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        progress("reading", 0.1)
        jobs.cancel(Scoring.objects.get(pk=queued.pk))
        progress("scoring", 0.2)
        raise AssertionError("it went on")

    jobs.execute(queued, work)

    assert (queued.status, queued.failure) == (Status.CANCELLED, "")


def test_a_queued_job_is_cancelled_at_once_and_never_begun(queued: Scoring) -> None:
    jobs.cancel(queued)

    jobs.execute(queued, succeed)

    assert (queued.status, queued.attempts) == (Status.CANCELLED, 0)


def test_a_finished_job_cannot_be_cancelled(queued: Scoring) -> None:
    jobs.execute(queued, succeed)

    with pytest.raises(StateConflict):
        jobs.cancel(queued)


def test_an_attempt_that_was_taken_over_stops_and_leaves_the_row_to_the_other(
    queued: Scoring,
) -> None:
    def work(progress: ProgressCallback) -> jobs.Fields:
        Scoring.objects.filter(pk=queued.pk).update(owner="elsewhere:1:1", attempts=2)
        progress("scoring", 0.2)
        raise AssertionError("it went on")

    jobs.execute(queued, work)

    assert (queued.status, queued.owner) == (Status.RUNNING, "elsewhere:1:1")


def test_a_job_of_a_command_is_told_and_counts_as_one_attempt(queued: Scoring) -> None:
    jobs.execute(queued, succeed, in_foreground=True)

    assert (queued.in_foreground, queued.attempts) == (True, 1)
