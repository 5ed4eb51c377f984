"""Maps exceptions to HTTP responses: problem details (RFC 9457) for the API, HTML for pages."""

import math
import sys
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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from churn import exceptions as churn
from churn.services import localization as churn_localization
from verses import exceptions as verses
from verses.services import localization as verses_localization

log = structlog.get_logger(__name__)

API_PREFIXES = ("/api/", "/bible-api", "/verse", "/top", "/health", "/ready", "/metrics")
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
    """The request body exceeds the limit of its content type."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "content_too_large"
    default_detail = gettext_lazy("Request body too large.")


class DatabaseUnavailable(drf.APIException):
    """The database is unreachable or busy; the client may retry."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "database_unavailable"
    default_detail = gettext_lazy("The database is unavailable. Try again.")
    wait = 5


# Order matters: RequestDataTooBig is a subclass of SuspiciousOperation.
_DJANGO_ERRORS: dict[type[Exception], type[drf.APIException]] = {
    Http404: drf.NotFound,
    PermissionDenied: drf.PermissionDenied,
    OperationalError: DatabaseUnavailable,
    RequestDataTooBig: ContentTooLarge,
    SuspiciousOperation: drf.ParseError,
}
# These codes hide the cause from the client, so only the log has it.
_LOGGED_AS_CRASH = {"internal_error", DatabaseUnavailable.default_code}


def error_response(error: Exception, context: Mapping[str, Any]) -> HttpResponseBase:
    """Return problem details for an error of an API view; log unexpected errors.

    DRF calls it as `EXCEPTION_HANDLER`; `context` has the request and the view.
    """
    set_rollback()
    problem, headers = _problem_of(error)
    request = context["request"]
    if problem["code"] in _LOGGED_AS_CRASH:
        log.error("request.failed", error=type(error).__name__, exc_info=error)
        # DRF handles the exception, so Django would not send the signal that Sentry listens to.
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
    return problem_details(500, "internal_error", _("Internal server error.")), {}


def _application_problem(
    error: Exception, status: int, code: str
) -> tuple[dict[str, Any], dict[str, str]]:
    detail = str(error)
    if isinstance(error, churn.ChurnError):
        detail = churn_localization.error_message(error)
    if isinstance(error, verses.VersesError):
        detail = verses_localization.error_message(error)
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
    problem = problem_details(error.status_code, "invalid", _("Invalid input; see `errors`."))
    problem["errors"] = list(_flatten_errors(error.detail))
    return problem, headers


def _flatten_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Yield each message of a nested validation error with the dotted path of its field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flatten_errors(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _flatten_errors(inner, f"{field}.{position}" if nested else field)
    else:
        yield {"field": field, "detail": str(detail)}


def problem_details(status: int, code: str, detail: str) -> dict[str, Any]:
    """Return the members of problem details (RFC 9457) that every error has.

    `type` is always "about:blank"; clients distinguish errors by `code`.
    """
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


def safe_methods_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a plain view of an API route to respond to GET and HEAD only."""

    @csrf_exempt  # otherwise a POST is a CSRF failure (403) before it is a 405
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        problem, _headers = _framework_problem(drf.MethodNotAllowed(request.method or ""))
        return _json(problem, {"Allow": "GET, HEAD"})

    return guarded


def _page_or_problem(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Return the error of a request outside API views: problem details or an HTML page."""
    problem = problem_details(status, code, detail)
    is_page = request.path.startswith(PAGE_PREFIXES)
    if request.path.startswith(API_PREFIXES) and not is_page:
        return _json(problem, {})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # No context processors here: they query the user, and the database may be the cause.
        content = render_to_string("server_error.html", {"problem": problem})
        return HttpResponse(content, status=status)
    return render(request, "error.html", {"problem": problem}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page_or_problem(request, 400, "bad_request", _("Malformed request."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page_or_problem(request, 403, "permission_denied", _("You do not have permission."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("The form has expired. Go back, reload the page and submit it again.")
    return _page_or_problem(request, 403, "csrf_failed", detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page_or_problem(request, 404, "not_found", _("Page not found."))


def server_error(request: HttpRequest) -> HttpResponse:
    # Django calls this while it handles the exception.
    if isinstance(sys.exc_info()[1], OperationalError):
        response = _page_or_problem(
            request, 503, DatabaseUnavailable.default_code, str(DatabaseUnavailable.default_detail)
        )
        response["Retry-After"] = str(DatabaseUnavailable.wait)
        return response
    return _page_or_problem(request, 500, "internal_error", _("Internal server error."))
