import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import churn.ml
from churn import exceptions
from churn.exceptions import ChurnError, DataUnfit, FileUnreadable, NameTaken
from churn.ml.i18n.messages import Told, spanish, told
from churn.ml.io.roles import format_names

ERRORS = {name for name in vars(exceptions) if name[0].isupper()}


def raised() -> Iterator[ast.Call]:
    """Yield each error of our own that churn.ml makes with a sentence."""
    for path in sorted(Path(churn.ml.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ERRORS and node.args:
                yield node


def sentence_of(call: ast.Call) -> str:
    """Return the sentence; one that is no literal, such as an f-string, has no Spanish."""
    literal = call.args[0]
    return str(literal.value) if isinstance(literal, ast.Constant) else ast.unparse(literal)


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_every_sentence_that_is_raised_has_its_spanish_and_no_other_has() -> None:
    assert {sentence_of(call) for call in raised()} == set(spanish())


def test_the_fields_of_both_languages_are_those_that_are_filled() -> None:
    for call in raised():
        sentence, given = sentence_of(call), {str(keyword.arg) for keyword in call.keywords}
        assert fields_of(sentence) == fields_of(spanish()[sentence]) == given, sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Of 1,200 customers 3 left and 1,197 stayed; a model needs at least 10 of each."),
        (
            "es",
            "De 1.200 clientes, 3 se fueron y 1.197 se quedaron; un modelo necesita al menos 10",
        ),
    ],
)
def test_numbers_are_written_as_the_language_does(language: str, sentence: str) -> None:
    error = DataUnfit(
        "Of {customers:,} customers {left:,} left and {stayed:,} stayed; a model needs at least"
        " {least} of each. Add customers, or check the target column.",
        customers=1200,
        left=3,
        stayed=1197,
        least=10,
    )

    assert told(error, language).startswith(sentence)  # type: ignore[arg-type]


def test_what_differs_inside_a_sentence_is_told_in_its_language() -> None:
    error = FileUnreadable(
        "The file is not a table: it is {what}.", what=Told("a PDF document", "un documento PDF")
    )

    assert str(error) == told(error, "en") == "The file is not a table: it is a PDF document."
    assert told(error, "es") == "El archivo no es una tabla: es un documento PDF."


def test_a_name_with_braces_is_no_field() -> None:
    columns = format_names(["{x}", *(f"c{number}" for number in range(1500))])
    error = ChurnError("The model needs the column {columns}, which the file lacks; add it.",
                       columns=columns)  # fmt: skip

    assert "`{x}`" in str(error)
    assert "and 1,489 more" in str(error)
    assert "y 1.489 más" in told(error, "es")


def test_a_sentence_that_came_in_the_language_of_its_reader_stays_as_it_is() -> None:
    assert told(NameTaken("Ya hay un conjunto {así}."), "es") == "Ya hay un conjunto {así}."
