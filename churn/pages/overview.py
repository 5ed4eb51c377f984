from typing import Any

from django.utils.translation import gettext as _

from churn.models import Scoring, TrainingRun
from churn.pages import figures
from churn.pages.base import PageView
from churn.services import worker
from churn.services.overview import overview

_MAX_SHOWN = 5
_ANY_PERMISSION = ("churn.view_trainingrun", "churn.view_scoring", "churn.view_dataset")


class OverviewPage(PageView):
    """The champion, and the latest runs and scorings."""

    template_name = "churn/overview.html"

    def has_permission(self) -> bool:
        """Admit users who may see any part; the template checks the permission of each part."""
        return any(self.request.user.has_perm(permission) for permission in _ANY_PERMISSION)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **_counts_and_champion(),
            runs=TrainingRun.objects.for_lists()[:_MAX_SHOWN],
            scorings=Scoring.objects.all()[:_MAX_SHOWN],
            last_heartbeat=worker.last_heartbeat(),
            **kwargs,
        )


def _counts_and_champion() -> dict[str, Any]:
    state = overview()
    champion = state["champion"]
    counts = {
        _("Data sets"): state["datasets"],
        _("Training runs"): state["runs"],
        _("Scorings"): state["scorings"],
    }
    return {
        "counts": figures.counts(counts),
        "champion": champion,
        "metrics": champion and figures.metrics(champion, ("roc_auc", "recall", "precision")),
    }
