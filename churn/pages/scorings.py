from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from churn import tasks
from churn.exceptions import ChurnError
from churn.ml.schema import Shape
from churn.models import Scoring, Status, TrainingRun
from churn.pages import charts, figures
from churn.pages.base import PageView, UploadView
from churn.pages.forms import ScoringForm
from churn.services import scorings
from churn.services.inputs import ScoringUpload
from churn.services.localization import error_message, localize, localize_reasons, resolve_language

_MAX_RECENT = 10
_MAX_RISKIEST = 20
DEMONSTRATION = Path(__file__).resolve().parents[1] / "demonstration" / "customers.csv"


class ScorePage(UploadView):
    """The upload form of a file to score, and the latest scorings with their progress."""

    template_name = "churn/score.html"
    form_class = ScoringForm
    partial_name = "recent"

    def get_permission_required(self) -> tuple[str, ...]:
        return ("churn.add_scoring" if self.request.method == "POST" else "churn.view_scoring",)

    def save_upload(self, form: Form) -> str:
        cleaned = form.cleaned_data
        file = cleaned["file"]
        upload = ScoringUpload(
            file=file,
            file_name=file.name,
            zones_file=cleaned.get("zones_file"),
            language=resolve_language(),
            options=cast("ScoringForm", form).read_options(),
            output=cast("ScoringForm", form).output_options(),
        )
        scored = scorings.create_scoring(upload, self.request.user)
        tasks.enqueue(scored)
        return reverse("churn:scoring", args=[scored.pk])

    def get_form(self, form_class: type[Form] | None = None) -> Form:
        form = super().get_form(form_class)
        champion = TrainingRun.objects.champion().select_related("dataset").first()
        if champion is None or champion.dataset.shape != Shape.RECORDS:
            del form.fields["zones_file"]
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recent = list(Scoring.objects.all()[:_MAX_RECENT])
        champion = TrainingRun.objects.champion().select_related("dataset").first()
        return super().get_context_data(
            champion=champion,
            fits_demonstration=champion is not None and _fits_demonstration(champion),
            scorings=recent,
            is_active=any(not one.is_finished for one in recent),
            **kwargs,
        )


class ScoringPage(PageView):
    """One scoring: progress, then the riskiest customers with reasons, and rejected rows."""

    template_name = "churn/scoring.html"
    permission_required = ("churn.view_scoring", "churn.view_prediction")
    partial_name = "state"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scored = get_object_or_404(
            Scoring.objects.select_related("run__dataset"), pk=self.kwargs["pk"]
        )
        return super().get_context_data(
            scoring=scored,
            stage=figures.stage_label(scored),
            is_active=not scored.is_finished,
            duration=figures.format_duration(scored.duration),
            warnings=[one for one in localize(scored.findings) if one["severity"] != "info"],
            size=figures.format_bytes(scored.size),
            **(_results(scored) if scored.status == Status.SUCCEEDED else {}),
            **kwargs,
        )


class CancelScoringView(PermissionRequiredMixin, View):
    http_method_names = ["post"]
    permission_required = "churn.change_scoring"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        scored = get_object_or_404(Scoring, pk=pk)
        try:
            scorings.cancel_scoring(scored)
        except ChurnError as error:
            messages.error(request, error_message(error))
        else:
            messages.success(request, _("The scoring is being cancelled."))
        return redirect("churn:scoring", scored.pk)


def _fits_demonstration(champion: TrainingRun) -> bool:
    """Return whether the demonstration file has the columns that the champion needs."""
    with DEMONSTRATION.open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    return all(column["name"] in columns for column in champion.signature["columns"])


@permission_required("churn.view_scoring")
def demonstration(request: HttpRequest) -> FileResponse:
    """Download a demonstration file of customers to score."""
    name = "demonstration-customers.csv"
    return FileResponse(DEMONSTRATION.open("rb"), as_attachment=True, filename=name)


def _results(scored: Scoring) -> dict[str, Any]:
    return {
        "counts": figures.counts(
            {
                _("Rows"): scored.rows,
                _("Accepted"): scored.accepted,
                _("Rejected"): scored.rejected,
                _("Customers"): scored.customers,
                _("To contact"): scored.churners,
            }
        ),
        "deciles": [_decile(row) for row in scored.deciles],
        "riskiest": _riskiest(scored),
        "remarks": [one for one in localize(scored.findings) if one["severity"] == "info"],
        "held_out_rates": any("held_out_churners" in row for row in scored.deciles),
        "rejects": localize(scored.rejects),
        "drifted": _drifted(scored),
    }


def _riskiest(scored: Scoring) -> list[dict[str, Any]]:
    return [
        {
            "customer": one.customer_id,
            "probability": figures.format_percent(one.probability),
            "churn": one.churn,
            "reasons": localize_reasons(one.reasons),
        }
        for one in scored.predictions.riskiest_first()[:_MAX_RISKIEST]
    ]


def _drifted(scored: Scoring) -> list[dict[str, str]]:
    shape = scored.run.dataset.shape
    return [
        {
            "name": figures.feature_label(feature["name"], shape),
            "level": feature["level"],
            "index": figures.format_number(feature["psi"], 2),
        }
        for feature in scored.drifted_features
    ]


def _decile(row: dict[str, Any]) -> dict[str, str]:
    lowest, highest = (figures.format_percent(row[name]) for name in ("lowest", "highest"))
    return {
        "decile": str(row["decile"]),
        "customers": figures.format_count(row["customers"]),
        "mean": figures.format_percent(row["mean_probability"]),
        "range": f"{lowest} … {highest}",
        "expected": figures.format_count(round(row["expected_churners"])),
        "held_out": figures.format_count(round(row.get("held_out_churners", 0))),
        "bar": charts.bar(row["mean_probability"]),
    }
