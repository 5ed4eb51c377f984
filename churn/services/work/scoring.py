"""One scoring from a stored file to predictions, results.csv and rejects.csv; a worker's work."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import polars as pl
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from churn.exceptions import DataUnfit, WorkCancelled
from churn.ml.i18n.languages import Language
from churn.ml.inspection.explanation import ReasonCode, format_reason
from churn.ml.io.rejects import describe_reason
from churn.ml.pipeline import serialization
from churn.ml.pipeline.model import ChurnModel
from churn.ml.progress import ProgressCallback, subrange
from churn.ml.schema import CUSTOMER_ID
from churn.ml.scoring.batch import ScoredFile, score_in_batches
from churn.ml.scoring.score import predict_records, results_frame
from churn.models import Prediction, Scoring, TrainingRun
from churn.services import storage
from churn.services.inputs import ScoringPaths, SourceSpec
from churn.services.jobs import Results
from churn.services.work import inspection
from churn.services.work.csv_export import write_csv
from churn.services.work.zones import open_zones

_SCORED = 0.6  # share of the work done when every customer is scored
_ROWS_AT_ONCE = 5_000
MAX_IDENTIFIER_LENGTH = 200


def load_model(run: TrainingRun) -> ChurnModel:
    """Load the model of `run`; the last few stay in memory, by their digest.

    Raises
    ------
    ModelInvalid : the files are not those that were saved.
    """
    return _load(Path(run.path) / "model", run.model_sha256)


_load = lru_cache(maxsize=2)(serialization.load_model)


def predict(
    run: TrainingRun, records: Sequence[Mapping[str, Any]], language: Language
) -> list[dict[str, Any]]:
    """Score records in memory; errors as of `scorings.predict`."""
    zones = open_zones(storage.absolute_path(run.dataset.zones_file.name or ""))
    return predict_records(load_model(run), records, language, zones=zones)


def score_file(run: TrainingRun, order: ScoringPaths, progress: ProgressCallback) -> Results:
    """Score one file into others; return the fields of a Scoring that say what came of it."""
    language = cast("Language", order.language)
    with _scored(run, SourceSpec(order.input, order.zones), progress) as scored:
        write_csv((results_frame(part, language) for part in scored.parts()), order.output)
        if order.rejects is not None:
            write_csv([rejects_in_words(scored.rejects, language)], order.rejects)
        return _told(scored)


def score_stored(scoring: Scoring, progress: ProgressCallback) -> Results:
    """Score the stored file and keep every prediction; return the fields that say what came of it.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit, ModelInvalid, WorkCancelled : as of churn.ml.
    """
    scoring.predictions.all().delete()  # of an attempt whose worker was lost
    try:
        return _kept(scoring, progress)
    except BaseException:
        if Scoring.objects.owned_by(scoring).exists():
            scoring.predictions.all().delete()
        raise


def _scored(
    run: TrainingRun, question: SourceSpec, progress: ProgressCallback
) -> AbstractContextManager[ScoredFile]:
    source = inspection.validate_for_scoring(question, run)
    zones = inspection.zones_for(question, run)
    scoring = subrange(progress, 0.0, _SCORED)
    return score_in_batches(load_model(run), source, zones=zones, progress=scoring)


def _kept(scoring: Scoring, progress: ProgressCallback) -> dict[str, Any]:
    """Write results and rejects beside the stored file, and each prediction to the database."""
    path = Path(scoring.file.path)
    question = SourceSpec(path, storage.absolute_path(scoring.zones_file.name or ""))
    folder = storage.parent_folder(scoring.file.name)
    names = {"results_file": f"{folder}/results.csv", "rejects_file": f"{folder}/rejects.csv"}
    results, rejects = (Path(default_storage.path(name)) for name in names.values())
    language = cast("Language", scoring.language)
    with _scored(scoring.run, question, progress) as scored:
        keeping = subrange(progress, _SCORED, 1.0)
        parts = _with_predictions(scoring, scored, keeping)
        write_csv((results_frame(part, language) for part in parts), results)
        write_csv([rejects_in_words(scored.rejects, language)], rejects)
        return names | _told(scored)


def _with_predictions(
    scoring: Scoring, scored: ScoredFile, progress: ProgressCallback
) -> Iterator[pl.DataFrame]:
    """Yield stretches of the scored customers once their predictions are in the database."""
    done, total = 0, scored.counts.customers
    for part in scored.parts():
        _refuse_long_identifiers(part, scored.source.customer_id)
        for stretch in part.iter_slices(_ROWS_AT_ONCE):
            progress("keeping predictions", done / total)
            with transaction.atomic():
                _refuse_another_attempt(scoring)
                Prediction.objects.bulk_create(_predictions(scoring, stretch))
            done += stretch.height
            yield stretch


def _refuse_long_identifiers(part: pl.DataFrame, column: str | None) -> None:
    longest = part[CUSTOMER_ID].str.len_chars().max()
    if isinstance(longest, int) and longest > MAX_IDENTIFIER_LENGTH:
        told = _("The column `%(column)s` has identifiers longer than %(most)s characters.")
        raise DataUnfit(told % {"column": column, "most": MAX_IDENTIFIER_LENGTH})


def _refuse_another_attempt(scoring: Scoring) -> None:
    """Hold the row while its predictions are written, if this attempt still owns it."""
    held = Scoring.objects.owned_by(scoring).select_for_update().values_list("pk", flat=True)
    if not list(held):
        raise WorkCancelled(_("Another attempt has taken over."))


def _predictions(scoring: Scoring, part: pl.DataFrame) -> list[Prediction]:
    return [
        Prediction(
            scoring=scoring,
            customer_id=row[CUSTOMER_ID],
            probability=row["probability"],
            churn=row["churn"],
            decile=row["decile"],
            reasons=[_in_words(reason) for reason in row["reasons"]],
        )
        for row in part.iter_rows(named=True)
    ]


def _in_words(reason: dict[str, Any]) -> dict[str, Any]:
    """Return a reason with its sentence in each language; a page need not import the model."""
    told = ReasonCode(**reason)
    text = {language: format_reason(told, language) for language in inspection.LANGUAGES}
    return {
        "feature": told.feature,
        "value": told.value,
        "unit": told.unit,
        "direction": told.direction,
        "contribution": round(told.contribution, 6),
        "text": text,
    }


def rejects_in_words(rejects: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Rejected rows by file line, with their reason as a sentence."""
    codes = rejects["reason"].unique().to_list()
    words = {code: describe_reason(code, language) for code in codes}
    return rejects.sort("line").with_columns(
        pl.col("reason").replace_strict(words, return_dtype=pl.String)
    )


def _told(scored: ScoredFile) -> dict[str, Any]:
    return {
        **asdict(scored.counts),
        "churners": int(scored.chances["churn"].sum()),
        "deciles": _deciles(scored.chances),
        "drift": {"features": scored.drift, "unseen": scored.unseen},
        "findings": inspection.told(scored.findings),
        "rejects": inspection.grouped(scored.rejects),
    }


def _deciles(chances: pl.DataFrame) -> list[dict[str, Any]]:
    """Size, mean probability, and expected churners of each tenth, the riskiest first."""
    probability = pl.col("probability")
    table = chances.group_by("decile").agg(
        customers=pl.len(),
        mean_probability=probability.mean(),
        lowest=probability.min(),
        highest=probability.max(),
        expected_churners=probability.sum(),
        flagged=pl.col("churn").sum(),
    )
    return table.sort("decile").to_dicts()
