"""Admin for operators; everything that was counted or fetched is read-only."""

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from verses.models import (
    Chapter,
    DailyCount,
    PassageCount,
    Translation,
    UpstreamFailure,
    UpstreamState,
)
from verses.services.health import upstream_health
from verses.services.maintenance import (
    budget_in_use,
    close_breaker,
    ensure_upstream_state,
    freshness_of,
    list_upstream_translations,
    refresh_chapter,
)
from verses.services.translations import is_embedded


class ResultAdminMixin:
    """A read-only list: nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may run actions: those who may only view must not cause calls."""
        return request.user.has_perm("verses.change_chapter")


@admin.register(Translation)
class TranslationAdmin(admin.ModelAdmin[Translation]):
    list_display = [
        "identifier",
        "name",
        "language_name",
        "license",
        "is_upstream",
        "is_embedded",
        "cached_chapters",
    ]
    list_filter = ["is_upstream", "language_name"]
    search_fields = ["identifier", "name"]
    readonly_fields = ["identifier", "edition_digest"]
    actions = ["refresh_catalogue"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Translation]:
        return Translation.objects.with_cached_chapters()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Translation | None = None) -> bool:
        return False

    @admin.display(description=_("embedded"), boolean=True)
    def is_embedded(self, translation: Translation) -> bool:
        return is_embedded(translation)

    @admin.display(description=_("cached chapters"))
    def cached_chapters(self, translation: Translation) -> int:
        return int(translation.cached_chapters)  # type: ignore[attr-defined]  # annotated above

    @admin.action(description=_("Check bible-api.com for new translations"))
    def refresh_catalogue(self, request: HttpRequest, queryset: QuerySet[Translation]) -> None:
        added = list_upstream_translations()
        if added is None:
            self.message_user(request, _("Cannot reach bible-api.com now."), messages.WARNING)
            return
        text = ngettext("%d translation added.", "%d translations added.", added)
        self.message_user(request, text % added, messages.SUCCESS)


@admin.register(Chapter)
class ChapterAdmin(ResultAdminMixin, admin.ModelAdmin[Chapter]):
    list_display = ["translation", "book", "number", "origin", "fetched_at", "age", "freshness"]
    list_filter = ["origin", "translation", "book"]
    search_fields = ["book", "translation__name"]
    list_select_related = ["translation"]
    show_full_result_count = False
    fields = ["translation", "book", "number", "origin", "fetched_at", "text"]
    actions = ["refresh"]

    def get_ordering(  # type: ignore[override]  # Django takes expressions, its stubs do not
        self, request: HttpRequest
    ) -> list[str | OrderBy]:
        return [F("fetched_at").desc(nulls_last=True), "pk"]

    @admin.display(description=_("cache age"))
    def age(self, chapter: Chapter) -> str:
        return timesince(chapter.fetched_at) if chapter.fetched_at else ""

    @admin.display(description=_("freshness"))
    def freshness(self, chapter: Chapter) -> str:
        return freshness_of(chapter)

    @admin.display(description=_("text"))
    def text(self, chapter: Chapter) -> SafeString:
        verses = chapter.verses.values_list("number", "text")
        return format_html_join("", "<p><sup>{}</sup> {}</p>", verses)

    @admin.action(description=_("Fetch the selected chapters again"), permissions=["operate"])
    def refresh(self, request: HttpRequest, queryset: QuerySet[Chapter]) -> None:
        done = sum(refresh_chapter(chapter) for chapter in queryset)
        text = ngettext("%d chapter fetched.", "%d chapters fetched.", done)
        self.message_user(request, text % done, messages.SUCCESS if done else messages.WARNING)


@admin.register(PassageCount)
class PassageCountAdmin(ResultAdminMixin, admin.ModelAdmin[PassageCount]):
    list_display = ["osis", "translation", "total"]
    list_filter = ["translation"]
    search_fields = ["osis"]
    ordering = ["-total"]
    show_full_result_count = False


@admin.register(DailyCount)
class DailyCountAdmin(ResultAdminMixin, admin.ModelAdmin[DailyCount]):
    list_display = ["day", "passage", "count"]
    list_select_related = ["passage"]
    date_hierarchy = "day"
    ordering = ["-day", "-count"]


@admin.register(UpstreamState)
class UpstreamStateAdmin(ResultAdminMixin, admin.ModelAdmin[UpstreamState]):
    list_display = [
        "state",
        "blocked_until",
        "failures",
        "calls_in_window",
        "failed_at",
        "succeeded_at",
    ]
    actions = ["close_breaker"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UpstreamState]:
        ensure_upstream_state()
        return super().get_queryset(request)

    @admin.display(description=_("state"))
    def state(self, state: UpstreamState) -> str:
        status, detail = upstream_health()
        return f"{status}: {detail}" if detail else status

    @admin.display(description=_("calls used (of the budget)"))
    def calls_in_window(self, state: UpstreamState) -> str:
        return budget_in_use()

    @admin.action(description=_("Reset the circuit breaker"), permissions=["operate"])
    def close_breaker(self, request: HttpRequest, queryset: QuerySet[UpstreamState]) -> None:
        close_breaker()
        self.message_user(request, _("The circuit breaker was reset."), messages.SUCCESS)


@admin.register(UpstreamFailure)
class UpstreamFailureAdmin(ResultAdminMixin, admin.ModelAdmin[UpstreamFailure]):
    list_display = ["at", "kind", "detail"]
    list_filter = ["kind"]
