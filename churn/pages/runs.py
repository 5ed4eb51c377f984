from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView

from churn import tasks
from churn.exceptions import ChurnError
from churn.ml.options import ReadOptions
from churn.models import Promotion, Status, TrainingRun
from churn.pages import charts, figures
from churn.pages.base import PageView, PartialMixin
from churn.pages.forms import TrainingRunForm
from churn.services import registry, runs
from churn.services.localization import error_message, localize, localize_text, resolve_language

_PER_PAGE = 25
_PLOTS = {
    "roc.png": gettext_lazy("ROC curve"),
    "precision_recall.png": gettext_lazy("Precision and recall"),
    "calibration.png": gettext_lazy("Calibration"),
    "lift.png": gettext_lazy("Lift by decile"),
    "shap_summary.png": gettext_lazy("Feature effects (SHAP)"),
}


class RunsPage(PermissionRequiredMixin, PartialMixin, FormView[TrainingRunForm]):
    """The list of runs and the form for a new one."""

    template_name = "churn/runs.html"
    form_class = TrainingRunForm
    partial_name = "list"

    def get_permission_required(self) -> tuple[str, ...]:
        is_post = self.request.method == "POST"
        return ("churn.add_trainingrun" if is_post else "churn.view_trainingrun",)

    def form_valid(self, form: TrainingRunForm) -> HttpResponse:
        language = resolve_language()
        fields = form.cleaned_data | {
            "read_options": ReadOptions(
                exclude=form.cleaned_data["exclude"], as_of=form.cleaned_data["as_of"]
            ).to_dict()
        }
        del fields["exclude"], fields["as_of"]
        run = runs.create_run(user=self.request.user, language=language, **fields)
        tasks.enqueue(run)
        return redirect("churn:run", run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = Paginator(TrainingRun.objects.for_lists(), _PER_PAGE)
        page = listed.get_page(self.request.GET.get("page"))
        champion = TrainingRun.objects.champion().values_list("pk", flat=True).first()
        return super().get_context_data(
            page=page,
            champion_id=champion,
            is_active=any(not run.is_finished for run in page),
            **kwargs,
        )


class RunPage(PageView):
    """One run: progress, metrics, curves and artifacts."""

    template_name = "churn/run.html"
    permission_required = "churn.view_trainingrun"
    partial_name = "state"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = get_object_or_404(TrainingRun.objects.select_related("dataset"), pk=self.kwargs["pk"])
        return super().get_context_data(
            run=run,
            stage=figures.stage_label(run),
            is_active=not run.is_finished,
            duration=figures.format_duration(run.duration),
            **(_results(run) if run.status == Status.SUCCEEDED else {}),
            **kwargs,
        )


class RunActionView(PermissionRequiredMixin, View):
    """The buttons of a run: cancel, promote, roll back."""

    http_method_names = ["post"]
    _PERMISSIONS = {
        "cancel": "churn.change_trainingrun",
        "promote": "churn.add_promotion",
        "roll-back": "churn.add_promotion",
    }

    def get_permission_required(self) -> tuple[str, ...]:
        return (self._PERMISSIONS[self.kwargs["action"]],)

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        run = get_object_or_404(TrainingRun, pk=pk)
        try:
            messages.success(request, self._act(run, action))
        except ChurnError as error:
            messages.error(request, error_message(error))
        return redirect("churn:run", run.pk)

    def _act(self, run: TrainingRun, action: str) -> str:
        if action == "cancel":
            runs.cancel_run(run)
            return _("The run is being cancelled.")
        if action == "promote":
            registry.promote(run, self.request.user)
            return _("This run is now the champion and scores new files.")
        champion = registry.roll_back(run, self.request.user)
        return _("Run %(id)s is the champion again.") % {"id": champion.pk}


def _results(run: TrainingRun) -> dict[str, Any]:
    names = runs.artifacts(run)
    threshold = run.metrics.get("threshold", {})
    return {
        "can_roll_back": Promotion.objects.active().count() > 1,
        "is_champion": run.promotions.filter(current=True).exists(),
        "metrics": figures.metrics(run),
        "threshold": figures.format_percent(run.threshold, 2),
        "threshold_text": localize_text(threshold.get("text", "")),
        "confusion": run.metrics.get("confusion", {}),
        "lift": _lift(run),
        "curve": _curve(run),
        "importance": _importance(run),
        "notes": localize(run.notes),
        "artifacts": names,
        "has_report": "report.html" in names,
        "pictures": [(name, title) for name, title in _PLOTS.items() if name in names],
        "held_out": run.metrics.get("split", {}),
    }


def _curve(run: TrainingRun) -> dict[str, Any]:
    return {
        "recall": charts.polyline(run.curve, "contacted", "recall"),
        "precision": charts.polyline(run.curve, "contacted", "precision"),
        "threshold_point": charts.threshold_point(run.curve, run.threshold or 0.0),
        "rows": [
            {
                "contacted": figures.format_percent(point["contacted"]),
                "threshold": figures.format_percent(point["threshold"]),
                "precision": figures.format_percent(point["precision"]),
                "recall": figures.format_percent(point["recall"]),
            }
            # About ten rows: the table replaces the curve for those who cannot see it.
            for point in run.curve[:: max(1, len(run.curve) // 10)]
        ],
    }


def _importance(run: TrainingRun) -> list[dict[str, str]]:
    largest = max((row["share"] for row in run.importance), default=1.0) or 1.0
    return [
        {
            "label": localize_text(row["label"]),
            "value": figures.format_percent(row["share"]),
            "bar": charts.bar(row["share"] / largest),
        }
        for row in run.importance
    ]


def _lift(run: TrainingRun) -> list[dict[str, Any]]:
    return [
        {
            "decile": row["decile"],
            "customers": figures.format_count(row["customers"]),
            "churners": figures.format_count(row["churners"]),
            "rate": figures.format_percent(row["churn_rate"]),
            "bar": charts.bar(row["churn_rate"]),
            "lift": figures.format_number(row["lift"], 2),
            "gain": figures.format_percent(row["gain"]),
        }
        for row in run.metrics.get("lift_table", [])
    ]
