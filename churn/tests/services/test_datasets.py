from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from churn.exceptions import FileUnreadable, NameTaken, SchemaInvalid, StateConflict
from churn.models import Dataset, TrainingRun
from churn.services import datasets
from churn.services.inputs import DatasetUpload
from churn.tests.conftest import PNG

pytestmark = pytest.mark.django_db


def stored_folders(media_root: Path) -> list[Path]:
    return sorted(media_root.glob("churn/datasets/*"))


def test_a_file_becomes_a_data_set_with_its_roles_counts_and_profile(dataset: Dataset) -> None:
    assert (dataset.name, dataset.shape, dataset.target) == ("labelled", "table", "churn")
    assert dataset.customer_id == "customer_id"
    assert (dataset.rows, dataset.accepted, dataset.customers) == (400, 400, 400)
    assert dataset.profile["target"]["churned"] > 0
    assert [column["name"] for column in dataset.columns] == ["tenure", "plan", "calls"]


def test_the_bytes_on_disk_are_those_that_came(dataset: Dataset, labelled: Path) -> None:
    assert Path(dataset.file.path).read_bytes() == labelled.read_bytes()
    assert dataset.size == labelled.stat().st_size


def test_a_second_file_of_the_same_name_is_numbered(dataset: Dataset, labelled: Path) -> None:
    with labelled.open("rb") as file:
        second = datasets.create_dataset(DatasetUpload(file=file, file_name="labelled.csv"))

    assert second.name == "labelled (2)"


def test_a_name_that_is_taken_is_refused_before_the_file_is_stored(
    dataset: Dataset, media_root: Path
) -> None:
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
def test_a_file_that_cannot_be_trained_from_is_refused_and_leaves_nothing(
    content: bytes, error: type[Exception], words: str, media_root: Path
) -> None:
    before = stored_folders(media_root)

    with pytest.raises(error, match=words):
        datasets.create_dataset(DatasetUpload(file=BytesIO(content), file_name="picture.csv"))

    assert not Dataset.objects.exists()
    assert stored_folders(media_root) == before


def test_a_target_that_is_named_must_be_a_column(labelled: Path) -> None:
    with labelled.open("rb") as file, pytest.raises(SchemaInvalid, match="left_us"):
        datasets.create_dataset(DatasetUpload(file=file, file_name="x.csv", target="left_us"))


def test_the_same_content_is_reused_where_that_is_asked_for(
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


def test_a_data_set_is_removed_with_its_files(dataset: Dataset) -> None:
    folder = Path(dataset.file.path).parent

    datasets.delete_dataset(dataset)

    assert not folder.exists()
    assert not Dataset.objects.exists()


def test_a_data_set_that_was_trained_on_stays(
    make_run: Callable[[], TrainingRun],
) -> None:
    run = make_run()

    with pytest.raises(StateConflict, match="lineage"):
        datasets.delete_dataset(run.dataset)

    assert default_storage.exists(run.dataset.file.name)
