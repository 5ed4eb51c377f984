"""bible-api.com: the only package that knows its addresses, its JSON and its manners."""

from verses.upstream.catalogue import CATALOGUE, KnownTranslation
from verses.upstream.client import fetch_chapter, fetch_translations
from verses.upstream.exceptions import CallFailed

__all__ = ["CATALOGUE", "CallFailed", "KnownTranslation", "fetch_chapter", "fetch_translations"]
