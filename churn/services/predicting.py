"""One scoring from a stored file to predictions, results.csv and rejects.csv; a worker's work."""

from pathlib import Path
from typing import Any, cast

import polars as pl
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from churn.exceptions import DataUnfit, WorkCancelled
from churn.ml.customers import Customers
from churn.ml.explanation import Reason, reason_text
from churn.ml.rejects import describe_reason
from churn.ml.schema import CUSTOMER_ID, Language, Progress
from churn.ml.scoring import Scores, results_frame, score
from churn.models import Prediction, Scoring, TrainingRun
from churn.services import inspection, registry, storage
from churn.services.jobs import Results
from churn.services.scoring import Order
from churn.services.spreadsheets import write_csv

_READ, _SCORED = 0.2, 0.6
_ROWS_AT_ONCE = 5_000
LONGEST_IDENTIFIER = 200


def score_file(run: TrainingRun, order: Order, progress: Progress) -> Results:
    """Score one file into others; return the fields of a Scoring that say what came of it."""
    question = inspection.Question(order.input, order.zones)
    model = registry.model_of(run)
    reading = inspection.within(progress, 0.0, _READ)
    customers = inspection.read_customers(question, run, model.features, reading)
    scores = score(model, customers, progress=inspection.within(progress, _READ, 1.0))
    language = cast("Language", order.language)
    write_csv(results_frame(scores.frame, language), order.output)
    if order.rejects is not None:
        write_csv(rejects_in_words(customers.rejects, language), order.rejects)
    return _told(customers, scores)


def score_stored(scoring: Scoring, progress: Progress) -> Results:
    """Score the stored file and keep every prediction; return the fields that say what came of it.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit, ModelInvalid, WorkCancelled : as of churn.ml.
    """
    scoring.predictions.all().delete()  # of an attempt whose worker was lost
    try:
        return _scored(scoring, progress)
    except BaseException:
        if Scoring.objects.held_by(scoring).exists():
            scoring.predictions.all().delete()
        raise


def _scored(scoring: Scoring, progress: Progress) -> dict[str, Any]:
    path = Path(scoring.file.path)
    question = inspection.Question(path, storage.path_of(scoring.zones_file.name or ""))
    model = registry.model_of(scoring.run)
    reading = inspection.within(progress, 0.0, _READ)
    customers = inspection.read_customers(question, scoring.run, model.features, reading)
    _refuse_long_identifiers(customers)
    scores = score(model, customers, progress=inspection.within(progress, _READ, _SCORED))
    _keep(scoring, scores, inspection.within(progress, _SCORED, 1.0))
    return _written(scoring, customers, scores) | _told(customers, scores)


def _refuse_long_identifiers(customers: Customers) -> None:
    longest = customers.frame[CUSTOMER_ID].str.len_chars().max()
    if isinstance(longest, int) and longest > LONGEST_IDENTIFIER:
        told = _("The column `%(column)s` has identifiers longer than %(most)s characters.")
        names = {"column": customers.source.customer_id, "most": LONGEST_IDENTIFIER}
        raise DataUnfit(told % names)


def _keep(scoring: Scoring, scores: Scores, progress: Progress) -> None:
    total = scores.frame.height
    for done, part in enumerate(scores.frame.iter_slices(_ROWS_AT_ONCE)):
        progress("keeping predictions", done * _ROWS_AT_ONCE / total)
        with transaction.atomic():
            _refuse_another_attempt(scoring)
            Prediction.objects.bulk_create(_predictions(scoring, part))


def _refuse_another_attempt(scoring: Scoring) -> None:
    """Hold the row while its predictions are written, if this attempt still owns it."""
    held = Scoring.objects.held_by(scoring).select_for_update().values_list("pk", flat=True)
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
    told = Reason(**reason)
    text = {language: reason_text(told, language) for language in inspection.LANGUAGES}
    return {
        "feature": told.feature,
        "value": told.value,
        "unit": told.unit,
        "direction": told.direction,
        "contribution": round(told.contribution, 6),
        "text": text,
    }


def _written(scoring: Scoring, customers: Customers, scores: Scores) -> dict[str, str]:
    folder = storage.folder_of(scoring.file.name)
    language = cast("Language", scoring.language)
    names = {"results_file": f"{folder}/results.csv", "rejects_file": f"{folder}/rejects.csv"}
    results, rejects = (Path(default_storage.path(name)) for name in names.values())
    write_csv(results_frame(scores.frame, language), results)
    write_csv(rejects_in_words(customers.rejects, language), rejects)
    return names


def rejects_in_words(rejects: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Rejected rows by file line, with their reason as a sentence."""
    codes = rejects["reason"].unique().to_list()
    words = {code: describe_reason(code, language) for code in codes}
    return rejects.sort("line").with_columns(
        pl.col("reason").replace_strict(words, return_dtype=pl.String)
    )


def _told(customers: Customers, scores: Scores) -> dict[str, Any]:
    counts = customers.counts
    return {
        "rows": counts.rows,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "customers": counts.customers,
        "churners": int(scores.frame["churn"].sum()),
        "deciles": _deciles(scores.frame),
        "drift": {"features": scores.drift, "unseen": scores.unseen},
        "findings": inspection.told(customers.findings),
        "rejects": inspection.grouped(customers.rejects),
    }


def _deciles(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Size, mean probability, and expected churners of each tenth, the riskiest first."""
    probability = pl.col("probability")
    table = frame.group_by("decile").agg(
        customers=pl.len(),
        mean_probability=probability.mean(),
        lowest=probability.min(),
        highest=probability.max(),
        expected_churners=probability.sum(),
        flagged=pl.col("churn").sum(),
    )
    return table.sort("decile").to_dicts()
