"""Stored texts, old and new, in each language."""

from typing import Any

import pytest
from django.utils.translation import override

from churn.exceptions import NameTaken, SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.services.localization import (
    error_message,
    localize,
    localize_reasons,
    localize_text,
    resolve_language,
)

OLD_FINDING = {
    "code": "missing",
    "column": "edad",
    "count": 3,
    "share": 0.1,
    "severity": "info",
    "text": {"en": "edad: empty cells: 3", "es": "edad: celdas vacías: 3"},
}
OLD_REASON: dict[str, Any] = {
    "feature": "age",
    "value": "34.5",
    "unit": "years",
    "direction": "raises",
    "contribution": 0.25,
    "text": {
        "en": "age: 34.5 years raises the risk",
        "es": "edad: 34,5 años aumenta el riesgo",
    },
}


@pytest.mark.parametrize(
    ("code", "language"), [("es-py", "es"), ("en-gb", "en"), ("pt-br", "pt"), ("de", "en")]
)
def test_a_code_resolves_to_a_supported_language(code: str, language: str) -> None:
    assert resolve_language(code) == language


def test_the_active_language_is_the_default() -> None:
    with override("es"):
        assert resolve_language() == "es"


def test_an_old_row_with_a_text_for_each_language_is_read() -> None:
    assert localize([OLD_FINDING], "es")[0]["text"] == "edad: celdas vacías: 3"
    assert localize([OLD_FINDING], "en")[0]["text"] == "edad: empty cells: 3"


def test_an_old_row_without_the_language_is_english() -> None:
    assert localize([OLD_FINDING], "pt")[0]["text"] == "edad: empty cells: 3"


def test_a_new_row_is_translated_with_its_values() -> None:
    finding = Message("empty cells: {count:,}", {"count": 1200})
    stored = Message("{column}: {finding}", {"column": "edad", "finding": finding}).to_dict()

    assert localize([OLD_FINDING | {"text": stored}], "es")[0]["text"] == (
        "edad: celdas vacías: 1.200"
    )


def test_a_stored_name_is_the_same_in_every_language() -> None:
    assert localize_text("tenure", "es") == "tenure"


@pytest.mark.parametrize("without", [[], ["text"]])
def test_a_stored_reason_is_written_when_it_is_shown(without: list[str]) -> None:
    reason = {name: value for name, value in OLD_REASON.items() if name not in without}

    [english], [spanish] = localize_reasons([reason], "en"), localize_reasons([reason], "es")
    [portuguese] = localize_reasons([reason], "pt")

    assert english["text"] == OLD_REASON["text"]["en"]
    assert spanish["text"] == OLD_REASON["text"]["es"]
    assert portuguese["text"] == "idade: 34,5 anos aumenta o risco"


def test_a_message_inside_an_error_is_translated() -> None:
    error = SchemaInvalid("The file is not a table: it is {what}.", what=Message("a PDF document"))

    assert error_message(error, "en") == "The file is not a table: it is a PDF document."
    assert error_message(error, "es") == "El archivo no es una tabla: es un documento PDF."


def test_an_error_raised_with_a_translated_text_is_unchanged() -> None:
    assert (
        error_message(NameTaken("Ya hay un conjunto {así}."), "es") == "Ya hay un conjunto {así}."
    )
