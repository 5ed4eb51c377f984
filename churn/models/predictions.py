from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from churn.models.scoring import Scoring


class PredictionQuerySet(models.QuerySet["Prediction"]):
    def riskiest_first(self) -> Self:
        """Order by newest scoring, then by descending probability."""
        return self.order_by("-scoring", "-probability", "pk")


class Prediction(models.Model):
    """Churn probability of one customer of a scored file, with its reason codes."""

    scoring = models.ForeignKey(
        Scoring,
        verbose_name=_("scoring"),
        on_delete=models.CASCADE,
        related_name="predictions",
        db_index=False,  # the index by probability starts with this column
    )
    customer_id = models.CharField(_("customer"), max_length=200)
    probability = models.FloatField(_("probability"))
    churn = models.BooleanField(_("expected to churn"))
    decile = models.PositiveSmallIntegerField(_("decile"))
    reasons = models.JSONField(_("reasons"), default=list)

    objects = PredictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("prediction")
        verbose_name_plural = _("predictions")
        indexes = [models.Index(fields=["-scoring", "-probability"])]
        constraints = [
            models.UniqueConstraint(
                name="churn_prediction_one_of_a_customer", fields=["customer_id", "scoring"]
            ),
            models.CheckConstraint(
                name="churn_prediction_probability_is_a_share",
                condition=Q(probability__gte=0, probability__lte=1),
            ),
            models.CheckConstraint(
                name="churn_prediction_decile_is_one_to_ten",
                condition=Q(decile__gte=1, decile__lte=10),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Prediction %(id)s") % {"id": self.pk}
