from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from churn.ml.i18n.formatting import MISSING_VALUE
from churn.models import Dataset
from churn.pages import charts, figures
from churn.pages.base import PageView, UploadView
from churn.pages.forms import DatasetForm, TrainingRunForm
from churn.services import datasets
from churn.services.inputs import DatasetUpload
from churn.services.localization import localize

_PER_PAGE = 25


class DatasetsPage(UploadView):
    """The list of data sets and the upload form."""

    template_name = "churn/datasets.html"
    form_class = DatasetForm

    def get_permission_required(self) -> tuple[str, ...]:
        return ("churn.add_dataset" if self.request.method == "POST" else "churn.view_dataset",)

    def save_upload(self, form: Form) -> str:
        file = form.cleaned_data["file"]
        upload = DatasetUpload(
            file=file,
            file_name=file.name,
            zones_file=form.cleaned_data["zones_file"],
            name=form.cleaned_data["name"],
            options=cast("DatasetForm", form).read_options(),
        )
        dataset = datasets.create_dataset(upload, self.request.user)
        messages.success(self.request, _("The data set is ready for training."))
        return reverse("churn:dataset", args=[dataset.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = Paginator(Dataset.objects.for_lists(), _PER_PAGE)
        page = listed.get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, **kwargs)


class DatasetPage(PageView):
    """One data set: quality, profile, runs, and the form for a new run."""

    template_name = "churn/dataset.html"
    permission_required = "churn.view_dataset"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dataset = get_object_or_404(Dataset, pk=self.kwargs["pk"])
        return super().get_context_data(
            dataset=dataset,
            runs=dataset.runs.for_lists(),
            run_form=TrainingRunForm(initial={"dataset": dataset}),
            **_quality(dataset),
            **kwargs,
        )


def _quality(dataset: Dataset) -> dict[str, Any]:
    return {
        "size": figures.format_bytes(dataset.size),
        "counts": _counts(dataset),
        "notes": localize(dataset.schema["notes"]),
        "findings": localize(dataset.findings),
        "rejects": localize(dataset.rejects),
        "columns": _columns(dataset),
        "correlations": _correlations(dataset),
    }


def _counts(dataset: Dataset) -> list[figures.Metric]:
    balance = dataset.profile.get("target") or {}
    return [
        *figures.counts(
            {
                _("Rows"): dataset.rows,
                _("Accepted"): dataset.accepted,
                _("Rejected"): dataset.rejected,
                _("Customers"): dataset.customers,
            }
        ),
        figures.Metric(_("Left"), figures.format_percent(balance.get("rate"))),
    ]


def _columns(dataset: Dataset) -> list[dict[str, Any]]:
    kinds = {"numeric": _("number"), "categorical": _("category")}
    return [
        {
            "name": figures.feature_label(column["name"], dataset.shape),
            "kind": kinds.get(column["kind"], column["kind"]),
            "missing": figures.format_percent(column["missing_share"]),
            "distinct": figures.format_count(column["distinct"]),
            "median": figures.format_value(column.get("median")),
            "range": _range(column),
            "outliers": figures.format_percent(column.get("outlier_share")),
        }
        for column in dataset.profile.get("columns", [])
    ]


def _range(column: dict[str, Any]) -> str:
    if "top" in column:
        return ", ".join(str(top["value"]) for top in column["top"][:3])
    if column.get("min") is None:
        return MISSING_VALUE
    return f"{figures.format_value(column['min'])} … {figures.format_value(column['max'])}"


def _correlations(dataset: Dataset) -> list[dict[str, str]]:
    found = dataset.profile.get("correlations", {}).get("with_target", [])
    return [
        {
            "label": figures.feature_label(one["name"], dataset.shape),
            "value": figures.format_number(one["correlation"], 2),
            "bar": charts.bar(abs(one["correlation"])),
        }
        for one in found[:10]
    ]
