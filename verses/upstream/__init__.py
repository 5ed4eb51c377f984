"""Client for bible-api.com: URLs, response parsing, limits."""

from verses.upstream.catalogue import CATALOGUE, KnownTranslation
from verses.upstream.client import fetch_chapter, fetch_translations
from verses.upstream.exceptions import CallFailed

__all__ = ["CATALOGUE", "CallFailed", "KnownTranslation", "fetch_chapter", "fetch_translations"]
