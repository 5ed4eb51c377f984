from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from churn.exceptions import FileUnreadable, NameTaken, SchemaInvalid, StateConflict
from churn.ml.options import ReadOptions
from churn.models import Dataset, TrainingRun
from churn.services import datasets
from churn.services.inputs import DatasetUpload
from churn.tests.conftest import PNG

pytestmark = pytest.mark.django_db


def stored_folders(media_root: Path) -> list[Path]:
    return sorted(media_root.glob("churn/datasets/*"))


def test_dataset_has_roles_counts_and_profile_of_its_file(dataset: Dataset) -> None:
    assert (dataset.name, dataset.shape, dataset.target) == ("labelled", "table", "churn")
    assert dataset.customer_id == "customer_id"
    assert (dataset.rows, dataset.accepted, dataset.customers) == (400, 400, 400)
    assert dataset.profile["target"]["churned"] > 0
    assert [column["name"] for column in dataset.columns] == ["tenure", "plan", "calls"]


def test_stored_bytes_equal_uploaded_bytes(dataset: Dataset, labelled: Path) -> None:
    assert Path(dataset.file.path).read_bytes() == labelled.read_bytes()
    assert dataset.size == labelled.stat().st_size


def test_second_file_of_same_name_gets_a_number(dataset: Dataset, labelled: Path) -> None:
    with labelled.open("rb") as file:
        second = datasets.create_dataset(DatasetUpload(file=file, file_name="labelled.csv"))

    assert second.name == "labelled (2)"


def test_taken_name_is_rejected_before_storing_the_file(dataset: Dataset, media_root: Path) -> None:
    before = stored_folders(media_root)

    with pytest.raises(NameTaken, match="labelled"):
        datasets.create_dataset(
            DatasetUpload(file=BytesIO(b"x"), file_name="x.csv", name="labelled")
        )

    assert stored_folders(media_root) == before


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (PNG, FileUnreadable, "PNG"),
        (b"", FileUnreadable, "empty"),
        (b"a,b,churn\n", FileUnreadable, "no rows"),
        (b"id,calls\n" + b"1,2\n" * 9, SchemaInvalid, "target"),
    ],
)
def test_invalid_file_is_rejected_and_not_stored(
    content: bytes, error: type[Exception], words: str, media_root: Path
) -> None:
    before = stored_folders(media_root)

    with pytest.raises(error, match=words):
        datasets.create_dataset(DatasetUpload(file=BytesIO(content), file_name="picture.csv"))

    assert not Dataset.objects.exists()
    assert stored_folders(media_root) == before


def test_named_target_must_be_a_column(labelled: Path) -> None:
    options = ReadOptions(target="left_us")

    with labelled.open("rb") as file, pytest.raises(SchemaInvalid, match="left_us"):
        datasets.create_dataset(DatasetUpload(file=file, file_name="x.csv", options=options))


def test_reuse_returns_the_identical_dataset(
    dataset: Dataset, labelled: Path, media_root: Path
) -> None:
    before = stored_folders(media_root)

    with labelled.open("rb") as file:
        again, customers = datasets.import_dataset(
            DatasetUpload(file=file, file_name="x"), reuse=True
        )

    assert again == dataset
    assert customers.counts.customers == 400
    assert stored_folders(media_root) == before


def test_deleting_a_dataset_deletes_its_files(dataset: Dataset) -> None:
    folder = Path(dataset.file.path).parent

    datasets.delete_dataset(dataset)

    assert not folder.exists()
    assert not Dataset.objects.exists()


def test_dataset_with_runs_cannot_be_deleted(
    make_run: Callable[[], TrainingRun],
) -> None:
    run = make_run()

    with pytest.raises(StateConflict, match="has training runs"):
        datasets.delete_dataset(run.dataset)

    assert default_storage.exists(run.dataset.file.name)
