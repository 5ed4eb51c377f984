import ast
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from string import Formatter

import polib
import pytest
from django.conf import settings as django_settings
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize
from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "config" / "locale"
LANGUAGES = [
    code for code, _name in django_settings.LANGUAGES if code != django_settings.LANGUAGE_CODE
]
TEMPLATES = [ROOT / "templates", ROOT / "churn" / "ml" / "report" / "templates"]
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_noop"}
IN_TEMPLATE = re.compile(r" (?:n?gettext|_)\((u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))")
PERCENT_PLACEHOLDER = re.compile(r"%\((\w+)\)|%[sd]")


@pytest.fixture(params=LANGUAGES)
def path(request: pytest.FixtureRequest) -> Path:
    language: str = request.param
    return LOCALES / language / "LC_MESSAGES" / "django.po"


@pytest.fixture
def catalogue(path: Path) -> polib.POFile:
    return polib.pofile(str(path))


def test_every_message_is_translated(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_translations_have_the_placeholders_of_the_message(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for translation in [entry.msgstr, *entry.msgstr_plural.values()]:
            if translation:
                known = {tuple(placeholders(text)) for text in (entry.msgid, entry.msgid_plural)}
                assert tuple(placeholders(translation)) in known, entry.msgid


def test_the_compiled_catalogue_matches_the_source(path: Path, catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    wanted = {(e.msgid, e.msgstr or str(e.msgstr_plural)) for e in catalogue.translated_entries()}

    assert {(e.msgid, e.msgstr or str(e.msgstr_plural)) for e in compiled} == wanted


def test_the_catalogue_has_the_messages_of_code_and_templates(catalogue: polib.POFile) -> None:
    assert set(messages()) == {entry.msgid for entry in catalogue}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs the gettext tools")
def test_makemessages_finds_nothing_new(
    path: Path,
    catalogue: polib.POFile,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for folder in ("config", "verses", "churn", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=_without_messages)
    monkeypatch.chdir(tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "config" / "locale"]

    call_command("makemessages", locale=[path.parts[-3]], no_location=True, no_obsolete=True)

    made = polib.pofile(str(tmp_path / path.relative_to(ROOT)))
    assert {entry.msgid for entry in made} == {entry.msgid for entry in catalogue}
    assert made.untranslated_entries() == made.fuzzy_entries() == []


def _without_messages(folder: str, names: list[str]) -> list[str]:
    """Return the names that makemessages does not read: tests and data files."""
    return [
        name
        for name in names
        if name == "tests"
        or ((Path(folder) / name).is_file() and Path(name).suffix not in {".py", ".html", ".po"})
    ]


def placeholders(text: str) -> list[str]:
    """Return the sorted names of `%(name)s` and `{name:spec}`."""
    percent = [match[0] for match in PERCENT_PLACEHOLDER.finditer(text)]
    try:
        brace = [f"{name}:{spec}" for _, name, spec, _ in Formatter().parse(text) if name]
    except ValueError:  # a brace that is no placeholder
        brace = []
    return sorted(percent + brace)


def messages() -> Iterator[str]:
    for app in ("config", "verses", "churn"):
        for path in (ROOT / app).rglob("*.py"):
            if "tests" not in path.parts:
                yield from _messages_of_code(ast.parse(path.read_text()))
    for folder in TEMPLATES:
        for path in folder.rglob("*.html"):
            for literal in IN_TEMPLATE.findall(templatize(path.read_text())):
                yield str(ast.literal_eval(literal))


def _messages_of_code(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node.func) in CALLS:
            message = node.args[0]
            if isinstance(message, ast.Constant):
                yield str(message.value)


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def test_texts_of_django_are_brazilian_portuguese() -> None:
    with override("pt"):
        of_django = "Change password"  # makemessages would find the text in the call
        assert gettext(of_django) == "Alterar senha"
        assert naturaltime(timezone.now() - timedelta(hours=2)) == "2\xa0horas atrás"
