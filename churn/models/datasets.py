from dataclasses import replace
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from churn.ml.options import ReadOptions


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def identical_to(self, other: "Dataset") -> Self:
        """Return data sets with the same files and reading options, the oldest first."""
        same = ("sha256", "zones_sha256", "target", "customer_id", "read_options")
        return self.filter(**{field: getattr(other, field) for field in same}).order_by("pk")

    def for_lists(self) -> Self:
        """Defer the large JSON columns, which lists do not show."""
        return self.defer("profile", "schema", "findings", "rejects")


class Dataset(models.Model):
    """A labelled file as it was uploaded, with its schema, profile and findings."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    file = models.FileField(_("file"), max_length=200, editable=False)
    file_name = models.CharField(_("file name"), max_length=200, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False, db_index=True)
    zones_file = models.FileField(_("zones file"), max_length=200, blank=True, editable=False)
    zones_sha256 = models.CharField(
        _("SHA-256 of the zones"), max_length=64, blank=True, editable=False
    )

    shape = models.CharField(_("shape"), max_length=10, editable=False)
    target = models.CharField(_("target column"), max_length=200, editable=False)
    customer_id = models.CharField(_("customer column"), max_length=200, blank=True, editable=False)
    read_options = models.JSONField(_("reading options"), default=dict, editable=False)
    rows = models.PositiveBigIntegerField(_("rows"), editable=False)
    accepted = models.PositiveBigIntegerField(_("accepted rows"), editable=False)
    rejected = models.PositiveBigIntegerField(_("rejected rows"), editable=False)
    customers = models.PositiveBigIntegerField(_("customers"), editable=False)
    schema = models.JSONField(_("schema"), default=dict, editable=False)
    profile = models.JSONField(_("profile"), default=dict, editable=False)
    findings = models.JSONField(_("findings"), default=list, editable=False)
    rejects = models.JSONField(_("rejected rows by reason"), default=list, editable=False)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("data set")
        verbose_name_plural = _("data sets")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="churn_dataset_rows_add_up",
                condition=models.Q(rows=models.F("accepted") + models.F("rejected")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def options(self) -> ReadOptions:
        """How the file is read, with the roles that were inferred."""
        stored = ReadOptions.from_dict(self.read_options)
        return replace(stored, target=self.target, customer_id=self.customer_id)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Name, kind and unit of each feature."""
        return list(self.schema.get("columns", []))
