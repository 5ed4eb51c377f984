"""Findings about a file that its rows do not show."""

from typing import Any

from django.utils.translation import gettext_noop as _

from churn.ml.i18n.messages import Message
from churn.models import TrainingRun


def training_file_findings(run: TrainingRun, sha256: str) -> list[dict[str, Any]]:
    """Return a warning as a stored finding if the file is the one that `run` was trained on."""
    if sha256 != run.data_sha256:
        return []
    text = Message(
        _(
            "the model was trained on this file; its scores are too optimistic, so the expected"
            " churners are given by held-out customers too"
        )
    )
    finding = {"code": "training_file", "column": "", "count": 1, "share": 1.0}
    return [finding | {"severity": "warning", "text": text.to_dict()}]
