from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from churn.models.training import TrainingRun


class PromotionQuerySet(models.QuerySet["Promotion"]):
    def current(self) -> Self:
        return self.filter(current=True)

    def active(self) -> Self:
        """Return promotions that were not withdrawn, the newest first."""
        return self.filter(withdrawn_at=None).order_by("-pk")


class Promotion(models.Model):
    """A run became the champion. The rows are a log; at most one is current."""

    run = models.ForeignKey(
        TrainingRun, verbose_name=_("run"), on_delete=models.PROTECT, related_name="promotions"
    )
    current = models.BooleanField(_("current"), default=True, editable=False)
    promoted_at = models.DateTimeField(_("promoted"), auto_now_add=True)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("promoted by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-pk"]
        constraints = [
            # Decides between two promotions at the same time; see docs/decisions/0013.
            models.UniqueConstraint(
                name="churn_promotion_one_is_current", fields=["current"], condition=Q(current=True)
            ),
            models.CheckConstraint(
                name="churn_promotion_withdrawn_is_not_current",
                condition=Q(current=False) | Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(run)s promoted") % {"run": self.run}
