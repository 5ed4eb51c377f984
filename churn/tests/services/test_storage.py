import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from churn.exceptions import UploadTooLarge
from churn.services import storage


def test_a_file_is_hashed_and_counted_as_it_is_stored() -> None:
    content = bytes(range(256)) * 9000
    name = f"{storage.new_folder('datasets')}/data"

    stored = storage.store(BytesIO(content), name)

    assert (stored.count, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert Path(default_storage.path(name)).read_bytes() == content


def test_nothing_is_left_of_a_file_that_is_too_large() -> None:
    name = f"{storage.new_folder('datasets')}/data"

    with pytest.raises(UploadTooLarge, match="upload limit of 1 MB"):
        storage.store(BytesIO(bytes(3 << 20)), name, limit=1 << 20)

    assert not default_storage.exists(name)


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
def test_a_files_name_is_shown_without_its_folder_and_without_signs_that_harm(
    given: str | None, shown: str
) -> None:
    assert storage.display_name(given) == shown


@pytest.mark.parametrize("stated", [None, "", "10", "not a number"])
def test_a_length_within_the_limit_or_unstated_is_let_pass(stated: str | None) -> None:
    storage.check_content_length(stated, 10)


def test_a_length_above_the_limit_is_refused_before_reading() -> None:
    with pytest.raises(UploadTooLarge):
        storage.check_content_length("11", 10)
