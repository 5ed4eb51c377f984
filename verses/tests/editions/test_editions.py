"""The embedded editions, and reading them without upstream."""

import hashlib
from pathlib import Path

import pytest
import responses
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from verses import editions
from verses.editions import EDITIONS, Text, loader
from verses.models import Chapter, Translation, Verse
from verses.references import BY_USFM, parse, verses_in
from verses.services.edition_loader import load_editions
from verses.services.passages import get_passage, read_passage
from verses.services.translations import get_translation

pytestmark = pytest.mark.slow

VERSES = {"kjv": 31_102, "web": 31_095, "rv1909": 31_084}


@pytest.mark.parametrize("identifier", EDITIONS)
def test_the_file_has_the_expected_digest(identifier: str) -> None:
    edition = EDITIONS[identifier]

    assert hashlib.sha256(edition.path.read_bytes()).hexdigest() == edition.digest


def test_a_damaged_file_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kjv.tsv.gz").write_bytes(b"not what was shipped")
    monkeypatch.setattr(loader, "_DIRECTORY", tmp_path)

    with pytest.raises(ValueError, match="kjv is damaged"):
        editions.open_text.__wrapped__("kjv")


def test_a_missing_chapter_is_empty() -> None:
    text = Text(b"book\tchapter\tverse\ttext\nGEN\t1\t1\tIn the beginning\n")

    assert text.chapter("GEN", 1) == {1: "In the beginning"}
    assert text.chapter("GEN", 2) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("identifier", EDITIONS)
def test_every_verse_is_readable_without_upstream(
    identifier: str, upstream: responses.RequestsMock
) -> None:
    """Read each chapter by reference; compare the checksum of all texts with that of the file."""
    read, expected = hashlib.sha256(), hashlib.sha256()
    number_of_verses = 0

    for book, number, verses in editions.open_text(identifier).chapters():
        passage = read_passage(
            parse(f"{BY_USFM[book].osis}.{number}"),
            get_translation(identifier),
            is_counted=False,
        )
        number_of_verses += len(passage.verses)
        for verse in passage.verses:
            read.update(f"{verse.book_id} {verse.chapter}:{verse.verse} {verse.text}".encode())
        for verse_number, text in verses.items():
            expected.update(f"{book} {number}:{verse_number} {text}".encode())

    assert number_of_verses == VERSES[identifier]
    assert read.hexdigest() == expected.hexdigest()


@pytest.mark.parametrize("identifier", EDITIONS)
def test_every_verse_has_a_reference(identifier: str) -> None:
    unreachable = [
        (book, number, verse)
        for book, number, verses in editions.open_text(identifier).chapters()
        for verse in verses
        if verse > verses_in(book, number)
    ]

    assert unreachable == []


@pytest.mark.django_db
def test_editions_are_loaded_into_the_tables_once(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    loaded = load_editions()
    with django_assert_max_num_queries(3):
        again = load_editions()

    assert loaded == dict.fromkeys(EDITIONS, 1189)
    assert again == {}
    assert Verse.objects.count() == sum(VERSES.values())
    assert set(Chapter.objects.values_list("origin", flat=True)) == {"embedded"}


@pytest.mark.django_db
def test_a_new_edition_keeps_chapters_fetched_from_upstream(
    john_3: responses.BaseResponse, capsys: pytest.CaptureFixture[str]
) -> None:
    get_passage(reference="John 3", translation="web")
    Translation.objects.exclude(pk="web").update(edition_digest="loaded")
    for edition in EDITIONS.values():
        Translation.objects.filter(pk=edition.identifier).exclude(pk="web").update(
            edition_digest=edition.digest
        )

    call_command("load_editions")

    assert capsys.readouterr().out == "web: 1188 chapters\n"
    assert Chapter.objects.at("web", "JHN", 3).get().origin == "upstream"
