"""Error reports to Sentry, without request data, messages and local variables."""

import sentry_sdk
from sentry_sdk.types import Event, Hint


def init(dsn: str) -> None:
    """Enable error reports of this process; do nothing without a DSN."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn,
        before_send=strip_personal_data,
        # Local variables, request bodies and SQL of breadcrumbs may contain customer data.
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        send_default_pii=False,
    )


def strip_personal_data(event: Event, hint: Hint) -> Event:
    """Keep exception types, stack frames and the request method; remove the rest.

    Messages, URL, query string, headers and environment may contain customer data.
    """
    if (request := event.get("request")) is not None:
        event["request"] = {"method": request.get("method", "")}
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = ""
    return event
