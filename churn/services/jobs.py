"""Doing long work once: claimed, beating, cancellable, and recorded however it ends."""

import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from churn.exceptions import ChurnError, StateConflict, WorkCancelled
from churn.ml.progress import ProgressCallback
from churn.models import Job, Status
from churn.services.processes import process_id
from churn.services.remains import clear
from churn.services.wording import sentence

log = structlog.get_logger(__name__)

Results = Mapping[str, Any]
Work = Callable[[ProgressCallback], Results]

_REPORT_SECONDS = 1.0
_BEAT_SECONDS = 5.0


def execute(
    job: Job, work: Work, listen: ProgressCallback | None = None, *, here: bool = False
) -> None:
    """Do `work` unless another process has; keep its results, or why there are none, in `job`.

    `listen` is told of progress besides the row; `here` is a command of a user, which no worker
    takes over when it is lost.
    """
    jobs = type(job).objects
    if not jobs.claim(job.pk, process_id(), of_command=here):
        log.info("job.skipped", **_name(job))
        return
    job.refresh_from_db()
    log.info("job.started", attempt=job.attempts, **_name(job))
    with _beating(job), override(job.language):
        status, failure, results = _outcome(job, work, _Reporter(job, listen))
    _record(job, status, failure, results)
    if listen is not None and job.status == Status.SUCCEEDED:
        listen("done", 1.0)


def cancel(job: Job) -> None:
    """Cancel a queued job at once; ask a running one to stop, which it does within seconds.

    Raises
    ------
    StateConflict : it has finished.
    """
    jobs = type(job).objects
    if jobs.cancel_queued(job.pk):
        clear(job)
    elif not jobs.request_cancel(job.pk):
        raise StateConflict(_("It has finished already; there is nothing to cancel."))
    log.info("job.cancel_requested", **_name(job))
    job.refresh_from_db()


def _outcome(job: Job, work: Work, report: "_Reporter") -> tuple[Status, str, Results]:
    try:
        return Status.SUCCEEDED, "", work(report)
    except (WorkCancelled, KeyboardInterrupt):
        return Status.CANCELLED, "", {}
    except ChurnError as error:
        return Status.FAILED, sentence(error, job.language), {}
    except OSError as error:
        _log_crash(job, error)
        told = _("A file could not be read or written: %s.")
        return Status.FAILED, told % (error.strerror or type(error).__name__), {}
    except SystemExit:  # the queue's own time limit
        hours = f"{settings.JOB_TIMEOUT_SECONDS / 3600:g}"
        return Status.FAILED, _("It took longer than %s hours and was stopped.") % hours, {}
    except Exception as error:  # noqa: BLE001  whatever it is, the row must say that it ended
        return Status.FAILED, _crash(job, error), {}


def _crash(job: Job, error: Exception) -> str:
    kind, where = _log_crash(job, error)
    return _("An unforeseen error stopped it (%(kind)s at %(where)s).") % {
        "kind": kind,
        "where": where,
    }


def _log_crash(job: Job, error: Exception) -> tuple[str, str]:
    """Log an error by kind and place alone: a library's message may quote a customer's cell."""
    kind, own = type(error).__name__, Path(__file__).parents[1]
    frames = traceback.extract_tb(error.__traceback__)
    places = [f for f in frames if own in Path(f.filename).parents]
    where = f"{Path(places[-1].filename).name}:{places[-1].lineno}"
    log.error("job.crashed", error=kind, where=where, **_name(job))
    return kind, where


def _record(job: Job, status: Status, failure: str, results: Results) -> None:
    held = type(job).objects.owned_by(job)
    ended = {"status": status, "failure": failure, "finished_at": timezone.now(), **results}
    if status == Status.SUCCEEDED:
        ended |= {"stage": "", "progress": 1.0}
    if held.update(**ended):
        log.info("job.finished", status=status, **_name(job))
    else:
        log.warning("job.taken_over", **_name(job))
    job.refresh_from_db()


class _Reporter:
    """Keeps stage and progress in the row, and stops the work once it is cancelled or lost."""

    def __init__(self, job: Job, listen: ProgressCallback | None) -> None:
        self._job = job
        self._listen = listen
        self._last = (0.0, "")

    def __call__(self, stage: str, fraction: float) -> None:
        if self._listen is not None:
            self._listen(stage, fraction)
        now, (then, before) = time.monotonic(), self._last
        if now - then >= _REPORT_SECONDS or stage != before:
            self._last = now, stage
            self._keep(stage, min(max(fraction, 0.0), 1.0))

    def _keep(self, stage: str, fraction: float) -> None:
        held = type(self._job).objects.owned_by(self._job)
        kept = held.update(stage=stage, progress=fraction, heartbeat_at=timezone.now())
        if not kept or held.filter(cancel_requested=True).exists():
            raise WorkCancelled(_("It was cancelled."))


@contextmanager
def _beating(job: Job) -> Iterator[None]:
    """Beat beside the work: a long fit says nothing for minutes and is not lost for that."""
    done = Event()
    thread = Thread(target=_beat, args=(job, done), name=f"heartbeat of {job}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(job: Job, done: Event) -> None:
    try:
        while not done.wait(_BEAT_SECONDS):
            close_old_connections()
            _beat_once(job)
    finally:
        connection.close()


def _beat_once(job: Job) -> None:
    try:
        type(job).objects.owned_by(job).update(heartbeat_at=timezone.now())
    except DatabaseError as error:
        log.warning("job.beat_failed", error=type(error).__name__, **_name(job))


def _name(job: Job) -> dict[str, Any]:
    return {"kind": job.kind, "id": job.pk}
