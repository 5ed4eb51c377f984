from pathlib import Path

import pytest
from rest_framework.test import APIClient

from churn.models import Dataset
from churn.tests.conftest import PNG, MakeUpload


def test_upload_is_stored_hashed_and_profiled(api: APIClient, labelled: Path) -> None:
    with labelled.open("rb") as file:
        answer = api.post(
            "/api/churn/datasets/", {"file": file, "name": "spring"}, format="multipart"
        )

    body = answer.json()
    assert answer.status_code == 201
    assert (body["name"], body["rows"], body["rejected"]) == ("spring", 400, 0)
    assert len(body["sha256"]) == 64
    assert Dataset.objects.get().created_by is not None
    profile = api.get(f"/api/churn/datasets/{body['id']}/profile/").json()
    assert profile["target"]["churned"] + profile["target"]["stayed"] == 400


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (PNG, "file_unreadable", "PNG"),
        (b"id,calls\n1,2\n3,4\n", "schema_invalid", "target"),
    ],
)
def test_invalid_file_is_rejected_with_the_reason(
    api: APIClient, upload: MakeUpload, content: bytes, code: str, words: str
) -> None:
    answer = api.post("/api/churn/datasets/", {"file": upload(content)}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert words in answer.json()["detail"]


def test_schema_notes_use_the_language_of_the_request(api: APIClient, upload: MakeUpload) -> None:
    rows = b"".join(b"%d;%d;%d\n" % (n, n % 7, n % 2) for n in range(50))
    form = {"file": upload(b"id;calls;churn\n" + rows)}
    spanish = {"Accept-Language": "es"}

    body = api.post("/api/churn/datasets/", form, format="multipart", headers=spanish).json()
    english = api.get(f"/api/churn/datasets/{body['id']}/").json()

    assert body["schema"]["notes"][0]["text"] == "las columnas están separadas por punto y coma"
    assert english["schema"]["notes"][0]["text"] == "columns are separated by semicolons"


def test_empty_file_is_an_error_of_its_field(api: APIClient, upload: MakeUpload) -> None:
    answer = api.post("/api/churn/datasets/", {"file": upload(b"")}, format="multipart")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"


def test_taken_name_is_a_conflict(api: APIClient, dataset: Dataset, upload: MakeUpload) -> None:
    form = {"file": upload(b"x"), "name": dataset.name}

    answer = api.post("/api/churn/datasets/", form, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


def test_too_long_body_is_rejected_unread(api: APIClient) -> None:
    answer = api.post(
        "/api/churn/datasets/", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(10**12),
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


def test_findings_use_the_language_of_the_request(api: APIClient, upload: MakeUpload) -> None:
    rows = b"".join(b"%d,%d,%d\n" % (n, n % 7, n % 2) for n in range(50))
    content = b"id,calls,churn\n" + rows + b"99,many,1\n"
    spanish = {"Accept-Language": "es"}

    answer = api.post(
        "/api/churn/datasets/", {"file": upload(content)}, format="multipart", headers=spanish
    )

    [rejected] = answer.json()["rejects"]
    assert (rejected["lines"], rejected["text"]) == ([52], "no es un número")


def test_list_omits_the_large_fields(api: APIClient, dataset: Dataset) -> None:
    [listed] = api.get("/api/churn/datasets/").json()["results"]

    assert listed["name"] == dataset.name
    assert "schema" not in listed
