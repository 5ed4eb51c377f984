"""Error responses of bible-api.com."""

from typing import Any

Json = dict[str, Any]

ONE_CHAPTER = "You cannot fetch more than one whole chapter at once."
ONE_BOUNDARY = (
    "You can use ranges across a single chapter boundary, but not more than one. "
    "For example, John 3:16-4:1 is fine, but John 3:16-5:1 is not."
)
_WHY = "Because people are abusing my server. :-("


class BibleApiError(Exception):
    """An error response: HTTP status and JSON body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body["error"])
        self.status = status
        self.body = body


def not_found(what: str = "not found") -> BibleApiError:
    """Return the error 404 with a message."""
    return BibleApiError(404, {"error": what})


def too_many_chapters(detail: str) -> BibleApiError:
    """Return the error 400 for a reference that is too long."""
    return BibleApiError(400, {"error": "too many chapters", "detail": detail, "why": _WHY})
