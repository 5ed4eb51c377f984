"""Base of training runs and scorings: long work that can lose its worker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Three, so that a file that kills its worker (out of memory, say) does not do so forever.
MAX_ATTEMPTS = 3

# Twelve missed heartbeats: a machine under load misses a few. On the same host a dead process is
# found at once, without this delay.
HEARTBEAT_TIMEOUT = timedelta(seconds=60)


class Status(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


UNFINISHED = (Status.QUEUED, Status.RUNNING)


class Job(models.Model):
    """Long work as a row: a process claims it, sends heartbeats, and is replaced if it dies."""

    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.QUEUED, editable=False
    )
    stage = models.CharField(_("stage"), max_length=60, blank=True, editable=False)
    progress = models.FloatField(_("progress"), default=0.0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    in_foreground = models.BooleanField(_("run by a command"), default=False, editable=False)
    owner = models.CharField(_("owner process"), max_length=160, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, editable=False)
    progressed_at = models.DateTimeField(_("last progress"), null=True, editable=False)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False, editable=False)
    failure = models.TextField(_("failure"), blank=True, editable=False)
    language = models.CharField(
        _("language of the results"), max_length=2, default="en", editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    objects: Any  # each subclass has a manager from a JobQuerySet

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["status", "heartbeat_at"])]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_progress_is_a_share",
                condition=Q(progress__gte=0, progress__lte=1),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_attempts_are_few",
                condition=Q(attempts__lte=MAX_ATTEMPTS),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_has_an_owner_while_running",
                condition=~Q(status=Status.RUNNING) | ~Q(owner="") & Q(heartbeat_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_says_why_it_failed",
                condition=~Q(status=Status.FAILED) | ~Q(failure=""),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_has_an_end_once_finished",
                condition=Q(status__in=UNFINISHED) | Q(finished_at__isnull=False),
            ),
        ]

    @property
    def kind(self) -> str:
        """Name of the job type in log events."""
        return type(self).__name__.lower()

    @property
    def rows_read(self) -> int | None:
        """Rows of the file that the job reads; None before they are known."""
        raise NotImplementedError

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def duration(self) -> timedelta | None:
        """Time from the start of the last attempt to its end, or to now while it runs."""
        if self.started_at is None:
            return None
        return (self.finished_at or timezone.now()) - self.started_at

    def discard_partial_results(self, delete_folder: Callable[[str], None]) -> None:
        """Delete what interrupted attempts wrote; `delete_folder` takes a name in storage."""
        raise NotImplementedError


J = TypeVar("J", bound=Job)


class JobQuerySet(models.QuerySet[J]):
    def claim(self, pk: int, owner: str, *, in_foreground: bool = False) -> bool:
        """Move a queued job to running; False if another process was first.

        A job in the foreground belongs to a command and is not requeued if its process dies.
        """
        now = timezone.now()
        queued = self.filter(pk=pk, status=Status.QUEUED, attempts__lt=MAX_ATTEMPTS)
        return bool(
            queued.update(
                status=Status.RUNNING,
                owner=owner,
                attempts=F("attempts") + 1,
                in_foreground=in_foreground,
                started_at=now,
                heartbeat_at=now,
                progressed_at=now,
                stage="",
                progress=0.0,
            )
        )

    def owned_by(self, job: Job) -> Self:
        """Return the row of `job` while this attempt owns it; empty once another does."""
        return self.filter(pk=job.pk, status=Status.RUNNING, owner=job.owner, attempts=job.attempts)

    def succeeded(self) -> Self:
        return self.filter(status=Status.SUCCEEDED)

    def running(self) -> Self:
        return self.filter(status=Status.RUNNING)

    def without_heartbeat(self) -> Self:
        """Return running jobs whose last heartbeat is older than HEARTBEAT_TIMEOUT."""
        return self.running().filter(heartbeat_at__lt=timezone.now() - HEARTBEAT_TIMEOUT)

    def queued_before(self, age: timedelta) -> Self:
        """Return queued jobs that were last passed to the queue at least `age` ago."""
        return self.filter(status=Status.QUEUED, queued_at__lte=timezone.now() - age)

    def requeue(self, job: Job) -> bool:
        """Return an interrupted attempt of `job` to the queue; False if no attempt is left."""
        # A command's output belongs to the user who waits for it, so no worker repeats it.
        interrupted = self.owned_by(job).filter(attempts__lt=MAX_ATTEMPTS, in_foreground=False)
        return bool(
            interrupted.update(
                status=Status.QUEUED, owner="", stage="", progress=0.0, queued_at=timezone.now()
            )
        )

    def finish(self, job: Job, status: Status, failure: str = "") -> bool:
        """End this attempt of `job`; False if another attempt owns the row by now."""
        ended = {"status": status, "failure": failure, "finished_at": timezone.now()}
        return bool(self.owned_by(job).update(**ended))

    def cancel_queued(self, pk: int) -> bool:
        queued = self.filter(pk=pk, status=Status.QUEUED)
        return bool(queued.update(status=Status.CANCELLED, finished_at=timezone.now()))

    def request_cancel(self, pk: int) -> bool:
        return bool(self.running().filter(pk=pk).update(cancel_requested=True))
