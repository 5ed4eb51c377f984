"""Read what a person typed as a reference."""

from verses.exceptions import PassageNotFound, ReferenceInvalid, VersesError
from verses.references import conventions, suggestions
from verses.references.folding import fold
from verses.references.grammar import SingleChapter
from verses.references.lexer import tokenize
from verses.references.messages import sentence
from verses.references.passages import Reference
from verses.references.problems import ABSENT, Code, Problem

MAX_CHARACTERS = 200
_WRAPPING = " \t\r\n\"'()[]{}<>“”‘’«»„‹›*!¡?¿"  # noqa: RUF001  # typed around a reference
_BULLETS = _WRAPPING + "-–—―•·"  # noqa: RUF001  # and ahead of one, in a list or under a quotation


def parse(
    text: str, *, language: str = "en", single_chapter: SingleChapter = "chapter"
) -> Reference:
    """Read a reference in English, Spanish or Portuguese, or a mixture of them.

    `language` is the user's, for messages and suggestions only. `single_chapter` says what
    `Jude 1` is: the chapter, or verse 1.

    Raises ReferenceInvalid, with suggestions, for what cannot be read without guessing, and
    PassageNotFound for a chapter or verse that does not exist, with what there is near it.
    """
    try:
        return _read(text, single_chapter)
    except Problem as problem:
        raise _worded(problem, text, language) from None


def _read(text: str, single_chapter: SingleChapter) -> Reference:
    if len(text) > MAX_CHARACTERS:
        raise Problem(Code.TOO_LONG, {"most": MAX_CHARACTERS})
    folded = fold(text.rstrip(_WRAPPING).lstrip(_BULLETS))
    if len(folded) > MAX_CHARACTERS:
        raise Problem(Code.TOO_LONG, {"most": MAX_CHARACTERS})
    return conventions.read(folded, tokenize(folded), single_chapter)


def _worded(problem: Problem, text: str, language: str) -> VersesError:
    message = sentence(problem, language)
    if problem.code in ABSENT:
        return PassageNotFound(message, suggestions.for_absence(problem, language))
    near = suggestions.for_problem(problem, language)
    return ReferenceInvalid(message, near or suggestions.for_dictation(problem, text, language))
