"""Scores a file: stored predictions, results.csv and rejects.csv."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import polars as pl
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_noop as _

from churn.exceptions import DataUnfit, WorkCancelled
from churn.ml.customers import as_of_text
from churn.ml.i18n.formatting import Localizer
from churn.ml.io import add_original_rows, describe_reject
from churn.ml.options import Order, OutputOptions
from churn.ml.pipeline import ChurnModel
from churn.ml.pipeline import load_model as read_model
from churn.ml.progress import ProgressCallback, subrange
from churn.ml.schema import CUSTOMER_ID
from churn.ml.scoring import ScoredFile, predict_records, results_frame, score_in_batches
from churn.models import Prediction, Scoring, TrainingRun
from churn.services import jobs, storage
from churn.services.findings import training_file_findings
from churn.services.inputs import PredictRequest, ScoringPaths, SourceSpec, scoring_source
from churn.services.localization import localizer
from churn.services.work import inspection
from churn.services.work.csv_export import write_csv
from churn.services.work.unpacking import opened_table
from churn.services.work.zones import open_zones

_SCORED = 0.6  # share of the work that ends when every customer is scored
# Progress is reported, and cancelling noticed, once per batch; each is one short transaction.
_BATCH_ROWS = 5_000
MAX_IDENTIFIER_LENGTH = 200  # characters, as Prediction.customer_id


def load_model(run: TrainingRun) -> ChurnModel:
    """Load the model of `run`; the last two stay in memory.

    Raises
    ------
    ModelInvalid : the files do not match the digest in the row.
    """
    return _load(Path(run.path) / "model", run.model_sha256)


# Two: the champion, and another run that was named for a scoring.
_load = lru_cache(maxsize=2)(read_model)


def predict(run: TrainingRun, request: PredictRequest) -> dict[str, Any]:
    """Score records in memory; errors as in `scorings.predict`."""
    zones = open_zones(storage.absolute_path(run.dataset.zones_file.name or ""))
    predicted = predict_records(
        load_model(run),
        request.records,
        zones=zones,
        as_of=request.as_of,
        allow_unknown=request.allow_unknown,
    )
    return {
        "predictions": predicted.predictions,
        "as_of": as_of_text(predicted.as_of),
        "findings": inspection.findings_as_json(predicted.findings),
    }


def execute_scoring(scoring: Scoring, on_progress: ProgressCallback | None = None) -> None:
    """Score the file of `scoring` once, however often it is called; the row has the results."""
    jobs.execute(scoring, partial(run_scoring, scoring), on_progress=on_progress)


def score_now(
    run: TrainingRun, paths: ScoringPaths, on_progress: ProgressCallback | None = None
) -> Scoring:
    """Score a local file into another; the row has counts and lineage, but no predictions.

    Raises
    ------
    OSError : the input file cannot be read. Later errors are stored in the row.
    """
    with paths.input.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    scoring = Scoring.objects.create(
        run=run,
        file_name=storage.display_name(paths.input.name),
        size=paths.input.stat().st_size,
        sha256=digest,
        language=paths.language,
        read_options=paths.options.to_dict(),
        output_options=paths.output_options.to_dict(),
        as_of=paths.options.as_of,
        findings=training_file_findings(run, digest),
    )
    work = partial(score_to_files, scoring, paths)
    jobs.execute(scoring, work, on_progress=on_progress, in_foreground=True)
    return scoring


def score_to_files(
    scoring: Scoring, paths: ScoringPaths, on_progress: ProgressCallback
) -> dict[str, Any]:
    """Score one file and write the results; return the fields of its Scoring."""
    write = localizer(paths.language)
    output = paths.output_options
    with ExitStack() as stack:
        path = stack.enter_context(opened_table(paths.input)).path
        spec = SourceSpec(path, paths.zones, paths.options, keep_columns=output.keep_columns)
        scored = stack.enter_context(_score(scoring.run, spec, on_progress))
        _write_results(scored.batches(), paths.output, output, write)
        if paths.rejects is not None:
            write_csv([_localized_rejects(scored, write)], paths.rejects)
        return _summary(scoring, scored)


def run_scoring(scoring: Scoring, on_progress: ProgressCallback) -> dict[str, Any]:
    """Score the stored file and store every prediction; return the fields of `scoring` to set.

    Raises
    ------
    FileUnreadable, SchemaInvalid, DataUnfit, ModelInvalid : the file cannot be scored.
    WorkCancelled : it was cancelled, or another attempt owns the row.
    """
    scoring.discard_partial_results(storage.delete_folder)
    try:
        return _store_results(scoring, on_progress)
    except BaseException:
        # If another attempt owns the row by now, the predictions are its own.
        if Scoring.objects.owned_by(scoring).exists():
            scoring.discard_partial_results(storage.delete_folder)
        raise


def _score(
    run: TrainingRun, spec: SourceSpec, on_progress: ProgressCallback
) -> AbstractContextManager[ScoredFile]:
    source = inspection.validate_for_scoring(spec, run)
    zones = inspection.zones_for(spec, run)
    progress = subrange(on_progress, 0.0, _SCORED)
    return score_in_batches(
        load_model(run),
        source,
        zones=zones,
        allow_unknown=spec.options.allow_unknown,
        keep_columns=spec.keep_columns,
        on_progress=progress,
    )


def _store_results(scoring: Scoring, on_progress: ProgressCallback) -> dict[str, Any]:
    """Write predictions to the database, and results and rejects next to the stored file."""
    spec = scoring_source(scoring)
    folder = storage.parent_folder(scoring.file.name)
    names = {"results_file": f"{folder}/results.csv", "rejects_file": f"{folder}/rejects.csv"}
    results, rejects = (Path(default_storage.path(name)) for name in names.values())
    write = localizer(scoring.language)
    with _score(scoring.run, spec, on_progress) as scored:
        batches = _store_predictions(scoring, scored, subrange(on_progress, _SCORED, 1.0))
        _write_results(batches, results, OutputOptions.from_dict(scoring.output_options), write)
        write_csv([_localized_rejects(scored, write)], rejects)
        return names | _summary(scoring, scored)


def _store_predictions(
    scoring: Scoring, scored: ScoredFile, on_progress: ProgressCallback
) -> Iterator[pl.DataFrame]:
    """Yield batches of scored customers once their predictions are in the database."""
    done, total = 0, scored.counts.customers
    for part in scored.batches():
        _require_short_identifiers(part, scored.source.customer_id)
        for batch in part.iter_slices(_BATCH_ROWS):
            on_progress("saving predictions", done / total)
            with transaction.atomic():
                _lock_if_owned(scoring)
                Prediction.objects.bulk_create(_predictions(scoring, batch))
            done += batch.height
            yield batch


def _require_short_identifiers(batch: pl.DataFrame, column: str | None) -> None:
    longest = batch[CUSTOMER_ID].str.len_chars().max()
    if isinstance(longest, int) and longest > MAX_IDENTIFIER_LENGTH:
        raise DataUnfit(
            _("The column `{column}` has identifiers longer than {limit} characters."),
            column=column,
            limit=MAX_IDENTIFIER_LENGTH,
        )


def _lock_if_owned(scoring: Scoring) -> None:
    """Lock the row until the end of the transaction, if this attempt still owns it."""
    owned = Scoring.objects.owned_by(scoring).select_for_update().values_list("pk", flat=True)
    if not list(owned):
        raise WorkCancelled(_("Another attempt has taken over this job."))


def _predictions(scoring: Scoring, batch: pl.DataFrame) -> list[Prediction]:
    return [
        Prediction(
            scoring=scoring,
            customer_id=row[CUSTOMER_ID],
            probability=row["probability"],
            churn=row["churn"],
            decile=row["decile"],
            reasons=[
                # More digits would only make the rows larger.
                reason | {"contribution": round(reason["contribution"], 6)}
                for reason in row["reasons"]
            ],
        )
        for row in batch.iter_rows(named=True)
    ]


def _localized_rejects(scored: ScoredFile, write: Localizer) -> pl.DataFrame:
    """Return rejected rows as they are in the file, with line, column and reason as text."""
    rejects = scored.rejects
    codes = rejects["reason"].unique().to_list()
    texts = {code: write.text(describe_reject(code)) for code in codes}
    reason = pl.col("reason").replace_strict(texts, return_dtype=pl.String)
    return add_original_rows(rejects.with_columns(reason), scored.source)


def _write_results(
    batches: Iterable[pl.DataFrame], path: Path, output: OutputOptions, write: Localizer
) -> None:
    frames: Iterable[pl.DataFrame] = (results_frame(batch, write) for batch in batches)
    if output.order is Order.RISK:
        frames = [pl.concat(frames).sort("probability", descending=True, maintain_order=True)]
    write_csv(frames, path, for_excel=output.for_excel)


def _summary(scoring: Scoring, scored: ScoredFile) -> dict[str, Any]:
    known = training_file_findings(scoring.run, scoring.sha256)
    deciles = _deciles(scored.scores)
    if known:
        lift = {row["decile"]: row["churn_rate"] for row in scoring.run.metrics["lift_table"]}
        deciles = [
            row | {"held_out_churners": row["customers"] * lift.get(row["decile"], 0.0)}
            for row in deciles
        ]
    return {
        **asdict(scored.counts),
        "as_of": scored.as_of and scored.as_of.date,
        "churners": int(scored.scores["churn"].sum()),
        "deciles": deciles,
        "drift": {"features": scored.drift, "unseen": scored.unknown_categories},
        "findings": [*known, *inspection.findings_as_json(scored.findings)],
        "rejects": inspection.rejects_by_reason(scored.rejects),
    }


def _deciles(scores: pl.DataFrame) -> list[dict[str, Any]]:
    """Return size, mean probability and expected churners by decile, the riskiest first."""
    probability = pl.col("probability")
    table = scores.group_by("decile").agg(
        customers=pl.len(),
        mean_probability=probability.mean(),
        lowest=probability.min(),
        highest=probability.max(),
        expected_churners=probability.sum(),
        flagged=pl.col("churn").sum(),
    )
    return table.sort("decile").to_dicts()
