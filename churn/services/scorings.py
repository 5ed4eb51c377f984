"""Creating, executing and cancelling scorings, and the files that come of them."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from churn.exceptions import ArtifactMissing, StateConflict
from churn.ml.i18n.languages import Language
from churn.ml.progress import ProgressCallback
from churn.models import Scoring, Status, TrainingRun
from churn.services import jobs, registry, storage
from churn.services.inputs import ScoringPaths, ScoringUpload, SourceSpec
from churn.services.people import User, author

log = structlog.get_logger(__name__)

cancel_scoring = jobs.cancel


def create_scoring(upload: ScoringUpload, user: User = None) -> Scoring:
    """Store a file and queue its scoring; a file that is no table is refused at once.

    Raises
    ------
    NoChampion : no run was named and none is promoted.
    StateConflict : the run named has no model.
    UploadTooLarge, FileUnreadable, SchemaInvalid : the file cannot be scored; nothing is kept.
    """
    run = upload.run or registry.champion()
    if run.status != Status.SUCCEEDED:
        raise StateConflict(_("Only a run that succeeded can score; this one has no model."))
    folder = storage.new_folder("scorings")
    try:
        scoring = _stored(upload, run, folder)
        scoring.created_by = author(user)
        scoring.save()
    except BaseException:
        storage.discard(folder)
        raise
    log.info("scoring.created", id=scoring.pk, run=run.pk, bytes=scoring.size)
    return scoring


def execute_scoring(scoring: Scoring, *, listen: ProgressCallback | None = None) -> None:
    """Score the file of `scoring` once, however often it is called; results are kept in its row."""

    def score(progress: ProgressCallback) -> jobs.Results:
        from churn.services.work.scoring import score_stored  # noqa: PLC0415  see docs/decisions/0010

        return score_stored(scoring, progress)

    jobs.execute(scoring, score, listen)


def score_now(
    run: TrainingRun, order: ScoringPaths, listen: ProgressCallback | None = None
) -> Scoring:
    """Score a file at once into another; its row keeps counts and lineage, not the predictions.

    Raises
    ------
    FileUnreadable, SchemaInvalid : the file cannot be scored.
    """
    with order.input.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    scoring = Scoring.objects.create(
        run=run,
        file_name=storage.display_name(order.input.name),
        size=order.input.stat().st_size,
        sha256=digest,
        language=order.language,
    )

    def score(progress: ProgressCallback) -> jobs.Results:
        from churn.services.work.scoring import score_file  # noqa: PLC0415  see docs/decisions/0010

        return score_file(run, order, progress)

    jobs.execute(scoring, score, listen, here=True)
    return scoring


def predict(records: Sequence[Mapping[str, Any]], language: Language) -> list[dict[str, Any]]:
    """Score records of a request with the champion, without storing anything.

    Raises
    ------
    NoChampion, ModelInvalid : there is no model to score with.
    SchemaInvalid, DataUnfit : the records lack a column of its signature or cannot be read.
    """
    from churn.services.work import scoring  # noqa: PLC0415  see docs/decisions/0010

    return scoring.predict(registry.champion(), records, language)


def delete_scoring(scoring: Scoring) -> None:
    """Erase a scoring with its files and predictions.

    Raises
    ------
    StateConflict : it has not finished; cancel it first.
    """
    if not scoring.is_finished:
        raise StateConflict(_("It has not finished; cancel it first."))
    folder = storage.parent_folder(scoring.file.name) if scoring.file else ""
    scoring.delete()
    if folder:
        storage.discard(folder)
    log.info("scoring.deleted", kind=scoring.kind)


def results_path(scoring: Scoring) -> Path:
    """Return where `results.csv` lies.

    Raises
    ------
    ArtifactMissing : the scoring has not succeeded.
    """
    return _path(scoring.results_file.name)


def rejects_path(scoring: Scoring) -> Path:
    """As `results_path`, for `rejects.csv`."""
    return _path(scoring.rejects_file.name)


def _path(name: str | None) -> Path:
    if not name:
        raise ArtifactMissing(_("This scoring has no results yet."))
    return Path(default_storage.path(name))


def _stored(upload: ScoringUpload, run: TrainingRun, folder: str) -> Scoring:
    from churn.services.work import inspection  # noqa: PLC0415  see docs/decisions/0010

    stored = storage.store(upload.file, f"{folder}/input")
    zones_name = ""
    if upload.zones_file is not None:
        zones_name = f"{folder}/zones"
        storage.store(upload.zones_file, zones_name)
    path = Path(default_storage.path(f"{folder}/input"))
    question = SourceSpec(path, storage.absolute_path(zones_name))
    inspection.validate_for_scoring(question, run)
    inspection.zones_for(question, run)
    return Scoring(
        run=run,
        file=f"{folder}/input",
        file_name=storage.display_name(upload.file_name),
        size=stored.count,
        sha256=stored.sha256,
        zones_file=zones_name,
        language=upload.language,
    )
