"""Responses with files of runs and scorings."""

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import FileResponse, HttpRequest, HttpResponseBase

from churn.models import Job
from churn.services import audit

_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".log": "text/plain; charset=utf-8",
    ".png": "image/png",
}
_INLINE_TYPES = {".html", ".png", ".log", ".json"}


# A report has inline styles and images, and may neither run scripts nor load anything.
_sandboxed = csp_replace(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "sandbox": ["allow-popups"],
    }
)


def file_response(request: HttpRequest, job: Job, path: Path) -> HttpResponseBase:
    """Stream a file of a job; the browser saves tables and shows reports and images."""
    is_saved = path.suffix not in _INLINE_TYPES
    if is_saved:
        audit.record("download", job, request.user, detail=path.name)

    def respond(request: HttpRequest) -> HttpResponseBase:
        return FileResponse(
            path.open("rb"),
            as_attachment=is_saved,
            filename=path.name,
            content_type=_TYPES[path.suffix],
        )

    return _sandboxed(respond)(request)
