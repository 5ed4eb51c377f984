from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from churn.models import Scoring, TrainingRun

READING = [
    ("/api/churn/datasets/", "view_dataset"),
    ("/api/churn/runs/", "view_trainingrun"),
    ("/api/churn/scorings/", "view_scoring"),
    ("/api/churn/predictions/", "view_prediction"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path, _ in READING])
def test_anonymous_user_cannot_read(path: str) -> None:
    answer = APIClient().get(path)

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(("path", "permission"), READING)
def test_reading_needs_the_view_permission(
    path: str, permission: str, make_user: Callable[..., Any]
) -> None:
    user = make_user(permission)
    client = APIClient()
    client.force_authenticate(user)

    assert client.get(path).status_code == 200
    refused = [client.get(other).status_code for other, _ in READING if other != path]
    assert refused == [403, 403, 403]


@pytest.mark.parametrize("action", ["promote", "cancel"])
def test_view_permission_does_not_allow_actions(
    action: str, champion: TrainingRun, make_user: Callable[..., Any]
) -> None:
    client = APIClient()
    client.force_authenticate(make_user("view_trainingrun"))

    answer = client.post(f"/api/churn/runs/{champion.pk}/{action}/")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_results_csv_needs_the_view_prediction_permission(
    scored: Scoring, make_user: Callable[..., Any]
) -> None:
    client = APIClient()
    client.force_authenticate(make_user("view_scoring"))

    refused = client.get(f"/api/churn/scorings/{scored.pk}/results.csv")
    shown = client.get(f"/api/churn/scorings/{scored.pk}/rejects.csv")

    assert (refused.status_code, shown.status_code) == (403, 200)
    shown.close()


def test_token_has_the_permissions_of_its_user(make_user: Callable[..., Any]) -> None:
    token = Token.objects.create(user=make_user("view_dataset"))

    answer = APIClient().get("/api/churn/datasets/", headers={"Authorization": f"Token {token}"})

    assert answer.status_code == 200
