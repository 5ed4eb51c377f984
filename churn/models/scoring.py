from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from churn.ml.options import ReadOptions
from churn.models.jobs import Job, JobQuerySet, Status
from churn.models.training import TrainingRun


class ScoringQuerySet(JobQuerySet["Scoring"]):
    """Queries of scorings; JobQuerySet has all of them."""


class Scoring(Job):
    """One file of customers, scored with one run."""

    run = models.ForeignKey(
        TrainingRun, verbose_name=_("run"), on_delete=models.PROTECT, related_name="scorings"
    )
    file = models.FileField(_("file"), max_length=200, blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=200, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    zones_file = models.FileField(_("zones file"), max_length=200, blank=True, editable=False)
    read_options = models.JSONField(_("reading options"), default=dict, editable=False)

    output_options = models.JSONField(_("output options"), default=dict, editable=False)
    as_of = models.DateField(_("as-of date"), null=True, editable=False)

    rows = models.PositiveBigIntegerField(_("rows"), null=True, editable=False)
    accepted = models.PositiveBigIntegerField(_("accepted rows"), null=True, editable=False)
    rejected = models.PositiveBigIntegerField(_("rejected rows"), null=True, editable=False)
    customers = models.PositiveBigIntegerField(_("customers"), null=True, editable=False)
    churners = models.PositiveBigIntegerField(_("expected to churn"), null=True, editable=False)
    deciles = models.JSONField(_("deciles"), default=list, editable=False)
    drift = models.JSONField(_("drift"), default=dict, editable=False)
    findings = models.JSONField(_("findings"), default=list, editable=False)
    rejects = models.JSONField(_("rejected rows by reason"), default=list, editable=False)
    results_file = models.FileField(_("results"), max_length=200, blank=True, editable=False)
    rejects_file = models.FileField(_("rejected rows"), max_length=200, blank=True, editable=False)

    objects = ScoringQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("scoring")
        verbose_name_plural = _("scorings")
        ordering = ["-pk"]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                name="churn_scoring_rows_add_up_once_succeeded",
                condition=~Q(status=Status.SUCCEEDED)
                | Q(rows=models.F("accepted") + models.F("rejected")),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Scoring %(id)s") % {"id": self.pk}

    @property
    def options(self) -> ReadOptions:
        """How the file is read."""
        return ReadOptions.from_dict(self.read_options)

    @property
    def rows_read(self) -> int | None:
        return self.rows

    @property
    def drifted_features(self) -> list[dict[str, Any]]:
        """Features whose distribution differs from training, the largest drift first."""
        return [one for one in self.drift.get("features", []) if one.get("level") != "none"]

    def discard_partial_results(self, delete_folder: Callable[[str], None]) -> None:
        # CSV files are renamed into place once complete, so only predictions can be partial.
        self.predictions.all().delete()
