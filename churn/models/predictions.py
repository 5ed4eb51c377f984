from typing import Self, TypeAlias

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from churn.models.scoring import Scoring

# Scoring, probability and primary key of a row.
Position: TypeAlias = tuple[int, float, int]
_KEY = ("scoring_id", "probability", "pk")


def _row(*expressions: F | Value) -> Func:
    """Return a row value. Databases find `(a, b) < (1, 2)` in an index, but not its expansion."""
    return Func(*expressions, template="(%(expressions)s)", output_field=models.FloatField())


class PredictionQuerySet(models.QuerySet["Prediction"]):
    def riskiest_first(self) -> Self:
        """Order by newest scoring, then by descending probability."""
        # By `scoring_id`, as `scoring` would join the scorings and follow their own order. All
        # descending, so that one index serves the order and every position in it.
        return self.order_by("-scoring_id", "-probability", "-pk")

    def following(self, position: Position) -> Self:
        """Return what comes after a position in the order of `riskiest_first`."""
        return self.filter(LessThan(_row(*map(F, _KEY)), _row(*map(Value, position))))

    def preceding(self, position: Position) -> Self:
        """Return what comes before a position in the order of `riskiest_first`."""
        return self.filter(GreaterThan(_row(*map(F, _KEY)), _row(*map(Value, position))))


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
        indexes = [
            models.Index(fields=["scoring", "probability", "id"], name="churn_prediction_by_risk")
        ]
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
