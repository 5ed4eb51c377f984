"""What a user sees in a real browser: upload, progress, results; every page in every language."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from churn.models import Scoring, TrainingRun
from churn.services.work.scoring import execute_scoring

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Page]
WORDS = {
    "en": {
        "sign in": "Sign in",
        "name": "Name",
        "password": "Password",
        "file": "Customer file",
        "score": "Score",
        "riskiest": "Highest-risk customers",
        "download": "Download the results",
        "rejected": "not a number",
    },
    "es": {
        "sign in": "Iniciar sesión",
        "name": "Nombre",
        "password": "Contraseña",
        "file": "Archivo de clientes",
        "score": "Puntuar",
        "riskiest": "Clientes de mayor riesgo",
        "download": "Descargar los resultados",
        "rejected": "no es un número",
    },
}


@pytest.fixture
def visit(live_server: LiveServer, open_page: Callable[..., Page], analyst: Any) -> Visit:
    """Sign in as `analyst` and open a path in a language and a window of some width."""

    def open_signed_in(path: str, language: str = "en", width: int = 1280) -> Page:
        words, page = WORDS[language], open_page(language, width)
        page.goto(f"{live_server.url}/accounts/login/?next={path}")
        page.get_by_label(words["name"]).fill("ana")
        page.get_by_label(words["password"]).fill("a long enough one")
        page.get_by_role("main").get_by_role("button", name=words["sign in"]).click()
        return page

    return open_signed_in


@pytest.mark.parametrize("language", ["en", "es"])
def test_user_uploads_a_file_and_downloads_results(
    language: str, visit: Visit, champion: TrainingRun, unlabelled: Path
) -> None:
    words, page = WORDS[language], visit("/churn/score/", language)

    page.get_by_label(words["file"]).set_input_files(unlabelled)
    page.get_by_role("main").get_by_role("button", name=words["score"]).click()

    expect(page.get_by_role("heading", name=words["riskiest"])).to_be_visible(timeout=30_000)
    expect(page.get_by_text(words["rejected"])).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=words["download"], exact=True).click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0].startswith("customer_id,probability,churn,contact,decile,reason_1")
    assert len(lines) == 1 + 58


def test_scoring_page_updates_itself_until_results_appear(visit: Visit, queued: Scoring) -> None:
    page = visit(f"/churn/scorings/{queued.pk}/")
    expect(page.get_by_role("status")).to_contain_text("waiting for a worker")

    execute_scoring(queued)

    expect(page.get_by_role("heading", name="Highest-risk customers")).to_be_visible()


@pytest.fixture
def too_large(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_bytes(bytes(17 << 20))
    return path


def test_too_large_file_is_rejected_before_upload(
    visit: Visit, champion: TrainingRun, too_large: Path
) -> None:
    page = visit("/churn/score/")

    page.get_by_label("Customer file").set_input_files(too_large)

    expect_refusal(page)


def test_file_chosen_before_the_script_loads_is_checked(
    visit: Visit, live_server: LiveServer, champion: TrainingRun, too_large: Path
) -> None:
    page, pending = visit("/churn/"), list[Route]()

    def intercept(script: Route) -> None:
        pending.append(script)

    page.route("**/churn/upload*.js", intercept)
    with page.expect_request("**/churn/upload*.js"):
        page.goto(f"{live_server.url}/churn/score/", wait_until="commit")
    page.get_by_label("Customer file").set_input_files(too_large)

    pending.pop().continue_()

    expect_refusal(page)


def expect_refusal(page: Page) -> None:
    refusal = page.locator("form[data-upload]").get_attribute("data-too-large") or ""
    assert "upload limit of 16.0" in refusal
    field = page.get_by_label("Customer file")
    expect(field).to_have_js_property("validationMessage", refusal)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [360, 1400])
def test_every_page_is_accessible_and_fits_its_window(
    language: str, width: int, visit: Visit, live_server: LiveServer, scored: Scoring
) -> None:
    page = visit("/churn/", language, width)

    for path in (
        "/churn/",
        "/churn/datasets/",
        f"/churn/datasets/{scored.run.dataset_id}/",
        "/churn/runs/",
        f"/churn/runs/{scored.run_id}/",
        "/churn/score/",
        f"/churn/scorings/{scored.pk}/",
    ):
        page.goto(live_server.url + path)
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
