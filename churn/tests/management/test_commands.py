import csv
import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from churn.models import Dataset, Scoring, Status, TrainingRun
from churn.services import registry
from churn.tests.conftest import PNG

pytestmark = pytest.mark.slow

Run = Callable[..., str]


@pytest.fixture
def run(db: None) -> Run:
    """Call a command and return its output."""

    def call(name: str, *arguments: Any, **options: Any) -> str:
        output = StringIO()
        call_command(name, *map(str, arguments), stdout=output, **options)
        return output.getvalue()

    return call


@pytest.fixture
def sample(run: Run, tmp_path: Path) -> tuple[Path, Path]:
    """Write 1,500 records and their zones."""
    run("make_churn_sample", "--rows", 1500, "--output", tmp_path / "sample", "--seed", 3)
    names = ("dataset_churn_challenge.csv", "dataset_churn_zona_challenge.csv")
    return tmp_path / "sample" / names[0], tmp_path / "sample" / names[1]


def train(run: Run, path: Path, *arguments: Any) -> str:
    return run("train_churn", "--records", path, "--algorithm", "xgboost", *arguments)


def test_same_seed_writes_the_same_sample(run: Run, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        run("make_churn_sample", "--rows", 300, "--output", tmp_path / folder, "--seed", 5)

    one, two = (sorted((tmp_path / folder).iterdir()) for folder in ("one", "two"))
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in two]


def test_records_train_a_champion_that_scores_records(
    run: Run, sample: tuple[Path, Path], tmp_path: Path
) -> None:
    records, zones = sample

    trained = train(run, records, "--zones", zones, "--promote", "--output", tmp_path / "out")
    scored = run("score_churn", records, "--output", tmp_path / "s.csv",
                 "--rejects", tmp_path / "r.csv")  # fmt: skip

    assert "several rows per customer" in trained
    assert "Target: churn; customer: cliente_id" in trained
    assert "is the champion now" in trained
    done = Scoring.objects.get()
    assert f"1,500 rows = {done.accepted:,} accepted + {done.rejected} rejected" in scored
    assert len((tmp_path / "s.csv").read_text().splitlines()) == (done.customers or 0) + 1
    with (tmp_path / "r.csv").open(newline="") as rejects:  # a cell may have line breaks
        assert len(list(csv.reader(rejects))) == (done.rejected or 0) + 1


def test_output_folder_has_all_artifacts(run: Run, labelled: Path, tmp_path: Path) -> None:
    train(run, labelled, "--output", tmp_path / "out")

    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {
        "metrics.json", "metrics.csv", "predictions.csv", "feature_importance.csv",
        "report.html", "model", "run.log", "correlation_matrix.png", "roc.png",
        "precision_recall.png", "calibration.png", "lift.png", "shap_summary.png",
    }  # fmt: skip
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["roc_auc"] > 0.6
    assert not list((tmp_path / "out" / "model").glob("*.p*k*l*"))


def test_run_from_another_folder_writes_the_same_bytes(
    run: Run, sample: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records, zones = sample
    for name in ("one", "two"):
        (tmp_path / f"in {name}").mkdir()
        monkeypatch.chdir(tmp_path / f"in {name}")
        train(run, records, "--zones", zones, "--output", tmp_path / name)

    for file in ("metrics.json", "predictions.csv", "feature_importance.csv", "report.html"):
        first, second = ((tmp_path / name / file).read_bytes() for name in ("one", "two"))
        assert first == second, file
    assert TrainingRun.objects.succeeded().values("model_sha256").distinct().count() == 1


def test_inferred_roles_are_reported_and_one_file_is_reused(run: Run, labelled: Path) -> None:
    inferred = train(run, labelled, "--queue")
    named = train(run, labelled, "--target", "churn", "--customer-id", "customer_id", "--queue")

    assert "inferred from its name and values" in inferred
    assert "inferred" not in named
    assert (Dataset.objects.count(), TrainingRun.objects.count()) == (1, 2)


def test_stored_dataset_is_trained_on_by_name(run: Run, dataset: Dataset) -> None:
    run("train_churn", "--dataset", dataset.name, "--algorithm", "xgboost", "--queue")

    assert TrainingRun.objects.get().dataset == dataset


def test_queue_option_lets_a_worker_train(
    run: Run,
    labelled: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        output = train(run, labelled, "--queue")
        assert TrainingRun.objects.get().status == Status.QUEUED

    assert "queued" in output
    assert TrainingRun.objects.get().status == Status.SUCCEEDED


def test_local_file_may_exceed_the_upload_limit(
    run: Run, labelled: Path, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 10

    train(run, labelled, "--queue")

    assert Dataset.objects.get().rows == 400


def test_failure_is_one_line_with_file_and_reason(run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "picture.csv"
    picture.write_bytes(PNG)

    with pytest.raises(CommandError) as failure:
        train(run, picture)

    assert failure.value.returncode == 1
    assert str(failure.value).startswith(f"{picture}: ")
    assert "PNG" in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train_churn", "--records", "nowhere.csv"], "nowhere.csv: there is no such file"),
        (["train_churn", "--dataset", "nothing"], "nothing: data set not found"),
        (["score_churn", "nowhere.csv", "--output", "x"], "nowhere.csv: there is no such file"),
        (["score_churn", __file__, "--output", "x"], "There is no champion yet"),
        (["score_churn", __file__, "--output", "x", "--run", "9"], "there is no run 9"),
    ],
)
def test_missing_object_is_named(run: Run, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as failure:
        run(*arguments)

    assert failure.value.returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["train_churn"],
        ["train_churn", "--dataset", "x", "--queue", "--promote"],
        ["train_churn", "--dataset", "x", "--queue", "--output", "y"],
    ],
)
def test_wrong_usage_has_return_code_two(run: Run, arguments: list[str]) -> None:
    with pytest.raises(CommandError) as failure:
        run(*arguments)

    assert failure.value.returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["train_churn", "--records", "x.csv", "--min-precision", "1.5"],
        ["train_churn", "--records", "x.csv", "--algorithm", "magic"],
        ["make_churn_sample", "--rows", "-1", "--output", "x"],
        ["score_churn"],
    ],
)
def test_wrong_usage_exits_with_two(arguments: list[str]) -> None:
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "manage.py", *arguments, "--settings", "config.settings.test"]

    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603

    assert (ended.returncode, "error:" in ended.stderr) == (2, True)


def test_demonstration_is_loaded_and_promoted_once(run: Run) -> None:
    first = run("load_demonstration")
    second = run("load_demonstration")

    champion = registry.champion()
    assert champion.dataset.name == "Telco demonstration"
    assert champion.metrics["roc_auc"] > 0.83
    assert "Training a first model" in first
    assert "already" in second
    assert TrainingRun.objects.count() == 1


def test_failed_run_fails_the_command_with_its_reason(run: Run, labelled: Path) -> None:
    with pytest.raises(CommandError, match="Dask"):
        train(run, labelled, "--engine", "dask")

    assert TrainingRun.objects.get().status == Status.FAILED


@pytest.mark.usefixtures("champion")
@pytest.mark.parametrize(
    ("name", "option", "where"),
    [
        ("score_churn", "--output", "a folder"),
        ("score_churn", "--output", "a file/scored.csv"),
        ("score_churn", "--rejects", "a folder"),
        ("train_churn", "--output", "a file"),
        ("train_churn", "--output", "a file/artifacts"),
    ],
)
def test_unwritable_output_is_rejected_before_the_work(
    run: Run, tmp_path: Path, name: str, option: str, where: str
) -> None:
    (tmp_path / "a folder").mkdir()
    table = tmp_path / "a file"
    table.write_text("customer_id,tenure,plan,calls,churn\nC1,1,basic,2,no\n")
    given = (
        [table, "--output", tmp_path / "s.csv"] if name == "score_churn" else ["--records", table]
    )

    with pytest.raises(CommandError, match=where) as refusal:
        run(name, *given, option, tmp_path / where)

    assert refusal.value.returncode == 1
    assert not Scoring.objects.exists()


def test_input_file_is_never_overwritten(
    run: Run, champion: TrainingRun, unlabelled: Path, tmp_path: Path
) -> None:
    before, other = unlabelled.read_bytes(), tmp_path / "both.csv"

    for output, rejects in ((unlabelled, other), (other, unlabelled), (other, other)):
        with pytest.raises(CommandError, match="named twice") as refusal:
            run("score_churn", unlabelled, "--output", output, "--rejects", rejects)
        assert refusal.value.returncode == 2

    assert unlabelled.read_bytes() == before


@pytest.mark.parametrize(("option", "value"), [("--seed", 2**31), ("--trials", 1001)])
def test_out_of_range_numbers_are_wrong_usage(
    run: Run, labelled: Path, option: str, value: int
) -> None:
    with pytest.raises(CommandError, match=f"argument {option}: invalid"):
        train(run, labelled, option, value)


def test_missing_engine_fails_the_command(
    run: Run, champion: TrainingRun, unlabelled: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="Dask engine is not installed"):
        run("score_churn", unlabelled, "--output", tmp_path / "s.csv", "--engine", "dask")
