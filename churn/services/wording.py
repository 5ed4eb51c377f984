"""Choosing the language of sentences that are kept in each."""

from collections.abc import Iterable, Mapping
from typing import Any

LANGUAGES = ("en", "es")


def worded(items: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return findings, rejects or reasons with their `text` in one language, English at worst."""
    chosen = language[:2] if language[:2] in LANGUAGES else LANGUAGES[0]
    return [dict(item) | {"text": item["text"][chosen]} for item in items]
