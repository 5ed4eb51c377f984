from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

OPEN_PAGES = ["/", "/accounts/login/"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Verses and churn"),
        ("es", "Versículos y bajas"),
        ("pt-BR", "Versículos e cancelamentos"),
    ],
)
def test_the_home_page_uses_the_browser_language(client: Client, language: str, title: str) -> None:
    answer = client.get("/", headers={"Accept-Language": language})

    assert f"<h1>{title}</h1>" in answer.content.decode()


@pytest.mark.django_db
def test_the_security_policy_allows_only_this_site(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Verses and churn"),
        ("es", "Versículos y bajas"),
        ("pt", "Versículos e cancelamentos"),
    ],
)
@pytest.mark.parametrize("path", ["/admin/login/", "/api/"])
def test_framework_pages_have_a_translated_site_name(
    client: Client, path: str, language: str, name: str
) -> None:
    answer = client.get(path, headers={"Accept-Language": language, "Accept": "text/html"})

    page = answer.content.decode()
    assert name in page
    assert f'<html lang="{language}"' in page


@pytest.mark.django_db
def test_an_anonymous_api_page_links_to_sign_in(client: Client) -> None:
    answer = client.get("/api/", headers={"Accept": "text/html"})

    assert 'href="/accounts/login/?next=/api/"' in answer.content.decode()


@pytest.mark.django_db
def test_every_link_of_the_api_root_works(client: Client) -> None:
    entries = client.get("/api/").json()

    answers = {name: client.get(address).status_code for name, address in entries.items()}

    assert {"batch", "champion"} <= set(entries)
    assert [name for name, status in answers.items() if status == 404 or status >= 500] == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", OPEN_PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_is_accessible_and_fits_its_window(
    live_server: LiveServer, open_page: Callable[..., Page], path: str, width: int
) -> None:
    page = open_page("es", width)

    page.goto(live_server.url + path)

    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_user_signs_in_changes_language_and_signs_out(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    get_user_model().objects.create_user("ana", password="a long enough one")
    page = open_page("en")

    page.goto(live_server.url + "/accounts/login/?next=/")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Español").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Versículos y bajas")
    page.get_by_role("button", name="Cerrar sesión").click()
    expect(page.get_by_role("link", name="Iniciar sesión")).to_be_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/docs/",
        "/api/churn/runs/",
        "/admin/",
        "/admin/accounts/user/add/",
        "/admin/password_change/",
    ],
)
def test_framework_pages_work_under_the_security_policy(
    live_server: LiveServer, open_page: Callable[..., Page], admin_client: Client, path: str
) -> None:
    page = open_page("en")
    session = admin_client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    page.goto(live_server.url + path, wait_until="networkidle")

    expect(page.get_by_role("heading").first).to_be_visible()
