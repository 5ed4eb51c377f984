import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from churn.exceptions import UploadTooLarge
from churn.services import storage


def test_file_is_hashed_and_counted_while_stored() -> None:
    content = bytes(range(256)) * 9000
    with storage.new_folder("datasets") as folder:
        name = f"{folder}/data"
        stored = storage.store(BytesIO(content), name)

    assert (stored.count, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert Path(default_storage.path(name)).read_bytes() == content


def test_too_large_file_is_not_stored() -> None:
    with pytest.raises(UploadTooLarge, match="upload limit of 1 MB"):
        storage.store(BytesIO(bytes(3 << 20)), "churn/large", limit=1 << 20)

    assert not default_storage.exists("churn/large")


def test_new_folder_is_deleted_if_the_block_fails() -> None:
    folders: list[str] = []

    def fail() -> None:
        with storage.new_folder("datasets") as folder:
            folders.append(folder)
            storage.store(BytesIO(b"x"), f"{folder}/data")
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert not default_storage.exists(folders[0])


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("customers.csv", "customers.csv"),
        ("C:\\Users\\ana\\march.csv", "march.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n.csv", "ab.csv"),
        ("\udcff.csv", ".csv"),
        ("", "file"),
        ("   ", "file"),
        (None, "file"),
        ("x" * 300, "x" * 200),
    ],
)
def test_display_name_drops_folders_and_harmful_characters(given: str | None, shown: str) -> None:
    assert storage.display_name(given) == shown


@pytest.mark.parametrize("stated", [None, "", "10", "not a number"])
def test_length_within_limit_or_missing_passes(stated: str | None) -> None:
    storage.check_content_length(stated, 10)


def test_length_above_limit_is_rejected() -> None:
    with pytest.raises(UploadTooLarge):
        storage.check_content_length("11", 10)
