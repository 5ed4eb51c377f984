"""Which translations there are: those in the table, those upstream is known for, those embedded."""

import threading
import time
from collections.abc import Mapping

from django.utils.translation import gettext as _

from verses.editions import EDITIONS, Edition
from verses.exceptions import TranslationNotFound
from verses.models import Translation
from verses.upstream import CATALOGUE, KnownTranslation

_KEPT_SECONDS = 30.0
_SHOWN = 40


class Translations:
    """The table of translations as this process last read it, read anew twice a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: Mapping[str, Translation] = {}
        self._read_at = float("-inf")

    def all(self) -> Mapping[str, Translation]:
        """Return identifier -> translation, by language and name."""
        if time.monotonic() - self._read_at > _KEPT_SECONDS:
            self._read()
        return self._rows

    def get(self, identifier: str) -> Translation:
        """Return one translation; raises TranslationNotFound."""
        found = self.all().get(identifier)
        if found is None:
            raise TranslationNotFound(_("Translation “%s” not found.") % identifier[:_SHOWN])
        return found

    def forget(self) -> None:
        self._read_at = float("-inf")

    def _read(self) -> None:
        with self._lock:
            rows = _rows()
            if any(name not in rows for name in (*CATALOGUE, *EDITIONS)):
                list_known_translations()
                rows = _rows()
            self._rows, self._read_at = rows, time.monotonic()


def _rows() -> dict[str, Translation]:
    return {row.identifier: row for row in Translation.objects.all()}


def list_known_translations() -> None:
    """Add the translations the project knows of to the table; what is there stays as it is."""
    editions = (_from_edition(edition) for edition in EDITIONS.values())
    known = (from_catalogue(entry) for entry in CATALOGUE.values())
    Translation.objects.bulk_create([*editions, *known], ignore_conflicts=True)


def _from_edition(edition: Edition) -> Translation:
    return Translation(
        identifier=edition.identifier,
        name=edition.name,
        language=edition.language,
        language_name=edition.language_name,
        language_code=edition.language_code,
        license=edition.license,
        is_upstream=edition.is_upstream,
    )


def from_catalogue(entry: KnownTranslation) -> Translation:
    return Translation(
        identifier=entry.identifier,
        name=entry.name,
        language=entry.language,
        language_name=entry.language_name,
        language_code=entry.language_code,
        license=entry.license,
        attribution=entry.attribution,
    )
