"""Bringing the embedded editions into the tables, where search and the admin see them."""

import structlog
from django.db import transaction

from verses.cache import forget, list_known_translations
from verses.editions import EDITIONS, Edition, open_text
from verses.models import Chapter, Translation

log = structlog.get_logger(__name__)


def load_editions() -> dict[str, int]:
    """Load each embedded edition that is not loaded yet; return chapters added by identifier.

    What upstream told of a chapter stays. Loading again what is loaded costs one query.
    """
    loaded = dict(Translation.objects.values_list("identifier", "edition_digest"))
    list_known_translations()
    return {
        edition.identifier: _load(edition)
        for edition in EDITIONS.values()
        if loaded.get(edition.identifier) != edition.digest
    }


@transaction.atomic
def _load(edition: Edition) -> int:
    """Replace what an earlier digest had left, in one transaction: all of it or nothing."""
    identifier = edition.identifier
    Chapter.objects.embedded(identifier).delete()
    added = Chapter.objects.embed(identifier, open_text(identifier).chapters())
    Translation.objects.filter(pk=identifier).update(edition_digest=edition.digest)
    transaction.on_commit(forget)
    log.info("edition.loaded", translation=identifier, chapters=added)
    return added
