from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
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
from churn.services.wording import resolve_language, worded

_RECENT = 10
_RISKIEST = 20
DEMONSTRATION = Path(__file__).resolve().parents[1] / "demonstration" / "customers.csv"


class ScorePage(UploadView):
    """The form for a file to be scored, and the scorings of late with their progress."""

    template_name = "churn/score.html"
    form_class = ScoringForm

    def get_permission_required(self) -> tuple[str, ...]:
        return ("churn.add_scoring" if self.request.method == "POST" else "churn.view_scoring",)

    def accept(self, cleaned: dict[str, Any]) -> str:
        file = cleaned["file"]
        upload = ScoringUpload(
            file=file,
            file_name=file.name,
            zones_file=cleaned.get("zones_file"),
            language=resolve_language(get_language()),
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
        recent = list(Scoring.objects.all()[:_RECENT])
        champion = TrainingRun.objects.champion().select_related("dataset").first()
        return super().get_context_data(
            champion=champion,
            suits_demonstration=champion is not None and _suits_demonstration(champion),
            scorings=recent,
            is_moving=any(not one.is_finished for one in recent),
            **kwargs,
        )

    def get_template_names(self) -> list[str]:
        is_poll = bool(self.request.headers.get("HX-Request")) and self.request.method == "GET"
        return [self.template_name + "#recent" if is_poll else self.template_name]


class ScoringPage(PageView):
    """One scored file: how far it is, then whom to call, why, and what could not be scored."""

    template_name = "churn/scoring.html"
    permission_required = ("churn.view_scoring", "churn.view_prediction")
    part = "state"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scored = get_object_or_404(
            Scoring.objects.select_related("run__dataset"), pk=self.kwargs["pk"]
        )
        return super().get_context_data(
            scoring=scored,
            stage=figures.stage(scored),
            is_moving=not scored.is_finished,
            duration=figures.seconds(scored.duration),
            size=figures.size(scored.size),
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
            messages.error(request, str(error))
        else:
            messages.success(request, _("The scoring is being cancelled."))
        return redirect("churn:scoring", scored.pk)


def _suits_demonstration(champion: TrainingRun) -> bool:
    """Tell whether the file to try the scoring with has the columns that the champion needs."""
    with DEMONSTRATION.open(encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    return all(column["name"] in columns for column in champion.signature["columns"])


@permission_required("churn.view_scoring")
def demonstration(request: HttpRequest) -> FileResponse:
    """Answer a file of customers to try the scoring with."""
    name = "demonstration-customers.csv"
    return FileResponse(DEMONSTRATION.open("rb"), as_attachment=True, filename=name)


def _results(scored: Scoring) -> dict[str, Any]:
    language, shape = resolve_language(get_language()), scored.run.dataset.shape
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
        "riskiest": _riskiest(scored, language),
        "findings": worded(scored.findings, language),
        "rejects": worded(scored.rejects, language),
        "unseen": {
            figures.feature(name, shape): cells
            for name, cells in scored.drift.get("unseen", {}).items()
        },
        "drifted": [_drifted(one, shape) for one in scored.drifted_features],
    }


def _riskiest(scored: Scoring, language: str) -> list[dict[str, Any]]:
    return [
        {
            "customer": one.customer_id,
            "probability": figures.percent(one.probability),
            "churn": one.churn,
            "reasons": worded(one.reasons, language),
        }
        for one in scored.predictions.riskiest_first()[:_RISKIEST]
    ]


def _drifted(one: dict[str, Any], shape: str) -> dict[str, str]:
    return {
        "name": figures.feature(one["name"], shape),
        "level": one["level"],
        "index": figures.number(one["psi"], 2),
    }


def _decile(row: dict[str, Any]) -> dict[str, str]:
    return {
        "decile": str(row["decile"]),
        "customers": figures.whole(row["customers"]),
        "mean": figures.percent(row["mean_probability"]),
        "range": f"{figures.percent(row['lowest'])} … {figures.percent(row['highest'])}",
        "expected": figures.whole(round(row["expected_churners"])),
        "bar": charts.bar(row["mean_probability"]),
    }
