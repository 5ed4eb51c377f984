"""Keeps what people did with data in the audit table."""

from typing import Any

import structlog

from config.accounts.models import AuditEntry, User


def store(
    *, action: str, kind: str, object_id: object, user: User | None, detail: str, **signal: Any
) -> None:
    """Add an entry; a receiver of `churn.services.audit.recorded`."""
    AuditEntry.objects.create(
        action=action,
        kind=kind,
        object_id=str(object_id),
        user=user,
        username="" if user is None else user.get_username(),
        detail=detail[:200],
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
