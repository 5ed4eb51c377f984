import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "config" / "locale" / "es" / "LC_MESSAGES" / "django.po"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_noop"}
IN_A_TEMPLATE = re.compile(r" n?gettext\((u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))")


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


def test_the_catalogue_holds_the_messages_of_code_and_templates(source: polib.POFile) -> None:
    assert set(messages()) == {entry.msgid for entry in source}


def messages() -> Iterator[str]:
    for app in ("config", "verses", "churn"):
        for path in (ROOT / app).rglob("*.py"):
            yield from _messages_of_code(ast.parse(path.read_text()))
    for path in (ROOT / "templates").rglob("*.html"):
        for literal in IN_A_TEMPLATE.findall(templatize(path.read_text())):
            yield str(ast.literal_eval(literal))


def _messages_of_code(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS and node.args:
            message = node.args[0]
            if isinstance(message, ast.Constant):
                yield str(message.value)
