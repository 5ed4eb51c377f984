import csv
from collections.abc import Callable
from datetime import date
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
from churn.ml.options import Order, OutputOptions, ReadOptions
from churn.models import Dataset, Scoring, Status, TrainingRun
from churn.services import datasets, registry, runs, scorings
from churn.services.inputs import DatasetUpload, PredictRequest, ScoringPaths, ScoringUpload
from churn.services.work import scoring
from churn.services.work.scoring import execute_scoring, score_now
from churn.services.work.training import execute_run
from churn.tests.conftest import COLUMNS, PNG, customer_rows, write_rows


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
        "customer_id", "probability", "churn", "contact", "decile",
        "reason_1", "reason_2", "reason_3",
    ]  # fmt: skip
    assert len(rows) == 58
    assert all("the risk" in row["reason_1"] for row in rows)


def test_rejects_have_line_and_reason(scored: Scoring) -> None:
    rows = rows_of(scorings.rejects_path(scored))

    assert [(row["line"], row["column"]) for row in rows] == [("5", "tenure"), ("9", "customer_id")]
    assert rows[0]["reason"] == "not a number"
    assert rows[0]["tenure"] == "long"


def test_corrected_rejects_can_be_scored(
    champion: TrainingRun, unlabelled: Path, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    score_now(champion, ScoringPaths(unlabelled, tmp_path / "a.csv", rejects=rejects))
    rows = rows_of(rejects)
    rows[0]["tenure"], rows[1]["customer_id"] = "12", "C9999"
    corrected = write_rows(tmp_path / "corrected.csv", rows, list(rows[0]))

    again = score_now(champion, ScoringPaths(corrected, tmp_path / "b.csv"))

    assert (again.status, again.accepted, again.rejected) == (Status.SUCCEEDED, 2, 0)


def test_a_prediction_stores_reason_codes(scored: Scoring) -> None:
    riskiest = scored.predictions.riskiest_first().first()

    assert riskiest is not None
    assert riskiest.decile == 1
    # PostgreSQL stores the keys of a JSON object in an order of its own.
    assert {frozenset(reason) for reason in riskiest.reasons} == {
        frozenset({"feature", "value", "direction", "contribution", "unit"})
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
        [prediction] = scorings.predict(PredictRequest([record]))["predictions"]

    assert prediction["customer_id"] == "C1"
    assert 0 < prediction["probability"] < 1
    assert any("riesgo" in reason["text"] for reason in prediction["reasons"])


@pytest.fixture
def dated_champion(dataset: Dataset, tmp_path: Path) -> TrainingRun:
    """Promote a run trained on a table with dates."""
    rows = [
        row | {"last_order": f"2023-{1 + int(row['tenure']) % 5:02}-{1 + int(row['calls']):02}"}
        for row in customer_rows(300)
    ]
    path = write_rows(tmp_path / "dated.csv", rows, [*COLUMNS, "last_order"])
    with path.open("rb") as file:
        upload = DatasetUpload(file=file, file_name="dated.csv", name="dated")
        dated = datasets.create_dataset(upload)
    run = runs.create_run(dated, algorithm=TrainingRun.Algorithm.LOGISTIC)
    execute_run(run)
    registry.promote(run)
    return run


def test_score_is_the_same_in_every_entry_point(
    dated_champion: TrainingRun, tmp_path: Path
) -> None:
    rows = [row | {"last_order": "2023-05-02"} for row in customer_rows(5, seed=2)]
    columns = [*COLUMNS[:-1], "last_order"]
    whole = write_rows(tmp_path / "whole.csv", rows, columns)
    alone = write_rows(tmp_path / "alone.csv", rows[2:3], columns)
    options = ReadOptions(as_of=date(2023, 6, 1))

    score_now(dated_champion, ScoringPaths(whole, tmp_path / "out.csv", options=options))
    with alone.open("rb") as file:
        upload = ScoringUpload(file=file, file_name="alone.csv", options=options)
        queued = scorings.create_scoring(upload)
    execute_scoring(queued)
    sent = scorings.predict(PredictRequest(rows[2:3], as_of=date(2023, 6, 1)))

    by_command = float(rows_of(tmp_path / "out.csv")[2]["probability"])
    by_worker = queued.predictions.get().probability
    assert sent["predictions"][0]["probability"] == by_worker
    assert by_command == pytest.approx(by_worker, abs=1e-6)
    assert (queued.as_of, sent["as_of"]) == (date(2023, 6, 1), "2023-06-01")
    assert dated_champion.as_of == date(2023, 5, 10)
    assert dated_champion.metrics["as_of"] == "2023-05-10"


def test_training_file_is_a_warning_before_and_after(champion: TrainingRun, labelled: Path) -> None:
    with labelled.open("rb") as file:
        queued = scorings.create_scoring(ScoringUpload(file=file, file_name="labelled.csv"))

    before = [finding["code"] for finding in queued.findings]
    execute_scoring(queued)

    assert before == ["training_file"]
    assert queued.findings[0]["code"] == "training_file"
    assert all("held_out_churners" in row for row in queued.deciles)


def test_unknown_spelling_fails_unless_allowed(champion: TrainingRun, tmp_path: Path) -> None:
    rows = [row | {"plan": "otro"} for row in customer_rows(5)]
    path = write_rows(tmp_path / "plans.csv", rows, COLUMNS[:-1])

    refused = score_now(champion, ScoringPaths(path, tmp_path / "a.csv"))
    options = ReadOptions(allow_unknown=True)
    allowed = score_now(champion, ScoringPaths(path, tmp_path / "b.csv", options=options))

    assert refused.status == Status.FAILED
    assert "`plan` occurred in training" in refused.failure
    assert "unknown_values" in {finding["code"] for finding in allowed.findings}
    assert all("plan" not in row["reason_1"] for row in rows_of(tmp_path / "b.csv"))


def test_results_have_the_order_columns_and_format_asked_for(
    champion: TrainingRun, tmp_path: Path
) -> None:
    rows = [
        row | {"customer_id": str(number), "note": "=1+1"}
        for number, row in enumerate(customer_rows(20), 1)
    ]
    path = write_rows(tmp_path / "in.csv", rows, [*COLUMNS[:-1], "note"])
    options = OutputOptions(order=Order.RISK, keep_columns=("note", "plan"), for_excel=True)

    score_now(champion, ScoringPaths(path, tmp_path / "plain.csv"))
    score_now(champion, ScoringPaths(path, tmp_path / "excel.csv", output_options=options))

    plain = rows_of(tmp_path / "plain.csv")
    assert [row["customer_id"] for row in plain] == [str(number) for number in range(1, 21)]
    assert all(row["contact"] == row["churn"] for row in plain)
    content = (tmp_path / "excel.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfcustomer_id;probability;")
    excel = list(csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    scores = [float(row["probability"].replace(",", ".")) for row in excel]
    assert scores == sorted(scores, reverse=True)
    assert {row["note"] for row in excel} == {"'=1+1"}
    plans = {row["customer_id"]: row["plan"] for row in rows}
    assert all(row["plan"] == plans[row["customer_id"]] for row in excel)
