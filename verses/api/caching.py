"""Cache headers of a passage (RFC 9111, RFC 5861) and conditional requests."""

import hashlib
from datetime import date, timedelta

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from rest_framework.request import Request
from rest_framework.response import Response

from verses.ready import ReadyPassage, mark_ready
from verses.services.passages import Passage

# Clients revalidate after a day, since an operator may have refreshed the chapter.
MAX_MAX_AGE = timedelta(days=1).total_seconds()
# An embedded text is used briefly, because upstream's may be available soon.
OFFLINE_SECONDS = 60
_STALE_DIRECTIVES = "stale-while-revalidate=86400, stale-if-error=604800"


def etag_and_last_modified(passage: Passage) -> tuple[str, int | None]:
    """Return the entity tag and the Unix time of the last change, if it has one.

    The tag is weak: `request_count` in the body grows while the text stays the same.
    """
    identity = (
        passage.osis,
        passage.translation.identifier,
        passage.source == "embedded",
        passage.freshness,
        passage.fetched_at,
        passage.text,
    )
    digest = hashlib.blake2b(repr(identity).encode(), digest_size=12).hexdigest()
    changed = None if passage.fetched_at is None else int(passage.fetched_at.timestamp())
    return f'W/"{digest}"', changed


def time_headers(passage: Passage, *, until_midnight: bool = False) -> dict[str, str]:
    """Return the headers that depend on the time."""
    reusable = _seconds_reusable(passage)
    if until_midnight:
        now = timezone.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        reusable = min(reusable, int((midnight - now).total_seconds()))
    changed = passage.fetched_at
    age = 0 if changed is None else int(timezone.now().timestamp()) - int(changed.timestamp())
    age = max(0, age)
    return {
        "Age": str(age),
        "Cache-Control": f"public, max-age={age + reusable}, {_STALE_DIRECTIVES}",
    }


def with_cache_headers(
    request: Request, response: Response, passage: Passage, *, today: date | None = None
) -> HttpResponseBase:
    """Add cache headers to a response; return 304 if the client has the passage already.

    `today` is set if the response is for that date only.
    """
    until_midnight = today is not None
    tag, changed = etag_and_last_modified(passage)
    response["ETag"] = tag
    for name, value in time_headers(passage, until_midnight=until_midnight).items():
        response[name] = value
    if changed is not None:
        response["Last-Modified"] = http_date(changed)
    conditional = get_conditional_response(
        request._request,  # noqa: SLF001  Django's helper needs Django's request
        etag=tag,
        last_modified=changed,
        response=response,
    )
    answer = response if conditional is None else conditional
    mark_ready(
        answer,
        ReadyPassage(
            passage,
            make_headers=lambda: [
                (name.lower().encode(), value.encode())
                for name, value in time_headers(passage, until_midnight=until_midnight).items()
            ],
            is_valid=lambda: today is None or timezone.now().date() == today,
        ),
    )
    return answer


def _seconds_reusable(passage: Passage) -> int:
    """Return for how many seconds a response may be used without revalidation."""
    if not passage.translation.is_upstream:
        return int(MAX_MAX_AGE)  # an embedded edition changes only with a release
    if passage.freshness == "offline":
        return OFFLINE_SECONDS
    if passage.expires_at is None:
        return 0
    left = (passage.expires_at - timezone.now()).total_seconds()
    return int(max(0, min(left, MAX_MAX_AGE)))
