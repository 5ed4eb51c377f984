"""Choosing the language of sentences that are kept in each."""

from collections.abc import Iterable, Mapping
from typing import Any

from churn.exceptions import ChurnError
from churn.ml.i18n.languages import Language
from churn.ml.i18n.messages import told


def resolve_language(code: str | None) -> Language:
    """Return the language in which to answer a reader of `code`, such as es-py."""
    return "es" if (code or "").startswith("es") else "en"


def sentence(error: ChurnError, code: str | None) -> str:
    """Return what went wrong in the language of a reader."""
    return told(error, resolve_language(code))


def worded(items: Iterable[Mapping[str, Any]], code: str | None) -> list[dict[str, Any]]:
    """Return findings, rejects or reasons with their `text` in the language of a reader."""
    language = resolve_language(code)
    return [dict(item) | {"text": item["text"][language]} for item in items]
