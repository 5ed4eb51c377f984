from pathlib import Path

from django.test import Client

from churn.models import Dataset
from churn.tests.conftest import PNG, MakeUpload


def test_uploaded_file_becomes_a_dataset(browser: Client, labelled: Path) -> None:
    with labelled.open("rb") as file:
        answer = browser.post("/churn/datasets/", {"file": file, "name": "spring"})

    dataset = Dataset.objects.get()
    assert answer["Location"] == f"/churn/datasets/{dataset.pk}/"
    assert dataset.name == "spring"


def test_file_error_is_shown_at_its_field(browser: Client, upload: MakeUpload) -> None:
    answer = browser.post("/churn/datasets/", {"file": upload(PNG)})

    assert answer.status_code == 200
    assert "PNG" in str(answer.context["form"].errors["file"])
    assert not Dataset.objects.exists()


def test_remarks_use_the_language_of_the_page(browser: Client, dataset: Dataset) -> None:
    spanish = {"Accept-Language": "es-PY"}

    page = browser.get(f"/churn/datasets/{dataset.pk}/", headers=spanish).content.decode()

    assert "los clientes se identifican por <code>customer_id</code>" in page


def test_too_long_body_is_rejected_unread(browser: Client) -> None:
    answer = browser.post(
        "/churn/datasets/", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(10**12), follow=True,
    )  # fmt: skip

    assert "upload limit" in answer.content.decode()


def test_form_without_csrf_token_is_rejected(labelled: Path, analyst: object) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst)  # type: ignore[arg-type]

    with labelled.open("rb") as file:
        answer = client.post("/churn/datasets/", {"file": file})

    assert answer.status_code == 403
    assert not Dataset.objects.exists()
