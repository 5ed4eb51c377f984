"""Everything that can go wrong while serving a passage."""

from collections.abc import Sequence


class VersesError(Exception):
    """Base of all errors raised by this app."""


class ReferenceInvalid(VersesError):
    """The text is not a Bible reference; `suggestions` are references the user may have meant."""

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.suggestions = tuple(suggestions)


class PassageNotFound(VersesError):
    """The reference is well formed, but there is no such passage; `suggestions` are near it."""

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.suggestions = tuple(suggestions)


class TranslationNotFound(VersesError):
    """No translation has this identifier."""


class UpstreamUnavailable(VersesError):
    """Neither the cache, nor upstream, nor an embedded edition can answer now."""

    def __init__(self, message: str, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after
