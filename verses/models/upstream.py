"""State that all processes and hosts share: leases, call budget, circuit breaker."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_FAILURES_KEPT = 100


class LeaseQuerySet(models.QuerySet["Lease"]):
    def acquire(self, key: str, holder: str, seconds: float) -> bool:
        """Take the lease if it is free or expired; return False if another holder has it."""
        now = timezone.now()
        until = now + timedelta(seconds=seconds)
        if self.filter(key=key, expires_at__lte=now).update(holder=holder, expires_at=until):
            return True
        # Of two holders that insert at once the database keeps one, so look who it is.
        self.bulk_create([Lease(key=key, holder=holder, expires_at=until)], ignore_conflicts=True)
        return self.filter(key=key, holder=holder).exists()

    def extend(self, key: str, holder: str, seconds: float) -> bool:
        """Extend the lease of `holder`; return False if another holder has taken it."""
        until = timezone.now() + timedelta(seconds=seconds)
        return bool(self.filter(key=key, holder=holder).update(expires_at=until))

    def release(self, key: str, holder: str) -> None:
        self.filter(key=key, holder=holder).delete()


class Lease(models.Model):
    """The right to fetch one chapter from upstream; it expires if its holder dies."""

    key = models.CharField(max_length=80, primary_key=True)
    holder = models.CharField(max_length=32)
    expires_at = models.DateTimeField()

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return self.key


class CallSlotQuerySet(models.QuerySet["CallSlot"]):
    def take(self, kind: str, count: int, seconds: float) -> datetime | None:
        """Use one of `count` slots, each of which serves once in `seconds`.

        Returns None if a slot was taken, else the time when the next slot becomes free. No period
        of `seconds`, whenever it starts, has more than `count` uses over all processes and hosts.
        """
        # After the clock was set back, a future `used_at` would block its slot until then.
        self.filter(kind=kind, used_at__gt=timezone.now()).update(used_at=timezone.now())
        while True:
            now = timezone.now()
            slots = self.filter(kind=kind, number__lt=count)
            oldest = slots.order_by("used_at").first()
            free_at = None if oldest is None else oldest.used_at + timedelta(seconds=seconds)
            if oldest is None or (free_at is not None and free_at > now):
                # The first call, or the first one that a raised budget allows.
                if slots.count() == count:
                    return free_at
                self._add_free(kind, count, now)
                continue
            # Compare and set: no row matches if another process took this slot meanwhile.
            if self.filter(pk=oldest.pk, used_at=oldest.used_at).update(used_at=now):
                return None

    def _add_free(self, kind: str, count: int, now: datetime) -> None:
        """Add the slots that are missing, all of them free."""
        long_ago = now - timedelta(days=1)
        slots = (CallSlot(kind=kind, number=number, used_at=long_ago) for number in range(count))
        self.bulk_create(slots, ignore_conflicts=True)

    def used(self, kind: str, seconds: float) -> int:
        """Return the number of slots used within the last `seconds`."""
        since = timezone.now() - timedelta(seconds=seconds)
        return self.filter(kind=kind, used_at__gt=since).count()


class CallSlot(models.Model):
    """One unit of a rate that upstream allows, and the time of its last use."""

    CALL = "call"
    NOT_FOUND = "miss"

    kind = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    used_at = models.DateTimeField()

    objects = CallSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("call slot")
        verbose_name_plural = _("call slots")
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="verses_callslot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class UpstreamState(models.Model):
    """State of the circuit breaker: one row for all processes and hosts.

    The breaker is closed while `blocked_until` is empty and open while it is in the future. After
    that one caller at a time may send a probe (until `probing_until`): a success closes the
    breaker, a failure opens it for longer.
    """

    failures = models.PositiveIntegerField(_("consecutive failures"), default=0)
    reason = models.CharField(_("reason"), max_length=16, blank=True)
    blocked_until = models.DateTimeField(_("blocked until"), null=True, blank=True)
    probing_until = models.DateTimeField(_("probed until"), null=True, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True)

    class Meta:
        verbose_name = _("upstream state")
        verbose_name_plural = _("upstream state")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="verses_upstreamstate_one_row"),
        ]

    def __str__(self) -> str:
        return self.reason or "closed"


class UpstreamFailureQuerySet(models.QuerySet["UpstreamFailure"]):
    def record(self, kind: str, detail: str) -> None:
        """Add a failure and delete the oldest beyond MAX_FAILURES_KEPT."""
        self.create(kind=kind, detail=detail[:200])
        kept = self.order_by("-pk").values_list("pk", flat=True)[:MAX_FAILURES_KEPT]
        self.filter(pk__lt=min(kept)).delete()


class UpstreamFailure(models.Model):
    """A failed call to upstream, shown to operators."""

    at = models.DateTimeField(_("time"), auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=16)
    detail = models.CharField(_("detail"), max_length=200)

    objects = UpstreamFailureQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("upstream failure")
        verbose_name_plural = _("upstream failures")

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"
