"""Crashes are reported to Sentry where a DSN is given: the place in the code, not what was sent."""

import sentry_sdk
from sentry_sdk.types import Event, Hint


def start(dsn: str) -> None:
    """Report the crashes of this process; without a DSN nothing leaves it."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn,
        before_send=without_the_request,
        # Values of variables, bodies and queries before the crash may be a customer's.
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        send_default_pii=False,
    )


def without_the_request(event: Event, hint: Hint) -> Event:
    """Leave the method of the request and drop its address, query, headers and environment."""
    if (request := event.get("request")) is not None:
        event["request"] = {"method": request.get("method", "")}
    return event
