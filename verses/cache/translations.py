"""The table of translations, cached in this process."""

import threading
import time
from collections.abc import Mapping

import structlog
from django.db import DatabaseError
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from verses.editions import EDITIONS
from verses.exceptions import TranslationNotFound
from verses.models import Translation
from verses.upstream import CATALOGUE, KnownTranslation

log = structlog.get_logger(__name__)

# Time until a translation that another process has added is known here.
_TTL_SECONDS = 30.0
# Between attempts while the database fails, so that requests do not wait for it one by one.
_RETRY_SECONDS = 5.0
# An identifier in a message is cut: it may be anything that a client has sent.
_MAX_SHOWN_CHARACTERS = 40


class Translations:
    """Translations by identifier, read again from the table after _TTL_SECONDS.

    While `is_refreshed_in_background`, a request reads the table only if nothing is known yet: in
    an outage of the database it would wait for nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: Mapping[str, Translation] = {}
        self._read_at = float("-inf")
        self.is_refreshed_in_background = False

    def all(self) -> Mapping[str, Translation]:
        """Return identifier -> translation, ordered by language and name."""
        if not self._rows:
            self._read()
        elif not self.is_refreshed_in_background and self._is_old():
            self.refresh()
        return self._rows

    def refresh(self) -> None:
        """Read the table again; without a database the known translations stay in use."""
        try:
            self._read()
        except DatabaseError as error:
            log.warning("translations.refresh_failed", error=type(error).__name__)
            self._read_at = time.monotonic() - _TTL_SECONDS + _RETRY_SECONDS

    def get(self, identifier: str) -> Translation:
        """Return one translation; raises TranslationNotFound."""
        translation = self.all().get(identifier)
        if translation is None:
            shown = identifier[:_MAX_SHOWN_CHARACTERS]
            raise TranslationNotFound(_("Translation “%s” not found.") % shown)
        return translation

    def get_known(self, identifier: str) -> Translation | None:
        """Return one translation as last read; never blocks."""
        return self._rows.get(identifier)

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at > _TTL_SECONDS

    def clear(self) -> None:
        self._rows = {}
        self._read_at = float("-inf")

    def _read(self) -> None:
        with self._lock:
            rows = _read_rows()
            # A new database, or a release that knows more translations than the table has.
            if any(name not in rows for name in (*CATALOGUE, *EDITIONS)):
                add_known_translations()
                rows = _read_rows()
            # Unchanged rows stay the same objects, so what was built from them stays valid. The
            # whole mapping is replaced: other threads may be reading the old one.
            same = {name: old for name, old in self._rows.items() if _is_same(old, rows.get(name))}
            self._rows, self._read_at = {**rows, **same}, time.monotonic()


def _is_same(old: Translation, new: Translation | None) -> bool:
    return new is not None and model_to_dict(old) == model_to_dict(new)


def _read_rows() -> dict[str, Translation]:
    return {row.identifier: row for row in Translation.objects.all()}


def add_known_translations() -> None:
    """Insert the embedded editions and upstream's catalogue; existing rows stay as they are."""
    editions = (
        Translation(
            identifier=edition.identifier,
            name=edition.name,
            language=edition.language,
            language_name=edition.language_name,
            language_code=edition.language_code,
            license=edition.license,
            is_upstream=edition.is_upstream,
        )
        for edition in EDITIONS.values()
    )
    known = (from_catalogue(entry) for entry in CATALOGUE.values())
    Translation.objects.bulk_create([*editions, *known], ignore_conflicts=True)


def from_catalogue(entry: KnownTranslation) -> Translation:
    """Return an unsaved row of a translation that upstream lists."""
    return Translation(
        identifier=entry.identifier,
        name=entry.name,
        language=entry.language,
        language_name=entry.language_name,
        language_code=entry.language_code,
        license=entry.license,
        attribution=entry.attribution,
    )
