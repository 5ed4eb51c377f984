"""Creates, cancels and deletes scorings, and finds their files."""

from pathlib import Path
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_noop as _

from churn.exceptions import ArtifactMissing, StateConflict
from churn.models import Scoring, Status, TrainingRun
from churn.services import audit, jobs, registry, storage
from churn.services.findings import training_file_findings
from churn.services.inputs import PredictRequest, ScoringUpload, scoring_source
from churn.services.jobs import User, creator
from churn.services.localization import localize, localize_reasons

log = structlog.get_logger(__name__)

cancel_scoring = jobs.cancel


def create_scoring(upload: ScoringUpload, user: User = None) -> Scoring:
    """Store a file and create a queued scoring; the caller enqueues it.

    Raises
    ------
    NoChampion : no run was named and none is promoted.
    StateConflict : the run has no model.
    UploadTooLarge, FileUnreadable, SchemaInvalid : the file cannot be scored; nothing is stored.
    """
    run = upload.run or registry.champion()
    if run.status != Status.SUCCEEDED:
        raise StateConflict(_("Only a successful run can score files; this run has no model."))
    with storage.new_folder("scorings") as folder:
        scoring = _store_files(upload, run, folder)
        _unpack_and_validate(scoring)
        scoring.findings = training_file_findings(scoring.run, scoring.sha256)
        scoring.created_by = creator(user)
        scoring.save()
    log.info("scoring.created", id=scoring.pk, run=run.pk, bytes=scoring.size)
    return scoring


def predict(request: PredictRequest) -> dict[str, Any]:
    """Score records of a request with the champion, without storing anything.

    Returns `predictions`, `as_of` and `findings`, with texts in the active language.

    Raises
    ------
    NoChampion, ModelInvalid : there is no model to score with.
    SchemaInvalid, DataUnfit : the records lack a column of its signature or cannot be read.
    """
    from churn.services.work import scoring  # noqa: PLC0415  see docs/decisions/0010

    predicted = scoring.predict(registry.champion(), request)
    return predicted | {
        "predictions": [
            one | {"reasons": localize_reasons(one["reasons"])} for one in predicted["predictions"]
        ],
        "findings": localize(predicted["findings"]),
    }


def delete_scoring(scoring: Scoring, user: User = None) -> None:
    """Delete a scoring with its files and predictions.

    Raises
    ------
    StateConflict : it has not finished.
    """
    if not scoring.is_finished:
        raise StateConflict(_("This job has not finished; cancel it first."))
    folder = storage.parent_folder(scoring.file.name) if scoring.file else ""
    with transaction.atomic():
        audit.record("delete", scoring, user)
        scoring.delete()
    if folder:
        storage.delete_folder(folder)
    log.info("scoring.deleted", kind=scoring.kind)


def results_path(scoring: Scoring) -> Path:
    """Return the path of `results.csv`.

    Raises
    ------
    ArtifactMissing : the scoring has not succeeded, or a command wrote its results elsewhere.
    """
    return _path(scoring.results_file.name)


def rejects_path(scoring: Scoring) -> Path:
    """Return the path of `rejects.csv`; errors as in `results_path`."""
    return _path(scoring.rejects_file.name)


def _path(name: str | None) -> Path:
    if not name:
        raise ArtifactMissing(_("This scoring has no results yet."))
    return Path(default_storage.path(name))


def _store_files(upload: ScoringUpload, run: TrainingRun, folder: str) -> Scoring:
    """Store the files of `upload`; return an unsaved scoring."""
    # Fixed names in a random folder: the name of an upload is only displayed.
    stored = storage.store(upload.file, f"{folder}/input")
    zones_name = ""
    if upload.zones_file is not None:
        zones_name = f"{folder}/zones"
        storage.store(upload.zones_file, zones_name)
    return Scoring(
        run=run,
        file=f"{folder}/input",
        file_name=storage.display_name(upload.file_name),
        size=stored.count,
        sha256=stored.sha256,
        zones_file=zones_name,
        language=upload.language,
        read_options=upload.options.to_dict(),
        output_options=upload.output.to_dict(),
        as_of=upload.options.as_of,
    )


def _unpack_and_validate(scoring: Scoring) -> None:
    """Unpack a container, and look at the first rows of both files; errors as in the caller."""
    from churn.services.work import inspection, unpacking  # noqa: PLC0415  see docs/decisions/0010

    unpacking.replace_by_table(scoring.file.name)
    # The worker looks at them again, perhaps hours later. Here the user still waits for the
    # answer and can correct the file at once.
    spec = scoring_source(scoring)
    inspection.validate_for_scoring(spec, scoring.run)
    inspection.zones_for(spec, scoring.run)
