"""The texts of the embedded editions: plain verses, complete, with the borders of the print."""

import gzip
from functools import cache
from pathlib import Path

import pytest

from verses.editions import EDITIONS, build
from verses.references import ALIGNMENTS, BOOKS, chapters_in

pytestmark = pytest.mark.slow

# First and last words, where a source has merged verses, markup or notes, or numberings differ.
BORDERS = """
kjv GEN 1:1 | In the beginning God | and the earth.
kjv EXO 6:3 | And I appeared | not known to them.
kjv PSA 83:18 | That men may know | over all the earth.
kjv PSA 119:1 | Blessed are the undefiled | law of the LORD.
kjv ISA 12:2 | Behold, God is | become my salvation.
kjv ISA 26:4 | Trust ye in | is everlasting strength:
kjv EST 8:9 | Then were the | to their language.
kjv JOB 39:30 | Her young ones | there is she.
kjv JON 1:17 | Now the LORD | and three nights.
kjv JHN 3:16 | For God so | have everlasting life.
kjv JHN 11:35 | Jesus wept. | Jesus wept.
kjv ACT 8:37 | And Philip said, | Son of God.
kjv ROM 16:25 | Now to him | the world began,
kjv 3JN 1:14 | But I trust | friends by name.
kjv REV 22:21 | The grace of | you all. Amen.
web GEN 1:1 | In the beginning, | and the earth.
web SNG 1:2 | Let him kiss | better than wine.
web SNG 2:1 | I am a | of the valleys.
web SNG 8:14 | Come away, my | mountains of spices!
web ROM 14:23 | But he who | faith is sin.
web ROM 14:24 | Now to him | long ages,
web ROM 14:25 | but now is | all the nations;
web ROM 14:26 | to the only | forever! Amen.
web ROM 16:24 | The grace of | you all! Amen.
web JHN 11:35 | Jesus wept. | Jesus wept.
web REV 22:21 | The grace of | the saints. Amen.
rv1909 GEN 1:1 | EN el principio | y la tierra.
rv1909 GEN 2:12 | Y el oro | bdelio y piedra cornerina.
rv1909 NUM 13:1 | Y DESPUÉS movió | desierto de Parán.
rv1909 NUM 13:34 | También vimos allí | les parecíamos á ellos.
rv1909 JDG 14:21 | Y la mujer | antes se acompañaba.
rv1909 1SA 20:43 | Y él se | en la ciudad.
rv1909 1SA 24:23 | Entonces David juró | al sitio fuerte.
rv1909 1KI 22:54 | Porque sirvió á | su padre había hecho.
rv1909 1CH 21:31 | Mas David no | ángel de Jehová.
rv1909 2CH 16:15 | Y pusiéronlo en | quema muy grande.
rv1909 JOB 39:30 | ¿Se remonta el | alto su nido?
rv1909 JOB 39:31 | Ella habita y | de la roca.
rv1909 JOB 39:34 | A más de | Job, y dijo:
rv1909 JOB 39:38 | Una vez hablé, | tornaré á hablar.
rv1909 JOB 40:1 | ENTONCES respondió Jehová | oscuridad, y dijo:
rv1909 HOS 12:15 | Enojado ha Ephraim | pagará su oprobio.
rv1909 JON 2:11 | Y mandó Jehová | Jonás en tierra.
rv1909 PSA 30:1 | Salmo cantado en | alegrarse de mí.
rv1909 MAT 17:5 | Y estando aún | á él oid.
rv1909 JHN 11:35 | Y lloró Jesús. | Y lloró Jesús.
rv1909 2CO 13:12 | Saludaos los unos | santos os saludan.
rv1909 3JN 1:15 | Paz sea contigo. | por nombre.
"""


@cache
def verses_of(identifier: str) -> build.Verses:
    return build.read_texts(EDITIONS[identifier].path)


@pytest.mark.parametrize("identifier", EDITIONS)
def test_every_verse_is_plain_text(identifier: str) -> None:
    build.check(verses_of(identifier))


@pytest.mark.parametrize("identifier", EDITIONS)
def test_every_chapter_has_the_verses_of_its_versification(identifier: str) -> None:
    found: dict[tuple[str, int], list[int]] = {}
    for book, chapter, verse in verses_of(identifier):
        found.setdefault((book, chapter), []).append(verse)

    expected = {
        (book.usfm, chapter): ALIGNMENTS[identifier].verses_of(book.usfm, chapter)
        for book in BOOKS
        for chapter in range(1, chapters_in(book.usfm) + 1)
    }
    assert found == expected


@pytest.mark.parametrize("line", BORDERS.strip().splitlines())
def test_a_verse_starts_and_ends_at_its_border(line: str) -> None:
    place, first, last = line.split(" | ")
    identifier, book, numbers = place.split()
    chapter, verse = map(int, numbers.split(":"))

    text = verses_of(identifier)[book, chapter, verse]

    assert (text[: len(first)], text[-len(last) :]) == (first, last)


@pytest.mark.parametrize("identifier", EDITIONS)
def test_a_built_file_is_reproducible(identifier: str) -> None:
    packed = EDITIONS[identifier].path.read_bytes()
    verses = verses_of(identifier)

    again = build.pack(build.build(verses, {}))

    assert gzip.decompress(again) == gzip.decompress(packed)
    assert build.pack(verses) == again
    assert again[4:8] == packed[4:8] == bytes(4)  # the time of the file


def test_verses_are_divided_at_the_borders_of_the_second_source(tmp_path: Path) -> None:
    chapter = tmp_path / "some.1.1.txt"
    chapter.write_text("1 First words\n  of poetry,\n2 Then the next.\n3 ¿And the last?\n")
    borders = {("GEN", 1, verse): text for verse, text in build.read_chapter(chapter)}
    texts = {("GEN", 1, 1): "First words of poetry, then the next. ¿And the last?"}

    divided = build.build(texts, borders)

    assert divided == {
        ("GEN", 1, 1): "First words of poetry,",
        ("GEN", 1, 2): "then the next.",
        ("GEN", 1, 3): "¿And the last?",
    }


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("hay allítambiénbdelio", "hay allí también bdelio", "hay allí también bdelio"),
        ("y díjoleDios: Pide", "y díjo le Dios: Pide", "y díjole Dios: Pide"),
        ("el ángel de Jehoválos acose", "de Jehová los acose", "el ángel de Jehová los acose"),
        ("y sácalo de aquí", "y sáca lo de aquí", "y sácalo de aquí"),
        ("porque Jerobaal", "por que Jero baal", "porque Jerobaal"),
    ],
)
def test_words_without_a_space_are_separated(text: str, reference: str, expected: str) -> None:
    number = ("GEN", 1, 1)

    assert build.build({number: text}, {number: reference})[number] == expected


@pytest.mark.parametrize(
    "text", ["\\nd JEHOVAH", "<b>bold</b>", "two  spaces", "a\ttab", "", "x" * 601, "glueD"]
)
def test_a_verse_with_markup_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain verse"):
        build.check({("GEN", 1, 1): text})
