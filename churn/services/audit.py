"""What people did with customers' data: a log line, and a signal for whoever keeps a table."""

from typing import Any, Literal

import structlog
from django.db.models import Model
from django.dispatch import Signal

from churn.services.jobs import User, creator

log = structlog.get_logger(__name__)

Action = Literal["delete", "download", "erase", "promote", "roll_back"]

# Sent with action, kind, object_id, user (None for a command) and detail.
recorded = Signal()


def record(action: Action, row: Model, user: User = None, *, detail: str = "") -> None:
    """Record that `user` did `action` with `row`; call it in the transaction of the action.

    `detail` is the name of a file, never the content of a row.
    """
    actor = creator(user)
    kind = row._meta.model_name  # noqa: SLF001  Django's documented API
    values: dict[str, Any] = {"action": action, "kind": kind, "object_id": row.pk}
    log.info("audit.recorded", user=None if actor is None else actor.pk, detail=detail, **values)
    recorded.send(sender=record, user=actor, detail=detail, **values)
