"""Fixtures: a small file of customers, a run trained on it once per session, and users."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils.translation import override
from pytest_django import Settings

from churn.ml.progress import no_progress
from churn.models import Dataset, Scoring, Status, TrainingRun
from churn.services import datasets, registry, scorings, storage
from churn.services.inputs import DatasetUpload, ScoringUpload, SourceSpec

COLUMNS = ["customer_id", "tenure", "plan", "calls", "churn"]
MakeUpload: TypeAlias = Callable[[bytes], SimpleUploadedFile]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def customer_rows(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Return customers; those with short tenure and many calls tend to churn."""
    random = Random(seed)  # noqa: S311  test data, no secret
    rows = []
    for number in range(count):
        tenure, calls = random.randint(1, 60), random.randint(0, 9)
        leaves = random.random() < (0.85 if tenure < 20 and calls > 3 else 0.15)
        rows.append(
            {
                "customer_id": f"C{number:04}",
                "tenure": str(tenure),
                "plan": random.choice(["basic", "plus"]),
                "calls": str(calls),
                "churn": "yes" if leaves else "no",
            }
        )
    return rows


def write_rows(path: Path, rows: list[dict[str, str]], columns: list[str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def media_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def media(settings: Settings, media_root: Path) -> None:
    settings.MEDIA_ROOT = media_root


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Deactivate the language that a request in the test leaves active."""
    with override("en"):
        yield


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 customers with known outcomes."""
    path = tmp_path_factory.mktemp("data") / "labelled.csv"
    return write_rows(path, customer_rows(400), COLUMNS)


@pytest.fixture(scope="session")
def unlabelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 customers to score; lines 5 and 9 of the file are invalid."""
    rows = customer_rows(60, seed=1)
    rows[3]["tenure"] = "long"
    rows[7]["customer_id"] = ""
    return write_rows(tmp_path_factory.mktemp("data") / "unlabelled.csv", rows, COLUMNS[:-1])


@pytest.fixture(scope="session")
def learned(media_root: Path, labelled: Path) -> dict[str, Any]:
    """Train a run on `labelled`; return the fields of its row."""
    from churn.services.work import inspection, training  # noqa: PLC0415  only these tests need them

    customers = inspection.read_labelled(SourceSpec(labelled))
    with override_settings(MEDIA_ROOT=media_root):
        run = TrainingRun(algorithm=TrainingRun.Algorithm.XGBOOST)
        return dict(training.run_training(run, customers, no_progress))


@pytest.fixture(scope="session")
def imported() -> dict[str, Any]:
    """Keep the fields of the data set made of `labelled`: reading it takes .1 s."""
    return {}


@pytest.fixture
def dataset(db: None, labelled: Path, imported: dict[str, Any]) -> Dataset:
    """Create the data set of `labelled`: the first time from the file, then from its fields."""
    with labelled.open("rb") as file:
        if imported:
            with storage.new_folder("datasets") as folder:
                storage.store(file, f"{folder}/data")
                return Dataset.objects.create(**imported | {"file": f"{folder}/data"})
        created = datasets.create_dataset(DatasetUpload(file=file, file_name="labelled.csv"))
    imported.update(Dataset.objects.values().get(pk=created.pk))
    for own in ("id", "created_at"):
        del imported[own]
    created.refresh_from_db()
    return created


@pytest.fixture
def make_run(dataset: Dataset, learned: dict[str, Any]) -> Callable[[], TrainingRun]:
    """Return a factory of succeeded runs."""

    def make() -> TrainingRun:
        return TrainingRun.objects.create(
            dataset=dataset,
            data_sha256=dataset.sha256,
            algorithm=TrainingRun.Algorithm.XGBOOST,
            status=Status.SUCCEEDED,
            progress=1.0,
            finished_at=dataset.created_at,
            **learned,
        )

    return make


@pytest.fixture
def champion(make_run: Callable[[], TrainingRun]) -> TrainingRun:
    run = make_run()
    registry.promote(run)
    return run


@pytest.fixture
def queued(champion: TrainingRun, unlabelled: Path) -> Scoring:
    """Create a queued scoring of `unlabelled`."""
    with unlabelled.open("rb") as file:
        return scorings.create_scoring(ScoringUpload(file=file, file_name="unlabelled.csv"))


@pytest.fixture
def scored(queued: Scoring) -> Scoring:
    from churn.services.work.scoring import execute_scoring  # noqa: PLC0415  as above

    execute_scoring(queued)
    return queued


@pytest.fixture
def make_user(db: None, django_user_model: Any) -> Callable[..., Any]:
    """Return a factory of users with permissions of churn, such as view_scoring."""

    def make(*codenames: str) -> Any:
        user = django_user_model.objects.create_user("ana", password="a long enough one")
        permissions = Permission.objects.filter(
            content_type__app_label="churn", codename__in=codenames
        )
        user.user_permissions.set(permissions)
        return user

    return make


@pytest.fixture
def analyst(make_user: Callable[..., Any]) -> Any:
    """Create a user with every permission of churn, but no superuser."""
    permissions = Permission.objects.filter(content_type__app_label="churn")
    return make_user(*permissions.values_list("codename", flat=True))


@pytest.fixture
def browser(client: Client, analyst: Any) -> Client:
    """Log the test client in as `analyst`."""
    client.force_login(analyst)
    return client


@pytest.fixture
def upload() -> MakeUpload:
    def make(content: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("customers.csv", content)

    return make
