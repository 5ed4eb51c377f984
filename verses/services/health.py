"""State of upstream and figures of the verse service."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from verses.models import Chapter, DailyCount, PassageCount, UpstreamState
from verses.services.daily import cached_daily_passage
from verses.services.passages import default_translation
from verses.services.top import top_passages


def upstream_health() -> tuple[str, str]:
    """Return `ok` or `degraded` and a sentence; upstream alone never stops the service."""
    if not settings.BIBLE_API_URL:
        return "ok", "never called, by configuration"
    state = UpstreamState.objects.filter(pk=1).first()
    if state is None:
        return "ok", "not called yet"
    if state.blocked_until is not None:
        seconds = max(0, round((state.blocked_until - timezone.now()).total_seconds()))
        return "degraded", f"{state.reason}: no calls for {seconds} s"
    if state.failures:
        return "degraded", f"failed calls in a row: {state.failures}"
    return "ok", ""


def overview() -> dict[str, Any]:
    """Return the figures of the front page.

    `cached_chapters`, `requests_today`, `requests_total`: numbers; `top`: the three most requested
    passages; `upstream`: status and detail; `daily`: the verse of the day or None.
    """
    status, detail = upstream_health()
    return {
        # First, since it flushes the latest requests into the counts below.
        "top": top_passages(limit=3),
        "cached_chapters": Chapter.objects.with_text().count(),
        "requests_today": DailyCount.objects.count_on(timezone.now().date()),
        "requests_total": PassageCount.objects.total_requests(),
        "daily": cached_daily_passage(default_translation()),
        "upstream": {"status": status, "detail": detail},
    }
