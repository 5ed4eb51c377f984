"""Files of runs and scorings as answers."""

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import FileResponse, HttpRequest, HttpResponseBase

_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".log": "text/plain; charset=utf-8",
    ".png": "image/png",
}
_SHOWN = {".html", ".png", ".log", ".json"}


# A report styles itself and carries its pictures; it may run nothing and load nothing.
_harmless = csp_replace(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "sandbox": ["allow-popups"],
    }
)


def file_response(request: HttpRequest, path: Path) -> HttpResponseBase:
    """Stream a file; tables are saved by the browser, reports and pictures shown."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        return FileResponse(
            path.open("rb"),
            as_attachment=path.suffix not in _SHOWN,
            filename=path.name,
            content_type=_TYPES[path.suffix],
        )

    return _harmless(respond)(request)
