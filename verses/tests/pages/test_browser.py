"""The reader page in a real browser: scripts and accessibility."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/verses/",
    "/verses/?reference=John+3:16-18&translation=kjv&beside=rv1909",
    "/verses/search/?q=light+world&translation=kjv",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1400, "light")])
def test_a_page_is_accessible_and_fits_its_window(
    live_server: LiveServer, open_page: Callable[..., Page], path: str, width: int, scheme: str
) -> None:
    page = open_page("es", width)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    page.goto(live_server.url + path)

    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_suggestions_appear_while_typing(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page("es")
    page.goto(live_server.url + "/verses/")

    page.get_by_label("Pasaje").press_sequentially("filip")

    expect(page.locator("#suggestions option").first).to_have_attribute("value", "Filipenses")


def test_the_next_chapter_is_one_click_away(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page("es")
    page.goto(live_server.url + "/verses/")

    page.get_by_label("Pasaje").fill("mt 28:20")
    page.get_by_role("button", name="Leer").click()
    page.get_by_role("link", name="Marcos 1").click()

    expect(page.get_by_role("heading", level=2).first).to_have_text("Marcos 1")


def test_a_passage_is_copied_with_its_name(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page("en")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + "/verses/rv1909/John.11.35/")

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "Y lloró Jesús.\nJuan 11:35 (Reina-Valera 1909)"
