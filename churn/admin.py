"""Admin of churn: read-only lists for operators, and actions that call the services."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import FileField, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from churn import tasks
from churn.exceptions import ChurnError
from churn.models import (
    Dataset,
    LocatedPlace,
    Prediction,
    Promotion,
    Scoring,
    TrainingRun,
    WorkerHeartbeat,
)
from churn.services import datasets, jobs, registry, runs, scorings
from churn.services.localization import error_message, localizer, resolve_language


class ReadOnlyAdmin(admin.ModelAdmin[Model]):
    """Rows that the services write; they are changed by actions alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Actions need the permission to change the rows; viewing alone does not suffice."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        # Stored files have no URL of their own; pages and API serve them with permissions.
        return [field.name for field in self.opts.fields if not isinstance(field, FileField)]

    def apply_to_each(
        self, request: HttpRequest, rows: QuerySet[Any], action: Callable[[Any], object]
    ) -> None:
        """Apply `action` to every row; report the number of successes and each failure."""
        done = 0
        for row in rows:
            try:
                action(row)
                done += 1
            except ChurnError as error:
                self.message_user(request, f"{row}: {error_message(error)}", messages.ERROR)
        if done:
            message = ngettext("%(count)s row processed.", "%(count)s rows processed.", done)
            self.message_user(request, message % {"count": done}, messages.SUCCESS)


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    list_display = ["name", "shape", "rows", "rejected", "customers", "target", "created_at"]
    list_filter = ["shape", "created_at"]
    search_fields = ["name", "sha256"]
    actions = ["train"]

    @admin.action(
        description=gettext_lazy("Train a run on each selected data set"),
        permissions=["view"],
    )
    def train(self, request: HttpRequest, rows: QuerySet[Dataset]) -> None:
        if not request.user.has_perm("churn.add_trainingrun"):
            self.message_user(
                request, _("You do not have permission to train runs."), messages.ERROR
            )
            return
        language = resolve_language()
        self.apply_to_each(
            request,
            rows,
            lambda row: tasks.enqueue(runs.create_run(row, request.user, language=language)),
        )

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        datasets.delete_dataset(Dataset.objects.get(pk=obj.pk), request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.apply_to_each(
            request, queryset, lambda row: datasets.delete_dataset(row, request.user)
        )


class JobAdmin(ReadOnlyAdmin):
    """Base of the lists of runs and scorings."""

    actions = ["cancel"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Cancel the selected jobs"), permissions=["operate"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.apply_to_each(request, rows, jobs.cancel)


@admin.register(TrainingRun)
class TrainingRunAdmin(JobAdmin):
    list_display = ["id", "dataset", "algorithm", "status", "roc_auc", "attempts", "created_at"]
    list_filter = ["status", "algorithm", "objective", "created_at"]
    list_select_related = ["dataset"]
    search_fields = ["dataset__name", "data_sha256", "model_sha256"]
    actions = ["cancel", "promote"]

    @admin.display(description=gettext_lazy("ROC AUC"))
    def roc_auc(self, run: TrainingRun) -> str:
        value = run.metrics.get("roc_auc")
        return "" if value is None else f"{value:.3f}"

    def has_promote_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("churn.add_promotion")

    @admin.action(description=gettext_lazy("Promote to champion"), permissions=["promote"])
    def promote(self, request: HttpRequest, rows: QuerySet[TrainingRun]) -> None:
        if rows.count() != 1:
            self.message_user(request, _("Select exactly one run."), messages.ERROR)
            return
        self.apply_to_each(request, rows, lambda run: registry.promote(run, request.user))


@admin.register(Promotion)
class PromotionAdmin(ReadOnlyAdmin):
    list_display = ["run", "current", "promoted_at", "promoted_by", "withdrawn_at"]
    list_filter = ["current"]
    list_select_related = ["run", "promoted_by"]
    actions = ["roll_back"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_promote_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("churn.add_promotion")

    @admin.action(
        description=gettext_lazy("Roll back the current promotion (select it)"),
        permissions=["promote"],
    )
    def roll_back(self, request: HttpRequest, rows: QuerySet[Promotion]) -> None:
        current = rows.filter(current=True).select_related("run")
        self.apply_to_each(request, current, lambda one: registry.roll_back(one.run, request.user))


@admin.register(Scoring)
class ScoringAdmin(JobAdmin):
    list_display = ["id", "run", "file_name", "status", "customers", "rejected", "created_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["run"]
    search_fields = ["file_name", "sha256"]
    actions = ["cancel", "erase"]

    @admin.action(
        description=gettext_lazy("Delete the selected scorings with their files and predictions"),
        permissions=["operate"],
    )
    def erase(self, request: HttpRequest, rows: QuerySet[Scoring]) -> None:
        if not request.user.has_perm("churn.delete_scoring"):
            self.message_user(
                request, _("You do not have permission to delete scorings."), messages.ERROR
            )
            return
        self.apply_to_each(request, rows, lambda row: scorings.delete_scoring(row, request.user))


class DecileFilter(admin.SimpleListFilter):
    """Filter by decile; Django's own would look for the values in millions of rows."""

    title = gettext_lazy("decile")
    parameter_name = "decile"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(decile), str(decile)) for decile in range(1, 11)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        decile = self.value()
        return queryset.filter(decile=decile) if decile in dict(self.lookup_choices) else queryset


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ["customer_id", "scoring", "percentage", "churn", "decile"]
    list_filter = ["churn", DecileFilter]
    list_select_related = ["scoring"]
    show_full_result_count = False  # counting millions of rows takes seconds

    @admin.display(description=gettext_lazy("probability"), ordering="probability")
    def percentage(self, prediction: Prediction) -> str:
        return localizer().percent(prediction.probability)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(LocatedPlace)
class LocatedPlaceAdmin(ReadOnlyAdmin):
    list_display = ["place", "zone", "state"]
    list_filter = ["state"]
    search_fields = ["place", "zone"]
    show_full_result_count = False  # counting millions of rows takes seconds


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["host", "beat_at"]
