"""The one place where errors become HTTP answers: problem details (RFC 9457) or a page."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from churn import exceptions as churn
from churn.services import wording
from verses import exceptions as verses

log = structlog.get_logger(__name__)

API_PREFIXES = ("/api/", "/bible-api/", "/verse", "/top", "/health", "/ready", "/metrics")
PAGE_PREFIXES = ("/verses/",)

STATUS_AND_CODE: dict[type[Exception], tuple[int, str]] = {
    verses.ReferenceInvalid: (400, "reference_invalid"),
    verses.PassageNotFound: (404, "passage_not_found"),
    verses.TranslationNotFound: (404, "translation_not_found"),
    verses.UpstreamUnavailable: (503, "upstream_unavailable"),
    churn.FileUnreadable: (400, "file_unreadable"),
    churn.SchemaInvalid: (400, "schema_invalid"),
    churn.DataUnfit: (422, "data_unfit"),
    churn.LeakFound: (422, "leak_found"),
    churn.ModelInvalid: (500, "model_invalid"),
    churn.WorkCancelled: (409, "cancelled"),
    churn.UploadTooLarge: (413, "upload_too_large"),
    churn.NameTaken: (409, "name_taken"),
    churn.NoChampion: (409, "no_champion"),
    churn.StateConflict: (409, "state_conflict"),
    churn.ArtifactMissing: (404, "not_found"),
}


class ContentTooLarge(drf.APIException):
    """The body is larger than this kind of request needs."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "content_too_large"
    default_detail = gettext_lazy("The request is larger than this address takes.")


class DatabaseUnavailable(drf.APIException):
    """The database does not answer, or has no time for us; this passes."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "database_unavailable"
    default_detail = gettext_lazy("The database does not answer; please try again.")
    wait = 5


# The first that fits holds: a body too large is a suspicious operation as well.
_DJANGO_ERRORS: dict[type[Exception], type[drf.APIException]] = {
    Http404: drf.NotFound,
    PermissionDenied: drf.PermissionDenied,
    OperationalError: DatabaseUnavailable,
    RequestDataTooBig: ContentTooLarge,
    SuspiciousOperation: drf.ParseError,
}
_CRASHES = {"internal_error", DatabaseUnavailable.default_code}


def error_response(error: Exception, context: Mapping[str, Any]) -> HttpResponseBase:
    """Answer any error of an API view as problem details; an unforeseen one is logged as well."""
    set_rollback()
    problem, headers = _problem_of(error)
    request = context["request"]
    if problem["code"] in _CRASHES:
        log.error("request.crashed", error=type(error).__name__, exc_info=error)
        signals.got_request_exception.send(sender=None, request=request)
    renderer = getattr(request, "accepted_renderer", None)
    if renderer is not None and renderer.format == "api":
        return Response(problem, status=problem["status"], headers=headers)
    return _json(problem, headers)


def _problem_of(error: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    if (known := STATUS_AND_CODE.get(type(error))) is not None:
        return _application_problem(error, *known)
    for django_error, drf_error in _DJANGO_ERRORS.items():
        if isinstance(error, django_error):
            return _framework_problem(drf_error())
    if isinstance(error, drf.APIException):
        return _framework_problem(error)
    return problem_details(500, "internal_error", _("Something went wrong on our side.")), {}


def _application_problem(
    error: Exception, status: int, code: str
) -> tuple[dict[str, Any], dict[str, str]]:
    detail = str(error)
    if isinstance(error, churn.ChurnError):
        detail = wording.sentence(error, get_language())
    problem = problem_details(status, code, detail)
    if isinstance(error, verses.ReferenceInvalid | verses.PassageNotFound):
        problem["suggestions"] = list(error.suggestions)
    retry_after = getattr(error, "retry_after", None)
    return problem, {} if retry_after is None else {"Retry-After": str(retry_after)}


def _framework_problem(error: drf.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if not isinstance(error, drf.ValidationError):
        return problem_details(error.status_code, error.default_code, str(error.detail)), headers
    problem = problem_details(
        error.status_code, "invalid", _("Some of the input is not valid; errors says what.")
    )
    problem["errors"] = list(_flatten(error.detail))
    return problem, headers


def _flatten(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Yield every message of a nested validation error with the dotted name of its field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flatten(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _flatten(inner, f"{field}.{position}" if nested else field)
    else:
        yield {"field": field, "detail": str(detail)}


def problem_details(status: int, code: str, detail: str) -> dict[str, Any]:
    """Return the members that every problem has."""
    bound = structlog.contextvars.get_contextvars()
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": bound.get("request_id", ""),
    }


def _json(problem: dict[str, Any], headers: dict[str, str]) -> JsonResponse:
    return JsonResponse(
        problem,
        status=problem["status"],
        headers=headers,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def refusing_all_but_reading(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a plain view of an API route answer GET and HEAD alone."""

    @csrf_exempt  # or a client of another method would be told of a form
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        problem, _headers = _framework_problem(drf.MethodNotAllowed(request.method or ""))
        return _json(problem, {"Allow": "GET, HEAD"})

    return guarded


def _answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Answer outside a view: problem details for an API route, a page elsewhere."""
    problem = problem_details(status, code, detail)
    is_page = request.path.startswith(PAGE_PREFIXES)
    if request.path.startswith(API_PREFIXES) and not is_page:
        return _json(problem, {})
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        # Without the request: the database may have failed, and the usual page asks who is there.
        return HttpResponse(render_to_string("server_error.html", {"problem": problem}), status=500)
    return render(request, "error.html", {"problem": problem}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "bad_request", _("The request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "permission_denied", _("You may not do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("The form has expired; go back, reload the page and send it again.")
    return _answer(request, 403, "csrf_failed", detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "internal_error", _("Something went wrong on our side."))
