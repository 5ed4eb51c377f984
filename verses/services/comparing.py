"""The same words in several translations, whatever numbers their editions have for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from verses.cache import chapter_cache
from verses.exceptions import PassageNotFound, VersesError
from verses.models import Translation
from verses.references import Reference, parse, renumber
from verses.services.passages import Passage, read_passage, user_language


@dataclass(frozen=True, slots=True)
class Alignment:
    """A passage has other numbers than those requested; both names are in the user's language."""

    requested: str
    shown: str
    message: str


@dataclass(frozen=True, slots=True)
class ComparedPassage:
    """A passage of one translation; `alignment` is None if it has the requested numbers."""

    passage: Passage
    alignment: Alignment | None


def compare_passages(
    *, reference: str, translations: Sequence[str]
) -> Iterator[ComparedPassage | VersesError]:
    """Yield the passage or the error for each translation, in order, and count the requests.

    The numbers of the reference are those of the first translation, and the others show the same
    words. A number that it does not have is a standard number.
    """
    for identifier in translations:
        try:
            yield _compare(reference, translations[0], identifier)
        except VersesError as error:
            yield error


def _compare(text: str, source: str, identifier: str) -> ComparedPassage:
    translation = chapter_cache.translations.get(identifier)
    requested = parse(text, language=user_language())
    shown = renumber(requested, source=source, target=identifier) or requested
    try:
        passage = read_passage(shown, translation)
    except PassageNotFound:
        # A text of upstream may have other numbers than the embedded edition of the same name.
        if shown == requested:
            raise
        return ComparedPassage(read_passage(requested, translation), None)
    return ComparedPassage(passage, _describe(requested, shown, translation))


def _describe(requested: Reference, shown: Reference, translation: Translation) -> Alignment | None:
    if shown == requested:
        return None
    language = user_language()
    message = _(
        "%(translation)s numbers these verses differently: %(requested)s is %(shown)s there."
    )
    names = {"requested": requested.format(language), "shown": shown.format(language)}
    return Alignment(**names, message=message % {**names, "translation": translation.name})
