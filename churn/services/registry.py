"""The champion: the run that scores new files; promotion and roll-back."""

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from churn.exceptions import NoChampion, StateConflict
from churn.models import Promotion, Status, TrainingRun
from churn.services import audit
from churn.services.jobs import User, creator

log = structlog.get_logger(__name__)


def champion() -> TrainingRun:
    """Return the promoted run.

    Raises
    ------
    NoChampion : no run has been promoted.
    """
    run = TrainingRun.objects.champion().select_related("dataset").first()
    if run is None:
        raise NoChampion(_("There is no champion yet; train a run and promote it."))
    return run


def promote(run: TrainingRun, user: User = None) -> Promotion:
    """Make `run` the champion.

    Raises
    ------
    StateConflict : it has no model, is the champion already, or lost a race of promotions.
    """
    if run.status != Status.SUCCEEDED:
        raise StateConflict(_("Only a successful run can be promoted."))
    if run.promotions.filter(current=True).exists():
        raise StateConflict(_("This run is already the champion."))
    try:
        with transaction.atomic():
            Promotion.objects.current().update(current=False)
            promotion = Promotion.objects.create(run=run, promoted_by=creator(user))
            audit.record("promote", run, user)
    except IntegrityError as error:
        raise StateConflict(
            _("Another run was promoted at the same time. Reload and try again.")
        ) from error
    log.info("run.promoted", id=run.pk)
    return promotion


def roll_back(run: TrainingRun | None = None, user: User = None) -> TrainingRun:
    """Withdraw the current promotion; return the run promoted before it, now the champion.

    Pass `run` to roll back only while it is the champion: if two users press the button, the
    promotion before it is not withdrawn as well.

    Raises
    ------
    NoChampion : there is no earlier promotion.
    StateConflict : `run` is no longer the champion.
    """
    with transaction.atomic():
        # Of two roll-backs at the same time, the second waits here and sees the first.
        active = list(Promotion.objects.active().select_for_update()[:2])
        if run is not None and [one.run_id for one in active[:1]] != [run.pk]:
            raise StateConflict(_("This run is no longer the champion. Reload and try again."))
        if len(active) < 2:  # noqa: PLR2004  the current and the previous one
            raise NoChampion(_("There is no previous champion to roll back to."))
        latest, before = active
        Promotion.objects.filter(pk=latest.pk).update(current=False, withdrawn_at=timezone.now())
        Promotion.objects.filter(pk=before.pk).update(current=True)
        audit.record("roll_back", latest.run, user)
    log.info("run.rolled_back", id=latest.run_id, champion=before.run_id)
    return TrainingRun.objects.select_related("dataset").get(pk=before.run_id)
