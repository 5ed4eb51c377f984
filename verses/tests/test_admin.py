"""Lists and actions of the admin."""

from datetime import timedelta

import pytest
import responses
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from verses.cache import breaker, chapter_cache
from verses.models import Chapter, ChapterKey, Translation, UpstreamState
from verses.tests.conftest import JOHN_3, recorded
from verses.upstream import CallFailed

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale() -> Chapter:
    chapter_cache.translations.get("web")
    fetched_at = timezone.now() - timedelta(days=40)
    return Chapter.objects.store(ChapterKey("web", "JHN", 3), {16: "an old wording"}, fetched_at)


def act(client: Client, model: str, action: str, pk: object) -> str:
    answer = client.post(
        reverse(f"admin:verses_{model}_changelist"),
        {"action": action, "_selected_action": [pk]},
        follow=True,
    )
    return answer.content.decode()


@pytest.mark.parametrize(
    "model",
    [
        "translation",
        "chapter",
        "passagecount",
        "dailycount",
        "upstreamstate",
        "upstreamfailure",
    ],
)
def test_every_list_opens(admin_client: Client, stale: Chapter, model: str) -> None:
    breaker.record_failure(CallFailed("timeout", "no answer in time"))

    assert admin_client.get(reverse(f"admin:verses_{model}_changelist")).status_code == 200


def test_a_chapter_shows_its_age_and_text(admin_client: Client, stale: Chapter) -> None:
    listed = admin_client.get(reverse("admin:verses_chapter_changelist")).content.decode()
    shown = admin_client.get(reverse("admin:verses_chapter_change", args=[stale.pk]))

    assert "stale" in listed
    assert "an old wording" in shown.content.decode()


def test_a_chapter_is_fetched_again(
    admin_client: Client, stale: Chapter, john_3: responses.BaseResponse
) -> None:
    page = act(admin_client, "chapter", "refresh", stale.pk)

    assert "1 chapter fetched." in page
    assert stale.verses.count() == 36


def test_a_failed_refresh_keeps_the_chapter(
    admin_client: Client, stale: Chapter, upstream: responses.RequestsMock
) -> None:
    upstream.get(JOHN_3, status=500)

    page = act(admin_client, "chapter", "refresh", stale.pk)

    assert "0 chapters fetched." in page
    assert stale.verses.get().text == "an old wording"


def test_a_viewer_cannot_refresh_chapters(
    client: Client, stale: Chapter, john_3: responses.BaseResponse
) -> None:
    viewer = get_user_model().objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_chapter"))
    client.force_login(viewer)

    act(client, "chapter", "refresh", stale.pk)

    assert john_3.call_count == 0


def test_an_operator_resets_the_breaker(admin_client: Client) -> None:
    breaker.get_state()
    breaker.record_failure(CallFailed("banned", "403", block_seconds=3600))

    page = act(admin_client, "upstreamstate", "close_breaker", 1)

    assert "The circuit breaker was reset." in page
    assert UpstreamState.objects.get().blocked_until is None


def test_new_translations_of_upstream_are_added(
    admin_client: Client, upstream: responses.RequestsMock
) -> None:
    chapter_cache.translations.get("web")
    answer = recorded("23_data")
    answer["translations"][0]["identifier"] = "new-one"
    upstream.get("https://bible.test/data", json=answer)

    page = act(admin_client, "translation", "refresh_catalogue", "web")

    assert "1 translation added." in page
    assert Translation.objects.get(pk="new-one").is_upstream


def test_an_unavailable_upstream_adds_no_translations(
    admin_client: Client, upstream: responses.RequestsMock
) -> None:
    chapter_cache.translations.get("web")
    upstream.get("https://bible.test/data", status=403)

    pages = [act(admin_client, "translation", "refresh_catalogue", "web") for _time in range(2)]

    assert all("Cannot reach bible-api.com now." in page for page in pages)
    assert len(upstream.calls) == 1
