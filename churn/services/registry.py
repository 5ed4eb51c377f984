"""Which run is in use: promotion, the way back, and the loaded model of a run."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from churn.exceptions import NoChampion, StateConflict
from churn.models import Promotion, Status, TrainingRun
from churn.services.people import User, author
from churn.services.storage import absolute_path

if TYPE_CHECKING:
    from churn.ml.i18n.languages import Language
    from churn.ml.pipeline.model import ChurnModel

log = structlog.get_logger(__name__)

_HELD_MODELS = 2


def champion() -> TrainingRun:
    """Return the promoted run.

    Raises
    ------
    NoChampion : none was promoted yet.
    """
    run = TrainingRun.objects.champion().select_related("dataset").first()
    if run is None:
        raise NoChampion(_("No run has been promoted yet; train one, then promote it."))
    return run


def promote(run: TrainingRun, user: User = None) -> Promotion:
    """Make `run` the champion.

    Raises
    ------
    StateConflict : it has no model, it is the champion already, or another was promoted just now.
    """
    if run.status != Status.SUCCEEDED:
        raise StateConflict(_("Only a run that succeeded can be promoted."))
    if run.promotions.filter(current=True).exists():
        raise StateConflict(_("This run is the champion already."))
    try:
        with transaction.atomic():
            Promotion.objects.current().update(current=False)
            promotion = Promotion.objects.create(run=run, promoted_by=author(user))
    except IntegrityError as error:
        raise StateConflict(
            _("Another run was promoted at the same moment; look again.")
        ) from error
    log.info("run.promoted", id=run.pk)
    return promotion


def roll_back(run: TrainingRun | None = None) -> TrainingRun:
    """Take the latest promotion back; the run promoted before it is the champion again.

    With `run`, only if it is the champion: of two who take its promotion back, one does.

    Raises
    ------
    NoChampion : there was none before it.
    StateConflict : `run` is not the champion any more.
    """
    with transaction.atomic():
        standing = list(Promotion.objects.standing().select_for_update()[:2])
        if run is not None and [one.run_id for one in standing[:1]] != [run.pk]:
            raise StateConflict(_("This run is not the champion any more; look again."))
        if len(standing) < 2:  # noqa: PLR2004  the one in use and the one before
            raise NoChampion(_("No run was promoted before this one; there is no way back."))
        latest, before = standing
        Promotion.objects.filter(pk=latest.pk).update(current=False, withdrawn_at=timezone.now())
        Promotion.objects.filter(pk=before.pk).update(current=True)
    log.info("run.rolled_back", id=latest.run_id, champion=before.run_id)
    return TrainingRun.objects.select_related("dataset").get(pk=before.run_id)


def load_model(run: TrainingRun) -> "ChurnModel":
    """Load the model of `run`; the last few are held in memory, by their digest.

    Raises
    ------
    ModelInvalid : the files are not those that were saved.
    """
    return _load(Path(run.path) / "model", run.model_sha256)


@lru_cache(maxsize=_HELD_MODELS)
def _load(folder: Path, digest: str) -> "ChurnModel":
    from churn.ml.pipeline.serialization import load_model  # noqa: PLC0415  see docs/decisions/0010

    return load_model(folder, digest)


def predict(records: Sequence[Mapping[str, Any]], language: "Language") -> list[dict[str, Any]]:
    """Score records of a request with the champion, without keeping anything.

    Raises
    ------
    NoChampion, ModelInvalid : there is no model to score with.
    SchemaInvalid, DataUnfit : the records lack a column of its signature or cannot be read.
    """
    from churn.ml.scoring.score import predict_records  # noqa: PLC0415  see docs/decisions/0010
    from churn.services.places import open_zones  # noqa: PLC0415  likewise

    run = champion()
    zones = open_zones(absolute_path(run.dataset.zones_file.name or ""))
    return predict_records(load_model(run), records, language, zones=zones)
