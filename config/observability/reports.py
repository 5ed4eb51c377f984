"""Crashes are reported to Sentry where a DSN is given: the place in the code, not what was sent."""

import sentry_sdk
from sentry_sdk.types import Event, Hint


def start(dsn: str) -> None:
    """Report the crashes of this process; without a DSN nothing leaves it."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn,
        before_send=places_alone,
        # Values of variables, bodies and queries before the crash may be a customer's.
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        send_default_pii=False,
    )


def places_alone(event: Event, hint: Hint) -> Event:
    """Leave the kinds and places of errors and the method of the request.

    Messages of libraries, the address, query, headers and environment may tell of a customer.
    """
    if (request := event.get("request")) is not None:
        event["request"] = {"method": request.get("method", "")}
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = ""
    return event
