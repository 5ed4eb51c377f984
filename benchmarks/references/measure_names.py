"""Measure the reading of book names against the Bible Passage Reference Parser's lists.

    npm install --prefix DIR bible-passage-reference-parser
    python benchmarks/references/measure_names.py DIR/node_modules/bible-passage-reference-parser

Every name of the lists for English, Spanish and Portuguese is read as `NAME 1:1`.

- *standard*: printed so by a reference work (`standard_names.py`), titles in front aside.
- *other*: the rest, misspelt names and unusual abbreviations.
- *shared*: listed for several books; read as one of them or refused, it is right.
- *outside*: writings outside the 66 books; they must be refused.

Exit code 1 if a target of `docs/references.md` is missed.
"""

import argparse
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from published_lists import Published, published_names
from standard_names import LANGUAGES, standard_names

from verses.exceptions import ReferenceInvalid
from verses.references import BOOKS, parse

OSIS = {book.osis: book.usfm for book in BOOKS}
FOUND_AT_LEAST = {"en": 0.55, "es": 0.65, "pt": 0.80}
MAX_WRONG = 0.003
# Abbreviations two standards give to different books: one reading is refused or given up.
DISPUTED = {"jo", "hb", "ha", "so", "fil", "jn", "hc"}
_TITLE = re.compile(
    r"^(the |el |los |o )?((gospel|evangelio|evangelho) (of|according to|de|segundo) )?"
    r"((saint|st|san|sao) )?"
)
_ORDINAL = re.compile(
    r"^(?:(1)(?:st|[ºoaª])?|(2)(?:nd|[ºoaª])?|(3)(?:rd|[ºoaª])?|(i)|(ii)|(iii)|(first|primer[oa]?|"
    r"primeir[oa])|(second|segund[oa])|(third|tercer[oa]?|terceir[oa]))\.? (?=\w)"
)


def plain(name: str) -> str:
    """Lower case without accents, dots and titles; the numeral in digits."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("º", "o").replace("ª", "a"))
    text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    text = _TITLE.sub("", re.sub(r"\.(?=\w)", " ", text).replace(".", ""))
    text = _ORDINAL.sub(_numeral, text)
    return text[:2] + _TITLE.sub("", text[2:]) if text[:1].isdigit() else text


def _numeral(match: re.Match[str]) -> str:
    return f"{((match.lastindex or 1) - 1) % 3 + 1} "


def read(name: str) -> str:
    """USFM id the name is read as; empty if it is refused."""
    try:
        return parse(f"{name} 1:1").spans[0].book
    except ReferenceInvalid:
        return ""


def kind_of(published: Published, standard: set[tuple[str, str]]) -> str:
    """Which of the four groups a name belongs to."""
    books = [OSIS[book] for book in published.books if book in OSIS]
    if not books:
        return "outside"
    if len(published.books) > 1:
        return "shared"
    return "standard" if (books[0], plain(published.name)) in standard else "other"


def judge(published: Published) -> str:
    """`right`, `refused` or `wrong`."""
    book = read(published.name)
    if not book:
        return "refused"
    return "right" if book in [OSIS.get(one) for one in published.books] else "wrong"


def measure(package: Path, language: str) -> tuple[dict[str, Counter[str]], list[str]]:
    """Count the outcomes in each group, and the names that count against us."""
    standard = {(book, plain(name)) for lang, book, name in standard_names() if lang == language}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    faults: list[str] = []
    for published in published_names(package, language):
        kind, outcome = kind_of(published, standard), judge(published)
        if kind == "standard" and plain(published.name) in DISPUTED:
            kind = "disputed"
        counts[kind][outcome] += 1
        if outcome == "wrong" or (outcome == "refused" and kind in ("standard", "disputed")):
            faults.append(f"{language} {kind} {outcome}: {published.name} {published.books}")
    return counts, faults


def report(language: str, counts: dict[str, Counter[str]]) -> bool:
    """Print the rows of a language; return whether its targets are met."""
    for kind, outcomes in sorted(counts.items()):
        total = outcomes.total()
        shares = " ".join(
            f"{outcome} {outcomes[outcome]:6} ({outcomes[outcome] / total:7.2%})"
            for outcome in ("right", "refused", "wrong")
        )
        print(f"{language} {kind:9} {total:6} {shares}")
    other, standard = counts["other"], counts["standard"]
    return (
        standard["right"] == standard.total()
        and other["wrong"] <= MAX_WRONG * other.total()
        and other["right"] >= FOUND_AT_LEAST[language] * other.total()
        and not counts["outside"]["right"] + counts["outside"]["wrong"]
    )


def main() -> int:
    """Measure the three languages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("package", type=Path)
    parser.add_argument("--faults", action="store_true", help="list what counts against us")
    arguments = parser.parse_args()
    met = True
    for language in LANGUAGES:
        counts, faults = measure(arguments.package, language)
        met &= report(language, counts)
        if arguments.faults:
            print("\n".join(faults))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
