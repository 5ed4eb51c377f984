"""Builds the files of the embedded editions from named sources.

    python -m verses.editions.build TEXTS BORDERS

`TEXTS` has `kjv.tsv.gz`, `web.tsv.gz` and `rv1909.tsv.gz`: USFM book id, chapter, verse, text,
exported from Debian's packages `sword-text-kjv`, `sword-text-web` and `sword-text-sparv`.
`BORDERS` is the folder `resources/bbltexts` of the GitHub repository nehemiaharchives/bbl (commit
4ec408b8), with one file per chapter of the same editions. Both sources are in the public domain.

The SWORD modules have the King James numbering: osis2mod appends a verse with a higher number to
the verse before it, and drops the space around italics. The second source has the printed verse
borders and the spaces; the words are always those of the first.
"""

import argparse
import gzip
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from verses.references.versification import VERSES

# The longest verse, Esther 8:9, has 532 in the Reina-Valera.
MAX_CHARACTERS = 600

_HEADER = "book\tchapter\tverse\ttext\n"
_BORDER_NAMES = {"kjv": None, "web": "webus", "rv1909": "rvr09"}
# Markup, control characters, double spaces, and words glued together by a removed tag.
_UNCLEAN = re.compile(r"[\x00-\x1f\x7f-\x9f\\<>{}*|_/]|  |^ | $|[a-zà-ÿ][A-ZÀ-Þ]|[,;:.!?]\w")
_WORD = re.compile(r"\w+")
_BORDER_WORDS = 5
_TITLE = "Salmo de"  # the second source omits the titles of the Psalms
_PRONOUNS = frozenset(["la", "lo", "le", "las", "los", "les", "se", "me", "te", "nos", "os"])
# The print attaches a pronoun to the verb before it (`sacólo`), but not to these words.
_BEFORE_PRONOUNS = frozenset(
    [
        "como",
        "de",
        "dejaban",
        "desolado",
        "dios",
        "ejército",
        "ella",
        "ellos",
        "eran",
        "es",
        "estaban",
        "gentes",
        "jehová",
        "josué",
        "no",
        "os",
        "que",
        "sea",
        "sólo",
        "también",
        "y",
        "ya",
        "éste",
    ]
)
# One word in print, two by mistake in the second source.
_WHOLE_WORDS = frozenset(
    [
        "abelmehula",
        "batrabbim",
        "benhadad",
        "jerobaal",
        "jesimoth",
        "menospreciado",
        "porque",
        "ramathmispe",
        "telmelah",
    ]
)

VerseNumber = tuple[str, int, int]
Verses = dict[VerseNumber, str]


def read_texts(path: Path) -> Verses:
    """Return the verses of a file in the format of the embedded editions."""
    rows = gzip.decompress(path.read_bytes()).decode().splitlines()[1:]
    cells = (row.split("\t") for row in rows)
    return {(book, int(chapter), int(verse)): text for book, chapter, verse, text in cells}


def read_borders(folder: Path) -> Verses:
    """Return the verses of a folder with one file for each chapter."""
    return {
        (usfm, chapter, verse): text
        for order, (usfm, counts) in enumerate(VERSES.items(), start=1)
        for chapter in range(1, len(counts) + 1)
        for verse, text in read_chapter(folder / f"{folder.name}.{order}.{chapter}.txt")
    }


def read_chapter(path: Path) -> Iterator[tuple[int, str]]:
    """Yield verse numbers and texts of the file of a chapter."""
    # A verse starts with its number; its further lines, of poetry, are indented.
    for part in re.split(r"^(?=\d)", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if match := re.match(r"(\d+)\s*(.*)", part, flags=re.DOTALL):
            yield int(match[1]), " ".join(match[2].split())


def build(texts: Verses, borders: Verses) -> Verses:
    """Return the verses with the borders and the spaces of the second source, in its order."""
    divided = dict(texts)
    for number in sorted(borders.keys() - texts.keys(), reverse=True):
        book, chapter, verse = number
        before = (book, chapter, max(v for b, c, v in texts if (b, c) == (book, chapter)))
        start = _find_border(divided[before], borders[number])
        divided[number] = divided[before][start:]
        divided[before] = divided[before][:start].rstrip()
        if verse <= before[2]:
            raise ValueError(f"{number} is missing from the text")
    spaced = {
        number: _separate_words(text, f"{_TITLE} {borders[number]}") if number in borders else text
        for number, text in divided.items()
    }
    order = {usfm: index for index, usfm in enumerate(VERSES)}
    return dict(sorted(spaced.items(), key=lambda item: (order[item[0][0]], *item[0][1:])))


def _find_border(text: str, following: str) -> int:
    """Return where the words of the following verse start in a text."""
    words = _WORD.findall(following)[:_BORDER_WORDS]
    pattern = r"[¿¡“(]*\b" + r"\W+".join(map(re.escape, words))
    if len(found := list(re.finditer(pattern, text, flags=re.IGNORECASE))) != 1:
        raise ValueError(f"{len(found)} places for the verse that starts with {words}")
    return found[0].start()


def _separate_words(text: str, reference: str) -> str:
    """Insert the spaces that the reference has inside a word of the text."""
    words = _WORD.findall(reference)
    known = {word.casefold() for word in words} | _WHOLE_WORDS
    folded = [word.casefold() for word in words]

    def separate(match: re.Match[str]) -> str:
        word = match[0]
        return word if word.casefold() in known else _split_word(word, folded)

    return _WORD.sub(separate, text)


def _split_word(word: str, words: list[str]) -> str:
    for first in range(len(words)):
        joined = ""
        for last in range(first, len(words)):
            joined += words[last]
            if len(joined) >= len(word):
                break
        if joined == word.casefold() and last > first:
            return _cut(word, _attach_pronouns(words[first : last + 1]))
    return word


def _attach_pronouns(parts: Iterable[str]) -> list[str]:
    attached: list[str] = []
    for part in parts:
        if attached and part in _PRONOUNS and attached[-1] not in _BEFORE_PRONOUNS:
            attached[-1] += part
        else:
            attached.append(part)
    return attached


def _cut(word: str, parts: Iterable[str]) -> str:
    rest = io.StringIO(word)
    return " ".join(rest.read(len(part)) for part in parts)


def check(verses: Mapping[VerseNumber, str]) -> None:
    """Raise ValueError for a verse with markup, control characters or more than one verse."""
    chapters: dict[tuple[str, int], int] = {}
    for number, text in verses.items():
        if not text or len(text) > MAX_CHARACTERS or _UNCLEAN.search(text):
            raise ValueError(f"{number} is not a plain verse: {text[:80]!r}")
        chapters[number[:2]] = max(number[2], chapters.get(number[:2], 0))
    if list(chapters) != [(b, c) for b in VERSES for c in range(1, len(VERSES[b]) + 1)]:
        raise ValueError("chapters are missing or not in canonical order")


def pack(verses: Mapping[VerseNumber, str]) -> bytes:
    """Return the file of an edition: the same bytes for the same verses."""
    rows = (
        f"{book}\t{chapter}\t{verse}\t{text}\n" for (book, chapter, verse), text in verses.items()
    )
    return gzip.compress((_HEADER + "".join(rows)).encode(), mtime=0)


def main() -> None:
    """Write the three files next to this module."""
    parser = argparse.ArgumentParser(description="Build the embedded editions.")
    parser.add_argument("texts", type=Path)
    parser.add_argument("borders", type=Path)
    arguments = parser.parse_args()
    for identifier, folder in _BORDER_NAMES.items():
        texts = read_texts(arguments.texts / f"{identifier}.tsv.gz")
        borders = read_borders(arguments.borders / folder) if folder else {}
        verses = build(texts, borders)
        check(verses)
        Path(__file__).with_name(f"{identifier}.tsv.gz").write_bytes(pack(verses))


if __name__ == "__main__":
    main()
