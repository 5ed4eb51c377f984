import pytest
from django.test import Client
from prometheus_client import REGISTRY
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def requests_counted(endpoint: str, method: str = "GET") -> float:
    labels = {"endpoint": endpoint, "method": method}
    return REGISTRY.get_sample_value("api_requests_total", labels) or 0


@pytest.mark.parametrize("given", ["abc", "A.b_c-9", "x" * 64])
def test_a_valid_request_id_is_kept(client: Client, given: str) -> None:
    assert client.get("/health", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "<script>", "ñ"])
def test_any_other_request_id_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/health", headers={"X-Request-ID": given})

    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 32


def test_requests_are_counted_by_route(client: Client) -> None:
    before = requests_counted("/health")

    client.get("/health")

    assert requests_counted("/health") == before + 1


def test_unknown_paths_and_methods_share_one_label(client: Client) -> None:
    before = requests_counted("unmatched", "OTHER")

    for number in range(20):
        client.generic("BREW", f"/unknown/{number}")

    assert requests_counted("unmatched", "OTHER") == before + 20


def test_static_files_have_their_own_label(client: Client) -> None:
    unknown, static = requests_counted("unmatched"), requests_counted("static")

    client.get("/static/css/site.css")

    assert (requests_counted("unmatched"), requests_counted("static")) == (unknown, static + 1)


def test_a_request_is_logged_once_without_its_query(
    client: Client, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.LOG_FORMAT = "json"
    client.handler.load_middleware()

    client.get("/health?customer=4711")

    lines = [line for line in capfd.readouterr().err.splitlines() if "request.finished" in line]
    assert len(lines) == 1
    assert "4711" not in "".join(lines)
