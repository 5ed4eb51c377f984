"""The embedded editions, and reading them without upstream."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import responses
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from verses import editions
from verses.api.caching import etag_and_last_modified
from verses.editions import EDITIONS, Text, loader
from verses.models import Chapter, Translation, Verse
from verses.references import BY_USFM, parse
from verses.references.versification import last_verse_in
from verses.services import edition_loader
from verses.services.edition_loader import load_editions
from verses.services.passages import get_passage, is_settled, read_passage
from verses.services.search import search_verses
from verses.services.translations import get_translation

pytestmark = pytest.mark.slow

VERSES = {"kjv": 31_102, "web": 31_098, "rv1909": 31_103}


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
        if verse > last_verse_in(book, number)
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


def old_text() -> Text:
    """Job 38 and 39 as the first file had them: a verse with the eight verses after it."""
    job_38, job_39 = (editions.open_text("rv1909").chapter("JOB", number) for number in (38, 39))
    merged = " ".join(job_39[number] for number in range(30, 39))
    rows = [f"JOB\t38\t{number}\t{text}\n" for number, text in job_38.items()]
    rows += [f"JOB\t39\t{number}\t{job_39[number]}\n" for number in range(1, 30)]
    return Text("".join(["header\n", *rows, f"JOB\t39\t30\t{merged}\n"]).encode())


@pytest.mark.django_db
def test_a_corrected_edition_replaces_the_loaded_one(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The verses, the search index and what is cached follow a file with another digest."""
    current = EDITIONS["rv1909"]
    monkeypatch.setattr(edition_loader, "EDITIONS", {"rv1909": replace(current, digest="old")})
    monkeypatch.setattr(edition_loader, "open_text", lambda _identifier: old_text())
    load_editions()
    before = get_passage(reference="Job 39:30", translation="rv1909")
    monkeypatch.setattr(edition_loader, "EDITIONS", {"rv1909": current})
    monkeypatch.setattr(edition_loader, "open_text", editions.open_text)

    with django_capture_on_commit_callbacks(execute=True):
        loaded = load_editions()
    after = get_passage(reference="Job 39:30", translation="rv1909")

    assert loaded == {"rv1909": 1189}
    assert before.text.endswith("aun dos veces, mas no tornaré á hablar.")
    assert after.text.endswith("y pone en alto su nido?")
    assert not is_settled(before)
    assert etag_and_last_modified(before) != etag_and_last_modified(after)
    hits = search_verses(words="tornaré hablar", translation="rv1909")[:10]
    # PostgreSQL's search knows word stems and finds 1 Kings 21:19 ("has hablar") as well.
    assert [hit.verse for hit in hits if hit.book == "JOB" and hit.chapter == 39] == [38]


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
