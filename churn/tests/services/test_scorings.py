import csv
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.utils.translation import override

from churn.exceptions import (
    ArtifactMissing,
    FileUnreadable,
    NoChampion,
    SchemaInvalid,
    StateConflict,
)
from churn.models import Dataset, Scoring, Status, TrainingRun
from churn.services import runs, scorings
from churn.services.inputs import ScoringPaths, ScoringUpload
from churn.services.work import scoring
from churn.services.work.scoring import execute_scoring, score_now
from churn.tests.conftest import PNG, customer_rows, write_rows


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_row_counts_add_up(scored: Scoring) -> None:
    assert (scored.status, scored.failure) == (Status.SUCCEEDED, "")
    assert (scored.rows, scored.accepted, scored.rejected) == (60, 58, 2)
    assert scored.customers == scored.predictions.count() == 58
    assert sum(row["customers"] for row in scored.deciles) == 58


def test_results_have_every_customer_with_reasons(scored: Scoring) -> None:
    rows = rows_of(scorings.results_path(scored))

    assert list(rows[0]) == [
        "customer_id", "probability", "churn", "decile", "reason_1", "reason_2", "reason_3",
    ]  # fmt: skip
    assert len(rows) == 58
    assert all("the risk" in row["reason_1"] for row in rows)


def test_rejects_have_line_and_reason(scored: Scoring) -> None:
    rows = rows_of(scorings.rejects_path(scored))

    assert [(row["line"], row["column"]) for row in rows] == [("5", "tenure"), ("9", "customer_id")]
    assert rows[0]["reason"] == "not a number"


def test_a_prediction_stores_reason_codes(scored: Scoring) -> None:
    riskiest = scored.predictions.riskiest_first().first()

    assert riskiest is not None
    assert riskiest.decile == 1
    assert {tuple(reason) for reason in riskiest.reasons} == {
        ("feature", "value", "direction", "contribution", "unit")
    }


def test_repeated_attempt_stores_each_prediction_once(scored: Scoring) -> None:
    Scoring.objects.filter(pk=scored.pk).update(status=Status.QUEUED)

    execute_scoring(scored)

    assert scored.status == Status.SUCCEEDED
    assert scored.predictions.count() == 58


def test_replaced_attempt_keeps_predictions_of_the_new_one(
    queued: Scoring,
) -> None:
    def take_over(stage: str, fraction: float) -> None:
        if stage == "saving predictions" and queued.attempts == 1:
            Scoring.objects.filter(pk=queued.pk).update(status=Status.QUEUED, owner="")
            other = Scoring.objects.get(pk=queued.pk)
            execute_scoring(other)
            assert other.status == Status.SUCCEEDED

    execute_scoring(queued, on_progress=take_over)

    assert (queued.status, queued.attempts) == (Status.SUCCEEDED, 2)
    assert queued.predictions.count() == 58


def test_replaced_attempt_writes_no_more_predictions(
    queued: Scoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "_BATCH_ROWS", 10)

    def take_over(stage: str, fraction: float) -> None:
        if stage == "saving predictions" and queued.predictions.count() == 10:
            Scoring.objects.filter(pk=queued.pk).update(owner="elsewhere:1:1", attempts=2)
            queued.predictions.all().delete()

    execute_scoring(queued, on_progress=take_over)

    assert queued.owner == "elsewhere:1:1"
    assert queued.predictions.count() == 0


def test_cancelled_scoring_has_no_predictions(queued: Scoring) -> None:
    def cancel(stage: str, fraction: float) -> None:
        if stage == "saving predictions" and not queued.cancel_requested:
            scorings.cancel_scoring(queued)

    execute_scoring(queued, on_progress=cancel)

    assert queued.status == Status.CANCELLED
    assert queued.predictions.count() == 0
    with pytest.raises(ArtifactMissing):
        scorings.results_path(queued)


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (PNG, FileUnreadable, "PNG"),
        (b"", FileUnreadable, "empty"),
        (b"customer_id,tenure,plan\nC1,3,plus\n", SchemaInvalid, "`calls`"),
    ],
)
def test_invalid_file_is_rejected_and_not_stored(
    champion: TrainingRun, media_root: Path, content: bytes, error: type[Exception], words: str
) -> None:
    before = sorted(media_root.glob("churn/scorings/*"))

    with pytest.raises(error, match=words):
        scorings.create_scoring(ScoringUpload(file=BytesIO(content), file_name="customers.csv"))

    assert not Scoring.objects.exists()
    assert sorted(media_root.glob("churn/scorings/*")) == before


def test_invalid_zones_file_is_rejected_by_name(
    champion: TrainingRun, unlabelled: Path, media_root: Path
) -> None:
    before = sorted(media_root.glob("churn/scorings/*"))

    with unlabelled.open("rb") as file, pytest.raises(FileUnreadable, match=r"Zones file: .* PNG"):
        scorings.create_scoring(
            ScoringUpload(file=file, file_name="u.csv", zones_file=BytesIO(PNG))
        )

    assert sorted(media_root.glob("churn/scorings/*")) == before


def test_table_model_rejects_service_records(champion: TrainingRun) -> None:
    header = (
        b"cliente_id,segmento_cliente,tipo_asistencia,coordenadas_sucursal,"
        b"inicio_atencion_utc,fin_atencion,puntos_de_loyalty,edad\n"
    )
    row = b"1,A1,consulta,,2022-01-01 10:00:00,2022-01-01 07:10:00,10.0,33\n"

    with pytest.raises(SchemaInvalid, match="one row per customer"):
        scorings.create_scoring(ScoringUpload(file=BytesIO(header + row), file_name="r.csv"))


def test_scoring_without_champion_needs_a_run(
    make_run: Callable[[], TrainingRun], unlabelled: Path
) -> None:
    run = make_run()

    with unlabelled.open("rb") as file:
        with pytest.raises(NoChampion):
            scorings.create_scoring(ScoringUpload(file=file, file_name="u.csv"))
        named = scorings.create_scoring(ScoringUpload(file=file, file_name="u.csv", run=run))

    assert named.run == run


def test_run_without_model_cannot_score(dataset: Dataset, unlabelled: Path) -> None:
    run = runs.create_run(dataset)

    with unlabelled.open("rb") as file, pytest.raises(StateConflict):
        scorings.create_scoring(ScoringUpload(file=file, file_name="u.csv", run=run))


def test_formula_identifier_is_stored_raw_and_exported_escaped(
    champion: TrainingRun, tmp_path: Path
) -> None:
    rows = customer_rows(3)
    rows[1]["customer_id"] = "=HYPERLINK(1)"
    path = write_rows(tmp_path / "risky.csv", rows, ["customer_id", "tenure", "plan", "calls"])
    with path.open("rb") as file:
        queued = scorings.create_scoring(ScoringUpload(file=file, file_name="risky.csv"))

    execute_scoring(queued)

    assert queued.predictions.filter(customer_id="=HYPERLINK(1)").exists()
    names = {row["customer_id"] for row in rows_of(scorings.results_path(queued))}
    assert "'=HYPERLINK(1)" in names


def test_too_long_identifier_fails_with_its_column_name(
    champion: TrainingRun, tmp_path: Path
) -> None:
    rows = customer_rows(3)
    rows[1]["customer_id"] = "x" * 201
    path = write_rows(tmp_path / "long.csv", rows, ["customer_id", "tenure", "plan", "calls"])
    with path.open("rb") as file:
        queued = scorings.create_scoring(ScoringUpload(file=file, file_name="long.csv"))

    execute_scoring(queued)

    assert queued.status == Status.FAILED
    assert "`customer_id`" in queued.failure


def test_failure_uses_the_language_of_the_upload(champion: TrainingRun, tmp_path: Path) -> None:
    rows = customer_rows(3)
    for row in rows:
        row["tenure"] = "long"
    path = write_rows(tmp_path / "words.csv", rows, ["customer_id", "tenure", "plan", "calls"])
    with path.open("rb") as file:
        upload = ScoringUpload(file=file, file_name="words.csv", language="es")
        queued = scorings.create_scoring(upload)

    execute_scoring(queued)

    assert queued.failure == (
        "Ninguna de las 3 filas es válida (línea 2, columna `tenure`: no es un número);"
        " corrija el archivo o indique sus columnas."
    )


def test_local_file_is_scored_into_another(
    champion: TrainingRun, unlabelled: Path, tmp_path: Path
) -> None:
    order = ScoringPaths(
        unlabelled, tmp_path / "out.csv", rejects=tmp_path / "rejects.csv", language="es"
    )

    done = score_now(champion, order)

    assert (done.status, done.rows, done.rejected) == (Status.SUCCEEDED, 60, 2)
    assert len(rows_of(tmp_path / "out.csv")) == 58
    assert rows_of(tmp_path / "rejects.csv")[0]["reason"] == "no es un número"
    assert done.predictions.count() == 0


def test_foreground_scoring_has_no_stored_files(
    champion: TrainingRun, unlabelled: Path, tmp_path: Path
) -> None:
    done = score_now(champion, ScoringPaths(unlabelled, tmp_path / "out.csv"))

    with pytest.raises(ArtifactMissing):
        scorings.results_path(done)
    scorings.delete_scoring(done)
    assert (tmp_path / "out.csv").exists()


def test_deleting_a_scoring_deletes_files_and_predictions(scored: Scoring) -> None:
    folder = scorings.results_path(scored).parent

    scorings.delete_scoring(scored)

    assert not Scoring.objects.exists()
    assert not folder.exists()


def test_unfinished_scoring_cannot_be_deleted(queued: Scoring) -> None:
    with pytest.raises(StateConflict):
        scorings.delete_scoring(queued)


def test_predict_gives_reasons_in_the_active_language(
    champion: TrainingRun, unlabelled: Path
) -> None:
    record = {"customer_id": "C1", "tenure": 3, "plan": "plus", "calls": 8}

    with override("es"):
        [prediction] = scorings.predict([record])

    assert prediction["customer_id"] == "C1"
    assert 0 < prediction["probability"] < 1
    assert any("riesgo" in reason["text"] for reason in prediction["reasons"])
