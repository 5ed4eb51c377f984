"""Who deleted, promoted and downloaded what is in the audit table and in the log."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client

from churn.exceptions import StateConflict
from churn.models import Dataset, Promotion, Scoring, TrainingRun
from churn.services import datasets, registry

AuditEntry = apps.get_model("accounts", "AuditEntry")  # churn does not import the project
MakeRun = Callable[[], TrainingRun]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def entries() -> list[tuple[Any, ...]]:
    by_admin = AuditEntry.objects.filter(username="admin").order_by("pk")
    return list(by_admin.values_list("username", "action", "kind", "object_id"))


def test_a_download_is_recorded_with_its_request(admin_client: Client, scored: Scoring) -> None:
    answer = admin_client.get(
        f"/api/churn/scorings/{scored.pk}/results.csv", headers={"X-Request-ID": "abc-1"}
    )

    # The client closes the response at its end, and keeps the connection to the database.
    b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # of a streamed response
    entry = AuditEntry.objects.get(action="download")
    assert answer.status_code == 200
    assert entries() == [("admin", "download", "scoring", str(scored.pk))]
    assert (entry.detail, entry.request_id) == ("results.csv", "abc-1")


def test_promotion_and_roll_back_are_recorded(
    admin_client: Client, champion: TrainingRun, make_run: MakeRun
) -> None:
    other_run = make_run()
    admin_client.post(f"/api/churn/runs/{other_run.pk}/promote/")
    promotion = Promotion.objects.current().get()
    form = {"action": "roll_back", "_selected_action": [promotion.pk]}
    admin_client.post("/admin/churn/promotion/", form)

    assert entries()[-2:] == [
        ("admin", "promote", "trainingrun", str(other_run.pk)),
        ("admin", "roll_back", "trainingrun", str(other_run.pk)),
    ]


def test_a_deletion_is_recorded_and_outlives_its_user(
    admin_client: Client, scored: Scoring
) -> None:
    form = {"action": "erase", "_selected_action": [scored.pk]}
    admin_client.post("/admin/churn/scoring/", form)
    get_user_model().objects.filter(username="admin").delete()

    assert entries() == [("admin", "delete", "scoring", str(scored.pk))]


def test_what_was_refused_is_not_recorded(champion: TrainingRun) -> None:
    before = AuditEntry.objects.count()

    with pytest.raises(StateConflict):
        registry.promote(champion)
    with pytest.raises(StateConflict):
        datasets.delete_dataset(champion.dataset)

    assert AuditEntry.objects.count() == before


def test_nobody_changes_an_entry_in_the_admin(admin_client: Client, dataset: Dataset) -> None:
    datasets.delete_dataset(dataset)
    entry = AuditEntry.objects.get()

    assert admin_client.get("/admin/accounts/auditentry/").status_code == 200
    assert admin_client.get("/admin/accounts/auditentry/add/").status_code == 403
    page = f"/admin/accounts/auditentry/{entry.pk}/"
    assert admin_client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert AuditEntry.objects.count() == 1


def test_an_action_is_logged(dataset: Dataset, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        datasets.delete_dataset(dataset)

    (event,) = [
        record.msg
        for record in caplog.records
        if isinstance(record.msg, dict) and record.msg["event"] == "audit.recorded"
    ]
    assert (event["action"], event["kind"]) == ("delete", "dataset")
