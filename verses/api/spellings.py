"""Requests that ask for the same passage in another spelling, recognised without a view."""

import json
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language_from_request, override
from rest_framework.exceptions import ValidationError

from verses.api.base import language_of, validated
from verses.api.serializers import PassageQuery
from verses.exceptions import VersesError
from verses.references import parse

PATH = "/verse"
# Of a query or body; reading takes a millisecond at most, so an event loop may do it.
MAX_BYTES = 1_000

_FIELDS = frozenset({"reference", "translation"})


def canonical_request(
    method: str, path: str, query: bytes, body: bytes, headers: Mapping[bytes, bytes]
) -> Hashable | None:
    """Return what equal passages have in common; None if a view must read the request.

    Two requests with equal results, and equal headers that a response may depend on, get the same
    response of `PassageView` but for the count. `headers` has lower-case names.
    """
    if path != PATH or b"cookie" in headers or len(query) + len(body) > MAX_BYTES:
        return None
    data = _read_json(query, body, headers) if method == "POST" else _read_query(query, body)
    if data is None or not _FIELDS.issuperset(data):
        return None
    language = _language_of(headers.get(b"accept-language", b"").decode("latin-1"))
    try:
        with override(language):
            given = validated(PassageQuery, data)
            return parse(given["reference"], language=language), given["translation"]
    except (ValidationError, VersesError):
        return None


def _read_json(query: bytes, body: bytes, headers: Mapping[bytes, bytes]) -> dict[str, Any] | None:
    if query or headers.get(b"content-type") != b"application/json":
        return None
    if b"content-encoding" in headers or b"x-http-method-override" in headers:
        return None
    try:
        data = json.loads(body.decode())
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _read_query(query: bytes, body: bytes) -> QueryDict | None:
    if body:
        return None
    try:
        given = QueryDict(query.decode("ascii"))
    except ValueError:
        return None
    return given if all(len(values) == 1 for _name, values in given.lists()) else None


@lru_cache(256)
def _language_of(accepted: str) -> str:
    """Return the language in which a view would answer a client without cookies."""
    request = HttpRequest()
    if accepted:
        request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    with override(get_language_from_request(request)):
        return language_of(request)
