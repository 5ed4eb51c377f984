import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from churn.models import Scoring, Status, TrainingRun
from churn.services.inputs import ScoringPaths
from churn.services.work.scoring import score_now
from churn.tests.conftest import PNG, MakeUpload

HTMX = {"HX-Request": "true"}


def test_uploaded_file_is_scored_and_shown_with_rejects(
    browser: Client,
    champion: TrainingRun,
    unlabelled: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with unlabelled.open("rb") as file, django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/churn/score/", {"file": file})

    page = browser.get(answer["Location"]).content.decode()
    assert "Highest-risk customers" in page
    assert "not a number" in page
    assert f"/api/churn/scorings/{Scoring.objects.get().pk}/results.csv" in page


def test_htmx_upload_redirects_by_header(
    browser: Client, champion: TrainingRun, unlabelled: Path
) -> None:
    with unlabelled.open("rb") as file:
        answer = browser.post("/churn/score/", {"file": file}, headers=HTMX)

    scoring = Scoring.objects.get()
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/churn/scorings/{scoring.pk}/")


@pytest.mark.parametrize(
    ("content", "words"),
    [(PNG, "PNG"), (b"", "empty"), (b"customer_id,tenure\nC1,3\n", "calls")],
)
def test_invalid_file_is_an_error_of_its_field(
    browser: Client, champion: TrainingRun, upload: MakeUpload, content: bytes, words: str
) -> None:
    answer = browser.post("/churn/score/", {"file": upload(content)})

    assert words in str(answer.context["form"].errors["file"])
    assert not Scoring.objects.exists()


def test_file_error_uses_the_language_of_the_page(
    browser: Client, champion: TrainingRun, upload: MakeUpload
) -> None:
    spanish = {"Accept-Language": "es-py"}

    answer = browser.post("/churn/score/", {"file": upload(PNG)}, headers=spanish)

    message = "El archivo no es una tabla: es una imagen PNG."
    assert answer.context["form"].errors["file"] == [message]


def test_zones_field_is_absent_for_table_models(browser: Client, champion: TrainingRun) -> None:
    assert "zones_file" not in browser.get("/churn/score/").context["form"].fields


def test_scoring_can_be_cancelled_from_its_page(browser: Client, queued: Scoring) -> None:
    page = browser.post(f"/churn/scorings/{queued.pk}/cancel/", follow=True)
    again = browser.post(f"/churn/scorings/{queued.pk}/cancel/", follow=True)

    queued.refresh_from_db()
    assert queued.status == Status.CANCELLED
    assert "being cancelled" in page.content.decode()
    assert re.search(r'class="button secondary"\s+href="/churn/score/"', page.content.decode())
    assert "Already finished" in again.content.decode()


def test_recent_scorings_poll_while_one_is_active(browser: Client, queued: Scoring) -> None:
    part = browser.get("/churn/score/", headers=HTMX).content.decode()

    assert 'hx-trigger="every 2s"' in part
    assert "<h1>" not in part


def test_demonstration_file_can_be_downloaded(browser: Client, champion: object) -> None:
    answer = browser.get("/churn/score/demonstration.csv")

    assert b"".join(answer.streaming_content).startswith(b"customer_id,")  # type: ignore[attr-defined]


@pytest.mark.parametrize(("needed", "links"), [("tenure", 1), ("points", 0)])
def test_demonstration_is_offered_if_the_champion_fits(
    browser: Client, champion: TrainingRun, needed: str, links: int
) -> None:
    TrainingRun.objects.update(signature={"columns": [{"name": needed}]})

    page = browser.get("/churn/score/").content.decode()

    assert page.count("/churn/score/demonstration.csv") == links


def test_foreground_scoring_is_shown_without_downloads(
    browser: Client, champion: TrainingRun, unlabelled: Path, tmp_path: Path
) -> None:
    done = score_now(champion, ScoringPaths(unlabelled, tmp_path / "out.csv"))

    page = browser.get(f"/churn/scorings/{done.pk}/").content.decode()

    assert "Scored by a command" in page
    assert "results.csv" not in page


def test_identifiers_are_escaped_on_the_page(
    browser: Client, champion: TrainingRun, upload: MakeUpload,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    content = b"customer_id,tenure,plan,calls\n<script>alert(1)</script>,3,plus,9\n"

    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/churn/score/", {"file": upload(content)})

    page = browser.get(answer["Location"]).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
