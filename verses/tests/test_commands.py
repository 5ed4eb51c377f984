"""`warm_verses`; `load_editions` is tested with the editions."""

from pathlib import Path

import pytest
import responses
from django.core.management import CommandError, call_command
from pytest_django import Settings

from verses.cache import breaker, chapter_cache
from verses.models import CallSlot, Chapter, ChapterKey
from verses.services.maintenance import chapters_of
from verses.services.maintenance import warm as warm_chapters
from verses.services.random_verse import selected_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def jude_and_titus(upstream: responses.RequestsMock) -> responses.RequestsMock:
    """Upstream has four chapters of two books."""
    for book, number in (("JUD", 1), ("TIT", 1), ("TIT", 2), ("TIT", 3)):
        verse = {"book_id": book, "chapter": number, "verse": 1, "text": "a text"}
        upstream.get(
            f"https://bible.test/data/asv/{book}/{number}",
            json={"translation": {"identifier": "asv"}, "verses": [verse]},
        )
    return upstream


def warm(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("warm_verses", "--translation", "asv", *arguments)
    return capsys.readouterr().out.strip()


def test_a_second_run_fetches_nothing(
    jude_and_titus: responses.RequestsMock, capsys: pytest.CaptureFixture[str]
) -> None:
    first = warm(capsys, "--books", "JUD,TIT")
    second = warm(capsys, "--books", "JUD,TIT")

    assert first == "4 chapters fetched, 0 already cached, 0 not in this translation."
    assert second == "0 chapters fetched, 4 already cached, 0 not in this translation."
    assert len(jude_and_titus.calls) == 4


def test_references_of_a_file_are_fetched_by_chapter(
    jude_and_titus: responses.RequestsMock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "refs.txt").write_text("Tito 1:1; 2:3\n\nJude\nTitus 1:9\n")

    output = warm(capsys, "--file", str(tmp_path / "refs.txt"))

    assert output.startswith("3 chapters fetched")
    assert Chapter.objects.with_text().count() == 3


def test_a_missing_book_costs_one_call(
    upstream: responses.RequestsMock, capsys: pytest.CaptureFixture[str]
) -> None:
    upstream.get(
        "https://bible.test/data/asv/GEN/1", status=404, json={"error": "book/chapter not found"}
    )

    assert warm(capsys, "--books", "GEN").endswith("50 not in this translation.")
    assert len(upstream.calls) == 1


def test_an_edition_unknown_to_upstream_needs_no_call(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("warm_verses", "--translation", "rv1909", "--books", "JHN")

    assert "21 already cached" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [("--books", "XXX"), ("--file", "/nowhere/refs.txt"), ("--translation", "klingon")],
)
def test_invalid_input_is_a_usage_error(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("warm_verses", *arguments)

    assert refusal.value.returncode == 2


def test_a_ban_stops_the_command(
    jude_and_titus: responses.RequestsMock,
) -> None:
    jude_and_titus.replace(
        responses.GET, "https://bible.test/data/asv/JUD/1", status=403, body="Forbidden"
    )

    with pytest.raises(CommandError, match=r"3 chapters fetched.*Run it again"):
        call_command("warm_verses", "--translation", "asv", "--books", "JUD,TIT")


def test_a_share_of_the_budget_is_left_for_requests(
    jude_and_titus: responses.RequestsMock, settings: Settings
) -> None:
    for _call in range(12):
        CallSlot.objects.take(CallSlot.CALL, 15, 30)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        CallSlot.objects.all().delete()

    keys = chapters_of("asv", selected_books("JUD"))
    done = list(warm_chapters(keys, pause=pause))

    assert [warmed.outcome for warmed in done] == ["fetched"]
    assert pauses == [2.0]


def test_warming_waits_for_a_short_block(jude_and_titus: responses.RequestsMock) -> None:
    chapter_cache.translations.get("asv")
    breaker.record_not_found()
    for _not_found in range(9):
        breaker.record_not_found()
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        breaker.reset()

    list(warm_chapters([ChapterKey("asv", "JUD", 1)], pause=pause))

    assert 0 < pauses[0] <= 30
