"""Requests as clients of bible-api.com send them, drawn from a seed."""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from verses.references import BOOKS, chapters_in, verses_in

TRANSLATIONS = ("", "", "", "kjv", "KJV", "asv", "bbe", "ylt", "none")
PARAMETERS = ("", "", "", "verse_numbers=true", "callback=f", "jsonp=a.b")
ABBREVIATIONS = (
    *("jn", "jhn", "mk", "mt", "lk", "rev", "deut", "ps", "psalm", "prov", "song", "ezek", "judg"),
    *("jude", "phil", "philem", "jas", "1sam", "2kgs", "1cor", "1pet", "1jn", "gen", "rom"),
)
OTHER_BOOKS = ("Tobit", "Judith", "Sirach", "Baruch", "1 Maccabees", "2 Esdras", "Wisdom")
ONLY_OURS = ("{}.{}.{}", "{} {}.{}", "{} {}:{} ; 1:1", "{} {}:{} .")
MAX_LISTED = 33


@dataclass(frozen=True, slots=True)
class Request:
    """A request: `kind` groups it in the report, `is_extension` marks texts that only we read."""

    kind: str
    path: str
    is_extension: bool = False

    @property
    def is_random(self) -> bool:
        """Whether each response has another verse."""
        return "random" in self.path


def draw_requests(count: int, seed: int) -> Iterator[Request]:
    """Yield `count` requests; those of equal arguments are equal."""
    drawing = _Drawing(random.Random(seed))  # noqa: S311  not a secret
    kinds: tuple[Callable[[], Request], ...] = (
        *(drawing.reference,) * 12,
        drawing.data,
        drawing.random_verse,
        drawing.doubled_slash,
        drawing.other_book,
        drawing.only_ours,
    )
    for _number in range(count):
        yield drawing.random.choice(kinds)()


class _Drawing:
    """Draws parts of requests from one generator of random numbers."""

    def __init__(self, generator: random.Random) -> None:
        self.random = generator

    def reference(self) -> Request:
        """Return a reference in one of the forms that the real server reads, or refuses."""
        forms = {
            "verse": "{c}:{v}",
            "range": "{c}:{v}-{w}",
            "chapter": "{c}",
            "list": "{c}:{v},{x}",
            "range and verse": "{c}:{v}-{w}, {x}",
            "verse and range": "{c}:{v} & {x}-{w}",
            "next chapter": "{c}:{v}-{d}:1",
            "list over chapters": "{c}:{v}-{w},{x},{d}:1-2",
            "chapter and verse": "{c},{d}:1",
            "two chapters": "{c}&{d}",
            "after a boundary": "{c}:{v}-{d}:1,{x}",
            "long list": "{c}:{listed}",
            "many chapters": "{c}-{d}",
            "far chapters": "{c}:{v}-999:1",
            "no verse": "{c}:999",
            "no chapter": "999:1",
        }
        kind = self.random.choice(list(forms))
        name, numbers = self._numbers()
        text = f"{name} {forms[kind].format(**numbers)}"
        return Request(kind, f"/{self._quoted(text)}{self._query()}")

    def data(self) -> Request:
        """Return a route of the lists."""
        usfm = self.random.choice(BOOKS).usfm
        path = self.random.choice(
            (
                "/data",
                "/data/web",
                "/data/none",
                f"/data/kjv/{usfm}",
                "/data/web/XXX",
                f"/data/web/{usfm}/1",
                f"/data/web/{usfm}/999",
            )
        )
        return Request("data", path + self.random.choice(("", "", "?callback=f")))

    def random_verse(self) -> Request:
        """Return a call for a random verse."""
        path = self.random.choice(
            (
                "/?random=verse",
                "?random=verse",
                "/?random=true&translation=kjv&verse_numbers=true",
                "/data/web/random",
                "/data/kjv/random/NT",
                "/data/web/random/JHN,ROM",
                "/data/web/random/XXX",
            )
        )
        return Request("random", path)

    def doubled_slash(self) -> Request:
        """Return a path of a client whose base URL ends in a slash."""
        path = self.random.choice(
            ("//data/kjv/random", "/data//kjv", "//data/web/JHN", "//John+3:16", "/data/web//JHN/3")
        )
        return Request("doubled slash", path)

    def other_book(self) -> Request:
        """Return a passage of a book outside the 66."""
        text = f"{self.random.choice(OTHER_BOOKS)} 1:{self.random.randint(1, 5)}"
        return Request("other book", f"/{self._quoted(text)}")

    def only_ours(self) -> Request:
        """Return a text or a translation that the real server does not know."""
        if self.random.random() < 1 / 3:
            return Request("only ours", "/Juan+3:16?translation=rv1909", is_extension=True)
        text = self.random.choice(ONLY_OURS).format("John", 3, self.random.randint(1, 36))
        return Request("only ours", f"/{self._quoted(text)}", is_extension=True)

    def _numbers(self) -> tuple[str, dict[str, object]]:
        """Return a book with two chapters or more, and numbers of existing verses in it."""
        book = self.random.choice([book for book in BOOKS if book.chapters > 1])
        usfm = book.usfm
        chapter = self.random.randint(1, chapters_in(usfm) - 1)
        verses = verses_in(usfm, chapter)
        first, last = sorted(self.random.randint(1, verses) for _end in range(2))
        numbers: dict[str, object] = {
            "c": chapter,
            "d": chapter + 1,
            "v": first,
            "w": last,
            "x": self.random.randint(1, last),
            "listed": "&".join(str(verse) for verse in range(1, min(verses, MAX_LISTED) + 1)),
        }
        if self.random.random() < 1 / 4:
            return self.random.choice(ABBREVIATIONS), numbers
        return self.random.choice((str.title, str.lower, str.upper))(book.name()), numbers

    def _quoted(self, text: str) -> str:
        plus = self.random.random() < 1 / 2
        return (
            quote(text, safe="+:,&-;") if not plus else quote(text.replace(" ", "+"), safe="+:,&;-")
        )

    def _query(self) -> str:
        translation = self.random.choice(TRANSLATIONS)
        parameters = [f"translation={translation}"] if translation else []
        if parameter := self.random.choice(PARAMETERS):
            parameters.append(parameter)
        return f"?{'&'.join(parameters)}" if parameters else ""
