import json
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import DjangoAssertNumQueries
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from churn.exceptions import ChurnError
from config import urls as project
from config.errors import STATUS_AND_CODE
from verses.exceptions import ReferenceInvalid, UpstreamUnavailable, VersesError

ERRORS: dict[str, Exception] = {
    "reference": ReferenceInvalid("not a reference", suggestions=["John 3:16"]),
    "upstream": UpstreamUnavailable("upstream is down", retry_after=7),
    "throttled": Throttled(wait=11.2),
    "nested": ValidationError({"records": [{"age": ["too young"]}], "name": ["missing"]}),
    "crash": KeyError("a customer's name"),
    "database": OperationalError("connection to server at db.test failed"),
}


class RaisingView(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]

    def post(self, request: Request, name: str) -> Response:
        return Response(request.data)


def crash(request: HttpRequest) -> HttpResponse:
    raise ERRORS["crash"]


handler404 = project.handler404
handler500 = project.handler500
urlpatterns = [
    path("api/raise/<name>", RaisingView.as_view()),
    path("raise/page", crash),
    *project.urlpatterns,
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.tests.test_errors")]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def all_subclasses(base: type[Exception]) -> set[type[Exception]]:
    found = set(base.__subclasses__())
    return found.union(*(all_subclasses(one) for one in found))


def test_every_app_error_has_a_status_and_code() -> None:
    assert all_subclasses(ChurnError) | all_subclasses(VersesError) == set(STATUS_AND_CODE)


def test_an_application_error_is_problem_details(client: Client) -> None:
    answer = client.get("/api/raise/reference", headers={"X-Request-ID": "abc-1"})

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "not a reference",
        "code": "reference_invalid",
        "request_id": "abc-1",
        "suggestions": ["John 3:16"],
    }


@pytest.mark.parametrize(
    ("name", "status", "seconds"),
    [("upstream", 503, "7"), ("throttled", 429, "12"), ("database", 503, "5")],
)
def test_a_temporary_error_has_retry_after(
    client: Client, name: str, status: int, seconds: str
) -> None:
    answer = client.get(f"/api/raise/{name}")

    assert (answer.status_code, answer["Retry-After"]) == (status, seconds)


def test_invalid_input_is_listed_field_by_field(client: Client) -> None:
    errors = client.get("/api/raise/nested").json()["errors"]

    assert errors == [
        {"field": "records.0.age", "detail": "too young"},
        {"field": "name", "detail": "missing"},
    ]


def test_an_internal_error_shows_no_details(client: Client) -> None:
    answer = client.get("/api/raise/crash")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "customer" not in answer.content.decode()


def test_a_database_error_is_logged_but_not_shown(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/api/raise/database")

    assert answer.json()["code"] == "database_unavailable"
    assert "db.test" not in answer.content.decode()
    assert "request.failed" in caplog.text


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_a_read_only_route_rejects_other_methods(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(path)

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["code"] == "method_not_allowed"


def test_json_nested_too_deeply_is_a_client_error(client: Client) -> None:
    body = "[" * 100_000 + "]" * 100_000

    answer = client.post("/api/raise/post", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_a_body_over_the_limit_is_rejected(client: Client) -> None:
    body = '"' + "x" * 3_000_000 + '"'

    answer = client.post("/api/raise/post", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large")


def test_a_form_with_too_many_fields_is_a_client_error(client: Client) -> None:
    answer = client.post("/api/raise/post", {f"field{number}": 1 for number in range(2000)})

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_an_unknown_api_path_is_problem_details(client: Client) -> None:
    answer = client.get("/api/nothing-here")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_unknown_page_is_a_page(client: Client) -> None:
    answer = client.get("/nothing-here")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_the_error_page_makes_no_database_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/raise/page")

    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()


def test_a_browser_sees_problems_in_the_browsable_page(client: Client) -> None:
    answer = client.get("/api/raise/reference", headers={"Accept": "text/html"})

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")


def test_a_body_that_is_not_json_is_problem_details(client: Client) -> None:
    answer = client.post("/api/raise/post", "{", content_type="application/json")

    problem: dict[str, Any] = json.loads(answer.content)
    assert (problem["status"], problem["code"]) == (400, "parse_error")
