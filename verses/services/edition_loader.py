"""Loads the embedded editions into the tables, where search and the admin need them."""

import structlog
from django.db import transaction

from verses.cache import add_known_translations, chapter_cache
from verses.editions import EDITIONS, Edition, open_text
from verses.models import Chapter, Translation

log = structlog.get_logger(__name__)


def load_editions() -> dict[str, int]:
    """Load each embedded edition that is not loaded yet; return chapters added by identifier.

    Chapters fetched from upstream are kept. If everything is loaded, it costs one query.
    """
    loaded = dict(Translation.objects.values_list("identifier", "edition_digest"))
    add_known_translations()
    return {
        edition.identifier: _load_edition(edition)
        for edition in EDITIONS.values()
        if loaded.get(edition.identifier) != edition.digest
    }


@transaction.atomic
def _load_edition(edition: Edition) -> int:
    """Replace the chapters of an older file of the edition; return how many were added."""
    identifier = edition.identifier
    Chapter.objects.embedded(identifier).delete()
    added = Chapter.objects.embed(identifier, open_text(identifier).chapters())
    Translation.objects.filter(pk=identifier).update(edition_digest=edition.digest)
    transaction.on_commit(chapter_cache.clear)
    log.info("edition.loaded", translation=identifier, chapters=added)
    return added
