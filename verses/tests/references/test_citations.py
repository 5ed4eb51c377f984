"""Citations as bulletins, lectionaries and old books print them."""

import pytest

from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.references import Reference, parse


def outcome(text: str, language: str = "en") -> str | tuple[str, ...]:
    """Return the canonical key of a text, or the suggestions of its error."""
    try:
        return parse(text, language=language).osis
    except (ReferenceInvalid, PassageNotFound) as error:
        return error.suggestions


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Gn 2:4b-9, 15", "Gen.2.4-Gen.2.9,Gen.2.15"),
        ("Heb 3:3, 4b-5, 6", "Heb.3.3-Heb.3.6"),
        ("John 1:14ab", "John.1.14"),
        ("Psalm 24:1ac,3", "Ps.24.1,Ps.24.3"),
        ("1 S 16, 1b. 6-7. 10-13a", "1Sam.16.1,1Sam.16.6-1Sam.16.7,1Sam.16.10-1Sam.16.13"),
        ("Jn 6,63c.68c", "John.6.63,John.6.68"),
        ("Jn 6:63c.68c", "John.6.63,John.6.68"),
        ("Sal 39, 2 y 4ab. 7. 8-9. 10", "Ps.39.2,Ps.39.4,Ps.39.7-Ps.39.10"),
        ("Sal 24, 1a.c", "Ps.24.1"),
        ("John 3:16a-b", "John.3.16"),
        ("John 3:16c; 1 Cor 13:4", "John.3.16,1Cor.13.4"),
        ("Is 52, 13 \u2013 53, 12", "Isa.52.13-Isa.53.12"),
        ("Gn 1, 1 \u2013 2, 4a", "Gen.1.1-Gen.2.4"),
        ("Judas 17.20-25", "Jude.1.17,Jude.1.20-Jude.1.25"),
        ("Flm 9-10.12-17", "Phlm.1.9-Phlm.1.10,Phlm.1.12-Phlm.1.17"),
        ("Mateo caps. 5, 6 y 7", "Matt.5-Matt.7"),
        ("Matt. v. 3-12", "Matt.5.3-Matt.5.12"),
        ("Rom. iii. 23; vi. 23", "Rom.3.23,Rom.6.23"),
        ("Rom. iii. 23; v. 8", "Rom.3.23,Rom.5.8"),
        ("Gen. i. 1-5; ii. 7", "Gen.1.1-Gen.1.5,Gen.2.7"),
        ("Luke i. 5 - ii. 10", "Luke.1.5-Luke.2.10"),
        ("Rev. iii. 20, xxi. 4", "Rev.3.20,Rev.21.4"),
        ("Jude v. 5", "Jude.1.5"),
        ("Salmo 22 (23), 1-6", "Ps.23"),
        ("Sl 22(23)", "Ps.23"),
        ("Salmo 23 [22], 1", "Ps.23.1"),
        ("Sl 115 (116B), 12-13", "Ps.116.12-Ps.116.13"),
        ("Mal 3 (4), 19-20", "Mal.4.1-Mal.4.2"),
        ("John 3:16\u2013end", "John.3.16-John.3.36"),
        ("Jn 3,16\u2013fin", "John.3.16-John.3.36"),
        ("Jo\u00e3o 3,16 at\u00e9 o fim", "John.3.16-John.3.36"),
        ("John 3:16; cf. Rom 8:28", "John.3.16,Rom.8.28"),
        ("Jn 3,16; v\u00e9ase 1 Jn 4,8", "John.3.16,1John.4.8"),
        ("Stgo 1:3", "Jas.1.3"),
        ("Fl 4,13", "Phil.4.13"),
        ("Apc 1:1", "Rev.1.1"),
        ("Cantar de cantares 1:2", "Song.1.2"),
        ("Lectura del libro del profeta Isa\u00edas 9, 1-3", "Isa.9.1-Isa.9.3"),
        ("Leitura do Livro do Profeta Isa\u00edas 9,1-3", "Isa.9.1-Isa.9.3"),
        ("\uff08John 3:16\uff09", "John.3.16"),
        ("\u3010John 3:16\u3011", "John.3.16"),
        ("\U0001f4d6 John 3:16", "John.3.16"),
        ("`John 3:16`", "John.3.16"),
        ("**John 3:16**", "John.3.16"),
    ],
)
def test_a_printed_citation_is_read(text: str, key: str) -> None:
    assert outcome(text) == key


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        (
            "Hebrews 12:1-3 John 1:1",
            (
                "Hebrews 12:1-3; John 1:1",
                (
                    "Hebrews 12-13; James 1-5; 1 Peter 1-5; 2 Peter 1-3; 1 John 1-5; 2 John 1; "
                    "3 John 1:1"
                ),
            ),
        ),
        ("G\u00e9nesis 1, 2 y 3", ("Genesis 1:2-3", "Genesis 1-3")),
        ("Mateus 5, 6 e 7", ("Matthew 5:6-7", "Matthew 5-7")),
        ("Gen 2:5; 15", ("Genesis 2:5,15", "Genesis 2:5; Genesis 15")),
        ("Jud 6", ("Jude 1:6", "Judges 6")),
        ("Jud 6:12", ("Judges 6:12", "Jude 1")),
        ("John 4 - v22", ("John 4:22", "John 4:1-22")),
        ("Hc 2:4", ("Acts 2:4", "Habakkuk 2:4")),
        ("John 3;16", ("John 3:16", "John 3; 16")),
        ("2 John 1-3 John 14", ("2 John 1:1-3; John 14", "2 John 1; 3 John 1")),
        ("Gen 1:1-2.3", ("Genesis 1:1-2:3", "Genesis 1:1-3")),
        ("Salmo 22 (24), 1", ("Psalms 22:1", "Psalms 24:1")),
        ("Salmo 114 (116)", ("Psalms 116:1-9", "Psalms 116")),
    ],
)
def test_two_readings_are_refused_and_suggested(text: str, readings: tuple[str, ...]) -> None:
    assert outcome(text) == readings


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("Cf. Jo 14,6", "pt", "Jo\u00e3o 14:6"),
        ("Jo 3:l6", "pt", "Jo\u00e3o 3:16"),
        ("l John 4:8", "en", "1 John 4:8"),
        ("ll Tim 3:16", "en", "2 Timothy 3:16"),
        ("John 3:l6", "en", "John 3:16"),
        ("Isa 4O:3l", "en", "Isaiah 40:31"),
        ("Psalm ll9:105", "es", "Salmos 119:105"),
        ("Jl 4,1", "es", "Joel 3:1"),
        ("Mal 3,19-20a", "es", "Malaqu\u00edas 4:1-2"),
        ("Is 8:23", "en", "Isaiah 9:1"),
        ("Sal 51, 20", "es", "Salmos 51:18"),
    ],
)
def test_the_reading_meant_is_suggested_first(text: str, language: str, first: str) -> None:
    assert outcome(text, language)[0] == first


@pytest.mark.parametrize(
    "text", ["John 3:16 pm", "Psalm 23 at 7", "Ps 118:1 et 3", "Romans 8 is 5", "Juan 3:16 de 5"]
)
def test_a_short_word_after_a_number_is_no_book(text: str) -> None:
    with pytest.raises(ReferenceInvalid):
        parse(text)


@pytest.mark.parametrize(
    "name", ["Eclo", "Si", "Sb", "Tb", "Ba", "Br", "Sab", "1 Mac", "2 M", "Jdt", "Ecclesiasticus"]
)
def test_a_deuterocanonical_book_is_named_as_such(name: str) -> None:
    with pytest.raises(ReferenceInvalid, match="deuterocanonical"):
        parse(f"{name} 3,1")


def test_a_formatted_ambiguity_is_a_reference() -> None:
    with pytest.raises(ReferenceInvalid) as caught:
        parse("Gen 2:5; 15")

    assert all(isinstance(parse(text), Reference) for text in caught.value.suggestions)
