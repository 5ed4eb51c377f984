import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from churn.exceptions import FileUnreadable, SchemaInvalid, UploadTooLarge
from churn.ml.options import ReadOptions
from churn.models import Dataset, Scoring, TrainingRun
from churn.services import datasets, scorings
from churn.services.inputs import DatasetUpload, ScoringUpload
from churn.services.work.scoring import execute_scoring
from churn.tests.ml.workbooks import workbook_bytes

pytestmark = pytest.mark.django_db
Pack = Callable[[bytes], bytes]


def as_zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._customers.csv", b"x")
        archive.writestr("customers.csv", content)
    return packed.getvalue()


def as_workbook(content: bytes) -> bytes:
    frame = pl.read_csv(content, infer_schema_length=None)
    return workbook_bytes([frame.columns, *frame.rows()])


@pytest.fixture(params=[gzip.compress, as_zip, as_workbook], ids=["gzip", "zip", "xlsx"])
def pack(request: pytest.FixtureRequest) -> Pack:
    function: Pack = request.param
    return function


def create(content: bytes, name: str = "data.csv") -> Dataset:
    return datasets.create_dataset(DatasetUpload(file=io.BytesIO(content), file_name=name))


def test_a_packed_data_set_is_that_of_its_table(
    dataset: Dataset, labelled: Path, pack: Pack
) -> None:
    packed = create(pack(labelled.read_bytes()))
    packed.refresh_from_db()  # JSON has no tuples

    for field in ("rows", "accepted", "rejected", "customers", "target", "customer_id"):
        assert getattr(packed, field) == getattr(dataset, field)
    assert packed.columns == dataset.columns
    assert packed.profile["target"] == dataset.profile["target"]


def test_only_the_table_of_a_container_stays_stored(labelled: Path, pack: Pack) -> None:
    packed = create(pack(labelled.read_bytes()))

    folder = Path(packed.file.path).parent
    assert [one.name for one in folder.iterdir()] == ["data"]
    assert Path(packed.file.path).read_bytes()[:11] == b"customer_id"
    assert Path(packed.file.path).stat().st_mode & 0o777 == 0o600


def test_the_sheet_that_was_read_is_reported(labelled: Path) -> None:
    packed = create(as_workbook(labelled.read_bytes()))

    texts = [str(note["text"]["msgid"]) for note in packed.schema["notes"]]
    assert texts[0] == "the sheet read is `{sheet}`"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (gzip.compress(b"\0" * (2 << 20)), UploadTooLarge),
        (as_zip(b"\0" * (2 << 20)), UploadTooLarge),
        (gzip.compress(b"a,b\n1,2\n")[:-4], FileUnreadable),
        (as_zip(as_zip(b"a,b\n1,2\n")), FileUnreadable),
    ],
)
def test_a_refused_container_leaves_no_file(
    settings: Settings, media_root: Path, content: bytes, error: type[Exception]
) -> None:
    settings.MAX_UNPACKED_BYTES = 1 << 20
    (media_root / "churn" / "datasets").mkdir(parents=True, exist_ok=True)
    before = sorted(media_root.rglob("*"))

    with pytest.raises(error):
        create(content)

    assert sorted(media_root.rglob("*")) == before


def test_a_packed_file_has_the_scores_of_its_table(
    champion: TrainingRun, unlabelled: Path, pack: Pack
) -> None:
    def score(content: bytes) -> tuple[Scoring, dict[str, float]]:
        upload = ScoringUpload(file=io.BytesIO(content), file_name="customers")
        scoring = scorings.create_scoring(upload)
        execute_scoring(scoring)
        return scoring, dict(scoring.predictions.values_list("customer_id", "probability"))

    _, plain = score(unlabelled.read_bytes())
    scoring, packed = score(pack(unlabelled.read_bytes()))

    assert packed == plain
    folder = Path(scoring.file.path).parent
    assert {one.name for one in folder.iterdir()} == {"input", "results.csv", "rejects.csv"}


def test_a_command_scores_a_packed_file_and_locates_rejects(
    champion: TrainingRun, unlabelled: Path, pack: Pack, tmp_path: Path
) -> None:
    lines = unlabelled.read_text().splitlines(keepends=True)
    packed = tmp_path / "customers.bin"
    packed.write_bytes(pack("".join([*lines[:4], lines[1], *lines[4:]]).encode()))
    output, rejects = tmp_path / "out.csv", tmp_path / "rejects.csv"

    call_command("score_churn", str(packed), output=output, rejects=rejects)

    assert pl.read_csv(rejects)["line"].to_list() == [5, 6, 10]
    assert pl.read_csv(rejects, infer_schema=False).row(0)[0] == lines[1].split(",")[0]
    assert pl.read_csv(output).height == len(lines) - 3
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "customers.bin", "out.csv", "rejects.csv"
    ]  # fmt: skip


def test_the_api_accepts_a_packed_data_set_and_scoring(
    browser: Client, champion: TrainingRun, labelled: Path, unlabelled: Path, pack: Pack
) -> None:
    data = SimpleUploadedFile("d.bin", pack(labelled.read_bytes()))
    customers = SimpleUploadedFile("c.bin", pack(unlabelled.read_bytes()))

    created = browser.post("/api/churn/datasets/", {"file": data}, format="multipart")
    scoring = browser.post("/api/churn/scorings/", {"file": customers}, format="multipart")

    assert (created.status_code, created.json()["rows"]) == (201, 400)
    assert scoring.status_code == 202


def test_a_bomb_is_too_large_for_the_api(browser: Client, settings: Settings) -> None:
    settings.MAX_UNPACKED_BYTES = 1 << 20
    bomb = SimpleUploadedFile("d.csv", gzip.compress(b"\0" * (3 << 20)))

    refused = browser.post("/api/churn/datasets/", {"file": bomb}, format="multipart")

    assert refused.status_code == 413
    assert refused.json()["code"] == "upload_too_large"


def test_the_page_accepts_a_packed_data_set(browser: Client, labelled: Path, pack: Pack) -> None:
    data = SimpleUploadedFile("d.bin", pack(labelled.read_bytes()))

    assert 'accept=".csv,' in browser.get("/churn/datasets/").content.decode()
    assert browser.post("/churn/datasets/", {"file": data}).status_code == 302
    assert Dataset.objects.filter(name="d").exists()


@pytest.mark.parametrize("title", ["Report\n", 'The "quoted\n"title", never closed\n\n'])
def test_rejects_below_title_lines_have_their_lines_and_rows(
    champion: TrainingRun, unlabelled: Path, tmp_path: Path, title: str
) -> None:
    lines = unlabelled.read_text().splitlines(keepends=True)
    path, rejects = tmp_path / "titled.csv", tmp_path / "rejects.csv"
    path.write_text(title + "".join(lines))

    call_command("score_churn", str(path), output=tmp_path / "out.csv", rejects=rejects)

    rows = pl.read_csv(rejects, infer_schema=False)
    assert rows.height > 0
    for row in rows.iter_rows(named=True):
        cells = path.read_text().splitlines()[int(row["line"]) - 1].split(",")
        assert [row[name] or "" for name in lines[0].strip().split(",")] == cells


def test_a_file_without_header_is_scored_only_with_one(
    champion: TrainingRun, unlabelled: Path
) -> None:
    lines = unlabelled.read_bytes().splitlines(keepends=True)

    with pytest.raises(SchemaInvalid, match="first line looks like data; add the header"):
        scorings.create_scoring(
            ScoringUpload(file=io.BytesIO(b"".join(lines[1:])), file_name="bare.csv")
        )


def test_a_data_set_without_header_needs_its_target(labelled: Path) -> None:
    bare = b"".join(labelled.read_bytes().splitlines(keepends=True)[1:])

    with pytest.raises(SchemaInvalid, match=r"called `column_1`, .* Specify the target"):
        create(bare)
    options = ReadOptions(target="column_5", customer_id="column_1")
    upload = DatasetUpload(file=io.BytesIO(bare), file_name="bare.csv", options=options)
    assert datasets.create_dataset(upload).rows == 400
