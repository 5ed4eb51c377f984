"""Parse the text of a reference."""

from verses.exceptions import PassageNotFound, ReferenceInvalid, VersesError
from verses.references.errors import MESSAGES, NOT_FOUND_CODES, ErrorCode, ParseError
from verses.references.grammar.parser import SingleChapter
from verses.references.grammar.reading import parse_text
from verses.references.reference import Reference
from verses.references.suggestions.corrections import corrections, near_missing
from verses.references.tokens.normalizing import normalize
from verses.references.tokens.surroundings import strip_surroundings

MAX_CHARACTERS = 200


def parse(
    text: str, *, language: str = "en", single_chapter: SingleChapter = "chapter"
) -> Reference:
    """Return the reference that a text in any of the languages means; they may be mixed.

    `language` is that of suggestions and of book names in messages. `single_chapter` decides
    whether `Jude 1` is the chapter or verse 1.

    Raises ReferenceInvalid if the text is invalid or ambiguous and PassageNotFound if a chapter or
    verse does not exist, both with suggestions.
    """
    try:
        return _parse(text, single_chapter)
    except ParseError as error:
        raise _public_error(error, text, language) from None


def _parse(text: str, single_chapter: SingleChapter) -> Reference:
    if len(text) > MAX_CHARACTERS:
        raise ParseError(ErrorCode.TOO_LONG, {"limit": MAX_CHARACTERS})
    normalized = normalize(strip_surroundings(text))
    # Compatibility characters can expand to many letters.
    if len(normalized) > MAX_CHARACTERS:
        raise ParseError(ErrorCode.TOO_LONG, {"limit": MAX_CHARACTERS})
    return parse_text(normalized, single_chapter)


def _public_error(error: ParseError, text: str, language: str) -> VersesError:
    message, values = MESSAGES[error.code], error.localized_values(language)
    if error.code in NOT_FOUND_CODES:
        return PassageNotFound(message, near_missing(error, language), values=values)
    return ReferenceInvalid(message, corrections(error, text, language), values=values)
