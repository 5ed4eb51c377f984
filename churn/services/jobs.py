"""Runs a job once: claims it, sends heartbeats, records progress and how it ended."""

import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeAlias

import structlog
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from churn import metrics
from churn.exceptions import ChurnError, StateConflict, WorkCancelled
from churn.ml.progress import ProgressCallback
from churn.models import Job, Scoring, Status
from churn.services.localization import error_message
from churn.services.processes import process_id
from churn.services.storage import delete_folder

log = structlog.get_logger(__name__)

User: TypeAlias = AbstractBaseUser | AnonymousUser | None
Fields: TypeAlias = Mapping[str, Any]
Work: TypeAlias = Callable[[ProgressCallback], Fields]

# Pages poll once a second, so progress is not written more often.
_PROGRESS_SECONDS = 1.0
_HEARTBEAT_SECONDS = 5.0


def creator(user: User) -> Any:
    """Return the value of `created_by`: the user if signed in, None for a command."""
    return user if user is not None and user.is_authenticated else None


def execute(
    job: Job,
    work: Work,
    *,
    on_progress: ProgressCallback | None = None,
    in_foreground: bool = False,
) -> None:
    """Do `work` unless another process has claimed `job`, and store its outcome in the row.

    `work` returns the fields of the row that it changes. `in_foreground` marks the job of a
    command, which is not requeued if its process dies.
    """
    if not type(job).objects.claim(job.pk, process_id(), in_foreground=in_foreground):
        log.info("job.skipped", **_log_fields(job))
        return
    job.refresh_from_db()
    log.info("job.started", attempt=job.attempts, **_log_fields(job))
    metrics.count_attempt(job.kind)
    with _heartbeat(job), override(job.language):
        outcome = _attempt(job, work, _ProgressRecorder(job, on_progress))
    has_ended = type(job).objects.owned_by(job).update(finished_at=timezone.now(), **outcome)
    job.refresh_from_db()
    if has_ended:
        seconds = 0.0 if job.duration is None else round(job.duration.total_seconds(), 3)
        log.info(
            "job.finished",
            status=outcome["status"],
            seconds=seconds,
            rows=job.rows_read,
            **_log_fields(job),
        )
        _count_end(job)
    else:
        log.warning("job.ownership_lost", **_log_fields(job))
    if on_progress is not None and job.status == Status.SUCCEEDED:
        on_progress("done", 1.0)


def cancel(job: Job) -> None:
    """Cancel a queued job at once; ask a running one to stop, which it does within seconds.

    Raises
    ------
    StateConflict : the job has finished.
    """
    jobs = type(job).objects
    if jobs.cancel_queued(job.pk):
        metrics.count_end(job.kind, Status.CANCELLED)
        job.discard_partial_results(delete_folder)
    elif not jobs.request_cancel(job.pk):
        raise StateConflict(gettext_noop("Already finished; there is nothing to cancel."))
    log.info("job.cancel_requested", **_log_fields(job))
    job.refresh_from_db()


def _attempt(job: Job, work: Work, on_progress: ProgressCallback) -> dict[str, Any]:
    """Do `work`; return the fields that describe how it ended."""
    try:
        results = work(on_progress)
    except (WorkCancelled, KeyboardInterrupt):
        return {"status": Status.CANCELLED, "failure": ""}
    except ChurnError as error:
        failure = error_message(error, job.language)
    except OSError as error:
        _log_unexpected(job, error)
        reason = error.strerror or type(error).__name__
        failure = _("A file could not be read or written: %s.") % reason
    except SystemExit:  # django-q2 ends a task that exceeds its timeout this way
        hours = f"{settings.JOB_TIMEOUT_SECONDS / 3600:g}"
        failure = _("Stopped at the time limit of %s hours.") % hours
    except Exception as error:  # noqa: BLE001  no error may leave the row in the state "running"
        values = _log_unexpected(job, error)
        failure = _("Unexpected error: %(kind)s at %(where)s. See the log.") % values
    else:
        return {"status": Status.SUCCEEDED, "failure": "", "stage": "", "progress": 1.0, **results}
    return {"status": Status.FAILED, "failure": failure}


def _log_unexpected(job: Job, error: Exception) -> dict[str, str]:
    """Log and return the type of an error and the last line of this app in its traceback."""
    # The message is left out: libraries quote cells of the file in it.
    app = Path(__file__).parents[1]
    frames = traceback.extract_tb(error.__traceback__)
    last = [frame for frame in frames if app in Path(frame.filename).parents][-1]
    kind, where = type(error).__name__, f"{Path(last.filename).name}:{last.lineno}"
    log.error("job.failed_unexpectedly", error=kind, where=where, **_log_fields(job))
    return {"kind": kind, "where": where}


class _ProgressRecorder:
    """A ProgressCallback that updates the row, and stops the work if it is cancelled or lost."""

    def __init__(self, job: Job, on_progress: ProgressCallback | None) -> None:
        self._job = job
        self._on_progress = on_progress
        self._recorded_at = 0.0
        self._stage = ""

    def __call__(self, stage: str, fraction: float) -> None:
        if self._on_progress is not None:
            self._on_progress(stage, fraction)
        now = time.monotonic()
        if now - self._recorded_at >= _PROGRESS_SECONDS or stage != self._stage:
            self._recorded_at, self._stage = now, stage
            owned = type(self._job).objects.owned_by(self._job)
            share = min(max(fraction, 0.0), 1.0)
            moment = timezone.now()
            recorded = owned.update(
                stage=stage, progress=share, heartbeat_at=moment, progressed_at=moment
            )
            if not recorded or owned.filter(cancel_requested=True).exists():
                raise WorkCancelled(gettext_noop("Cancelled."))


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Send heartbeats from a thread, since a long fit reports no progress for minutes."""
    done = Event()
    # In the context of the job: its log lines have the id of the request.
    run = copy_context().run
    thread = Thread(
        target=run, args=(_beat_until, done, job), name=f"heartbeat of {job}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat_until(done: Event, job: Job) -> None:
    try:
        while not done.wait(_HEARTBEAT_SECONDS):
            close_old_connections()
            try:
                type(job).objects.owned_by(job).update(heartbeat_at=timezone.now())
            except DatabaseError as error:  # the next heartbeat is in time as well
                log.warning("job.heartbeat_failed", error=type(error).__name__, **_log_fields(job))
    finally:
        connection.close()  # Django closes connections at the end of a request, not of a thread


def _count_end(job: Job) -> None:
    """Count a job that has ended; rows only of a scoring, as a data set is counted once."""
    has_succeeded = job.status == Status.SUCCEEDED
    metrics.count_end(job.kind, job.status, job.duration, job.rows_read if has_succeeded else None)
    if has_succeeded and isinstance(job, Scoring):
        metrics.count_rows("scoring", job.accepted or 0, job.rejected or 0)


def _log_fields(job: Job) -> dict[str, Any]:
    return {"kind": job.kind, "id": job.pk}
