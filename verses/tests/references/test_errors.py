"""Errors, their messages and suggestions."""

import pytest
from django.utils.translation import override

from verses.exceptions import PassageNotFound, ReferenceInvalid, VersesError
from verses.references import LANGUAGE_CODES, parse
from verses.references.errors import MESSAGES, ErrorCode
from verses.services.localization import error_message


def refused(text: str, language: str = "en") -> ReferenceInvalid:
    with pytest.raises(ReferenceInvalid) as caught:
        parse(text, language=language)
    return caught.value


def test_suggestions_are_in_the_user_language() -> None:
    assert refused("Fil 1:6", "en").suggestions == ("Philippians 1:6", "Philemon 1:6")
    assert refused("Fil 1:6", "es").suggestions == ("Filipenses 1:6", "Filemón 1:6")
    assert refused("Fil 1:6", "pt").suggestions == ("Filipenses 1:6", "Filemom 1:6")


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("Juan tres dieciséis", "es", "Juan 3:16"),
        ("Salmo veintitrés", "es", "Salmos 23"),
        ("Salmo ciento diecinueve ciento cinco", "es", "Salmos 119:105"),
        ("Isaías cuarenta y uno diez", "es", "Isaías 41:10"),
        ("Romans eight twenty-eight", "en", "Romans 8:28"),
        ("Psalm one hundred and nineteen", "en", "Psalms 119"),
        ("Genesis chapter one", "en", "Genesis 1"),
        ("João três dezesseis", "pt", "João 3:16"),
        ("Salmos cento e vinte e um", "pt", "Salmos 121"),
    ],
)
def test_numbers_in_words_are_suggested_in_digits(text: str, language: str, meant: str) -> None:
    assert refused(text, language).suggestions == (meant,)


def test_at_most_five_books_are_suggested() -> None:
    assert len(refused("Jo 1:1").suggestions) == 5


def test_the_valid_part_of_a_text_is_suggested() -> None:
    assert refused("John 3:16 in the KJV").suggestions == ("John 3:16",)


@pytest.mark.parametrize(
    ("text", "language", "message"),
    [
        ("Xyzzy 1", "en", "There is no book called “xyzzy”."),
        ("Xyzzy 1", "es", "No hay ningún libro llamado «xyzzy»."),
        ("Xyzzy 1", "pt", "Não há nenhum livro chamado “xyzzy”."),
        ("Xyzzy 1", "de", "There is no book called “xyzzy”."),
        ("John", "es", "Juan tiene 21 capítulos; indique uno."),
        ("John 3:16-", "en", "The reference is incomplete; a number is missing at the end."),
        ("Henoc 1", "es", "«henoc» no es uno de los 66 libros admitidos."),
        (
            "Judit 1",
            "es",
            "«judit» es un libro deuterocanónico; solo se admiten los 66 del canon protestante.",
        ),
        (
            "Eclo 1",
            "pt",
            "“eclo” é um livro deuterocanônico; só são aceitos os 66 do cânon protestante.",
        ),
        ("Gen 1-50", "pt", "Uma referência tem no máximo 500 versículos."),
    ],
)
def test_a_message_is_in_the_language_of_the_user(text: str, language: str, message: str) -> None:
    with override(language):
        assert error_message(refused(text, language)) == message


@pytest.mark.parametrize(
    ("text", "language", "message"),
    [
        ("John 99:1", "en", "There is no such chapter: John has 21."),
        ("John 3:99", "en", "There is no such verse: John 3 has 36."),
        ("Jn 3:99", "es", "No existe ese versículo: Juan 3 tiene 36."),
        ("Jn 99", "pt", "Não existe esse capítulo: João tem 21."),
    ],
)
def test_a_missing_passage_has_a_message_with_the_last_one(
    text: str, language: str, message: str
) -> None:
    with pytest.raises(PassageNotFound) as caught:
        parse(text, language=language)

    with override(language):
        assert error_message(caught.value) == message


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Salmo 151", ("Salmos 150",)),
        ("John 3:99", ("Juan 3",)),
        ("Jn 3:16; 22:1", ("Juan 3:16", "Juan 21")),
    ],
)
def test_passages_near_a_missing_one_are_suggested(text: str, nearest: tuple[str, ...]) -> None:
    with pytest.raises(PassageNotFound) as caught:
        parse(text, language="es")

    assert caught.value.suggestions == nearest


def test_a_percent_sign_in_the_text_is_not_a_field() -> None:
    assert "“%”" in error_message(refused("John 3:16 %(book)s"))


@pytest.mark.parametrize("code", ErrorCode)
@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_every_error_has_a_message_in_every_language(code: ErrorCode, language: str) -> None:
    values = {"name": "x", "fragment": "x", "limit": 1, "book": "x", "chapter": 3}
    values |= {"chapters": 21, "verses": 36}
    error = VersesError(MESSAGES[code], values)

    with override(language):
        message = error_message(error)

    assert message.endswith(".")
    assert (message == str(error)) is (language == "en")


@pytest.mark.parametrize("text", ["John 3:16" + " " * 200, "x" * 201, "\ufdfa" * 20])
def test_a_text_that_is_too_long_is_refused(text: str) -> None:
    assert str(refused(text)) == "A reference has at most 200 characters."


def test_the_number_of_passages_is_limited() -> None:
    assert str(refused("Ps 1" + ";3;1" * 20)) == "A reference lists at most 24 passages."


def test_two_misspelt_names_are_accepted_and_three_refused() -> None:
    assert parse("Gensis 1; Exodis 1").osis == "Gen.1,Exod.1"
    assert refused("Gensis 1; Exodis 1; Levitcus 1").suggestions == (
        "Genesis 1; Exodus 1; Leviticus 1",
    )
