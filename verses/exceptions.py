"""Errors of the verse service; config.errors maps them to HTTP responses."""

from collections.abc import Mapping, Sequence


class VersesError(Exception):
    """Base of all errors raised by this app.

    `msgid` is the message in English, or in the user's language if it was translated already.
    Its fields such as `%(book)s` are filled with `values`; if there are none, it has no fields.
    """

    def __init__(self, msgid: str = "", values: Mapping[str, object] | None = None) -> None:
        super().__init__(msgid % values if values else msgid)
        self.msgid = msgid
        self.values = values


class ReferenceInvalid(VersesError):
    """The text is not a Bible reference; `suggestions` are references the user may have meant."""

    def __init__(
        self,
        message: str,
        suggestions: Sequence[str] = (),
        *,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, values)
        self.suggestions = tuple(suggestions)


class PassageNotFound(VersesError):
    """The reference is valid, but there is no such passage; `suggestions` are close to it."""

    def __init__(
        self,
        message: str,
        suggestions: Sequence[str] = (),
        *,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, values)
        self.suggestions = tuple(suggestions)


class TranslationNotFound(VersesError):
    """No translation has this identifier."""


class UpstreamUnavailable(VersesError):
    """Neither the cache, nor upstream, nor an embedded edition can answer now."""

    def __init__(self, message: str, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after
