from typing import Any

from django.utils.translation import gettext as _

from churn.models import Scoring, TrainingRun
from churn.pages import figures
from churn.pages.base import PageView
from churn.services import worker
from churn.services.overview import overview

_SHOWN = 5
_ANY = ("churn.view_trainingrun", "churn.view_scoring", "churn.view_dataset")


class OverviewPage(PageView):
    """Where things stand: the champion, and the latest runs and scorings."""

    template_name = "churn/overview.html"

    def has_permission(self) -> bool:
        """Let in whoever may see anything of churn; each part asks for its own permission."""
        return any(self.request.user.has_perm(permission) for permission in _ANY)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = overview()
        champion = state["champion"]
        return super().get_context_data(
            counts=figures.counts(
                {
                    _("Data sets"): state["datasets"],
                    _("Training runs"): state["runs"],
                    _("Scorings"): state["scorings"],
                }
            ),
            champion=champion,
            metrics=champion and figures.metrics(champion, ("roc_auc", "recall", "precision")),
            runs=TrainingRun.objects.for_lists()[:_SHOWN],
            scorings=Scoring.objects.all()[:_SHOWN],
            last_heartbeat=worker.last_heartbeat(),
            **kwargs,
        )
