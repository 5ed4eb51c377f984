from pathlib import Path

import polib
import pytest

CATALOGUE = Path(__file__).resolve().parents[1] / "locale" / "es" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def source() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_message_has_a_spanish_translation(source: polib.POFile) -> None:
    assert [entry.msgid for entry in source.untranslated_entries()] == []
    assert [entry.msgid for entry in source.fuzzy_entries()] == []


def test_the_compiled_catalogue_is_that_of_the_source(source: polib.POFile) -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    wanted = {(e.msgid, e.msgstr or str(e.msgstr_plural)) for e in source.translated_entries()}

    assert {(e.msgid, e.msgstr or str(e.msgstr_plural)) for e in compiled} == wanted
