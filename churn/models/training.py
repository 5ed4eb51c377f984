from collections.abc import Callable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from churn.ml.options import ReadOptions
from churn.models.datasets import Dataset
from churn.models.jobs import Job, JobQuerySet, Status


def above_zero(value: float) -> None:
    """Validate a number above 0; migration 0003 refers to this name."""
    if value <= 0:
        raise ValidationError(_("Must be greater than 0."))


class TrainingRunQuerySet(JobQuerySet["TrainingRun"]):
    def champion(self) -> Self:
        """Return the promoted run: one row, or none before the first promotion."""
        # A constraint allows one current promotion, so the join yields one row.
        return self.filter(promotions__current=True)

    def for_lists(self) -> Self:
        """Defer the large JSON columns, which lists do not show."""
        return self.select_related("dataset").defer(
            "curve",
            "importance",
            "signature",
            "notes",
            "dataset__profile",
            "dataset__schema",
            "dataset__findings",
            "dataset__rejects",
        )


class TrainingRun(Job):
    """One fit of a pipeline to a data set, with its options, metrics and lineage."""

    class Algorithm(models.TextChoices):
        RACE = "race", _("ensemble of XGBoost and regression")
        XGBOOST = "xgboost", "XGBoost"
        LOGISTIC = "logistic", _("spline logistic regression")
        COMPARE = "compare", _("comparison of many algorithms")

    class Objective(models.TextChoices):
        RECALL = "recall", _("recall at a minimum precision")
        F1 = "f1", _("F1")
        PROFIT = "profit", _("profit of a retention campaign")

    class SplitChoice(models.TextChoices):
        AUTO = "auto", _("by time where the file allows it")
        RANDOM = "random", _("random")
        TIME = "time", _("by time")

    class Engine(models.TextChoices):
        LOCAL = "local", _("this machine")
        DASK = "dask", "Dask"

    dataset = models.ForeignKey(
        Dataset, verbose_name=_("data set"), on_delete=models.PROTECT, related_name="runs"
    )
    algorithm = models.CharField(
        _("algorithm"), max_length=30, choices=Algorithm, default=Algorithm.RACE
    )
    objective = models.CharField(
        _("objective"), max_length=10, choices=Objective, default=Objective.RECALL
    )
    min_precision = models.FloatField(
        _("minimum precision"),
        null=True,
        blank=True,
        validators=[above_zero, MaxValueValidator(1.0)],
    )
    trials = models.PositiveSmallIntegerField(
        _("search trials"), default=0, validators=[MaxValueValidator(1000)]
    )
    seed = models.PositiveIntegerField(_("seed"), default=42)
    engine = models.CharField(_("engine"), max_length=10, choices=Engine, default=Engine.LOCAL)
    scheduler = models.CharField(_("Dask scheduler"), max_length=200, blank=True)
    allow_leaks = models.BooleanField(_("allow leaks"), default=False)
    split = models.CharField(_("split"), max_length=10, choices=SplitChoice, default="auto")
    read_options = models.JSONField(_("reading options"), default=dict, editable=False)

    as_of = models.DateField(_("as-of date"), null=True, editable=False)
    data_sha256 = models.CharField(_("SHA-256 of the data"), max_length=64, editable=False)
    zones_sha256 = models.CharField(
        _("SHA-256 of the zones"), max_length=64, blank=True, editable=False
    )
    folder = models.CharField(_("folder of artifacts"), max_length=200, blank=True, editable=False)
    model_sha256 = models.CharField(
        _("SHA-256 of the model"), max_length=64, blank=True, editable=False
    )
    threshold = models.FloatField(_("threshold"), null=True, editable=False)
    metrics = models.JSONField(_("metrics"), default=dict, editable=False)
    curve = models.JSONField(_("trade-off curve"), default=list, editable=False)
    importance = models.JSONField(_("feature importance"), default=list, editable=False)
    signature = models.JSONField(_("signature"), default=dict, editable=False)
    notes = models.JSONField(_("notes"), default=list, editable=False)

    objects = TrainingRunQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        ordering = ["-pk"]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                name="churn_trainingrun_has_a_model_once_succeeded",
                condition=~Q(status=Status.SUCCEEDED)
                | ~Q(model_sha256="") & ~Q(folder="") & Q(threshold__isnull=False),
            ),
            models.CheckConstraint(
                name="churn_trainingrun_precision_is_a_share",
                condition=Q(min_precision__isnull=True)
                | Q(min_precision__gte=0, min_precision__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Run %(id)s") % {"id": self.pk}

    @property
    def options(self) -> ReadOptions:
        """Changes to the reading options of the data set."""
        return ReadOptions.from_dict(self.read_options)

    @property
    def rows_read(self) -> int | None:
        return self.dataset.rows

    @property
    def path(self) -> str:
        """Absolute path of the folder of artifacts."""
        return default_storage.path(self.folder)

    @property
    def summary_metrics(self) -> dict[str, Any]:
        """The metrics that lists of runs show."""
        names = ("roc_auc", "pr_auc", "log_loss", "brier", "recall", "precision", "f1")
        return {name: self.metrics.get(name) for name in names}

    def discard_partial_results(self, delete_folder: Callable[[str], None]) -> None:
        delete_folder(f"churn/runs/{self.pk}")
