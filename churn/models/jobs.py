"""What training runs and scorings have in common: long work that a worker may lose."""

from datetime import timedelta
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_ATTEMPTS = 3
HEARTBEAT_TIMEOUT = timedelta(
    seconds=60
)  # a running job that has not beaten for so long has lost its worker


class Status(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


UNFINISHED = (Status.QUEUED, Status.RUNNING)


class Job(models.Model):
    """A row that survives its worker: it is claimed, beats while it runs, and can be taken over."""

    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.QUEUED, editable=False
    )
    stage = models.CharField(_("stage"), max_length=60, blank=True, editable=False)
    progress = models.FloatField(_("progress"), default=0.0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    of_command = models.BooleanField(_("done by a command"), default=False, editable=False)
    owner = models.CharField(_("process at work"), max_length=160, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, editable=False)
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

    objects: Any  # a manager of a JobQuerySet in each subclass

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
        """What the log calls it."""
        return type(self).__name__.lower()

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def duration(self) -> timedelta | None:
        """From the start of the last attempt to its end, or to now while it runs."""
        if self.started_at is None:
            return None
        return (self.finished_at or timezone.now()) - self.started_at


J = TypeVar("J", bound=Job)


class JobQuerySet(models.QuerySet[J]):
    def claim(self, pk: int, owner: str, *, of_command: bool = False) -> bool:
        """Move a queued job to running; False if another process was first.

        That of a command is not given back to the queue should it be lost.
        """
        now = timezone.now()
        queued = self.filter(pk=pk, status=Status.QUEUED, attempts__lt=MAX_ATTEMPTS)
        return bool(
            queued.update(
                status=Status.RUNNING,
                owner=owner,
                attempts=F("attempts") + 1,
                of_command=of_command,
                started_at=now,
                heartbeat_at=now,
                stage="",
                progress=0.0,
            )
        )

    def owned_by(self, job: Job) -> Self:
        """Return the row of `job` while this attempt owns it; empty once another does."""
        return self.filter(pk=job.pk, status=Status.RUNNING, owner=job.owner, attempts=job.attempts)

    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def succeeded(self) -> Self:
        return self.filter(status=Status.SUCCEEDED)

    def running(self) -> Self:
        return self.filter(status=Status.RUNNING)

    def silent(self) -> Self:
        return self.running().filter(heartbeat_at__lt=timezone.now() - HEARTBEAT_TIMEOUT)

    def queued_before(self, before: timedelta) -> Self:
        """Queued jobs that were last handed to the queue longer than `before` ago."""
        return self.filter(status=Status.QUEUED, queued_at__lte=timezone.now() - before)

    def requeue(self, job: Job) -> bool:
        """Give a lost attempt of `job` back to the queue."""
        lost = self.owned_by(job).filter(attempts__lt=MAX_ATTEMPTS, of_command=False)
        return bool(
            lost.update(
                status=Status.QUEUED, owner="", stage="", progress=0.0, queued_at=timezone.now()
            )
        )

    def finish(self, job: Job, status: Status, failure: str = "") -> bool:
        """End this attempt of `job`; False if it was given to another meanwhile."""
        ended = {"status": status, "failure": failure, "finished_at": timezone.now()}
        return bool(self.owned_by(job).update(**ended))

    def cancel_queued(self, pk: int) -> bool:
        queued = self.filter(pk=pk, status=Status.QUEUED)
        return bool(queued.update(status=Status.CANCELLED, finished_at=timezone.now()))

    def request_cancel(self, pk: int) -> bool:
        return bool(self.running().filter(pk=pk).update(cancel_requested=True))
