import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/verse?reference=John+3:16",
    "/top",
    "/bible-api/John+3:16",
    "/api/verses/translations/",
    "/api/verses/none/",
]
PAGES = ["/", "/verses/", "/api/", "/versed"]


@pytest.mark.parametrize("path", [*PUBLIC, *PAGES])
def test_every_response_has_the_security_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers

    assert set(headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    }
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PUBLIC)
def test_public_routes_have_no_session(client: Client, path: str) -> None:
    request = client.get(path).wsgi_request

    assert not any(hasattr(request, name) for name in ("session", "htmx", "_messages"))


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_a_session(client: Client, path: str) -> None:
    request = client.get(path).wsgi_request

    assert all(hasattr(request, name) for name in ("session", "htmx", "_messages"))


@pytest.mark.parametrize("path", PUBLIC)
def test_public_routes_name_language_and_vary(client: Client, path: str) -> None:
    headers = client.get(path, headers={"accept-language": "es"}).headers

    assert headers["Content-Language"] == "es"
    assert {"Accept-Language", "Accept-Encoding"} <= set(headers["Vary"].split(", "))


def test_the_browsable_api_keeps_its_own_policy(client: Client) -> None:
    headers = client.get("/top", headers={"accept": "text/html"}).headers

    assert "style-src 'self' 'unsafe-inline'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/verse", "/api/verses/batch/"])
def test_public_posts_need_no_form_token(path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path, {}, content_type="application/json")

    assert response.status_code == 400


def test_forms_of_pages_need_a_token() -> None:
    assert Client(enforce_csrf_checks=True).post("/accounts/login/").status_code == 403
