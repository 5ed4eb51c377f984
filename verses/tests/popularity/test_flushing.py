"""Flushing of count files into the tables."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, connection
from pytest_django import DjangoAssertNumQueries

from verses import popularity
from verses.cache import chapter_cache
from verses.models import CounterOffsets, DailyCount, PassageCount, Translation
from verses.popularity import Window, counter
from verses.popularity.countfile import CountFile
from verses.popularity.directory import current_directory, files, locked

pytestmark = pytest.mark.django_db

WINDOWS: tuple[Window, ...] = ("day", "week", "month", "all")
MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def known_translations() -> None:
    chapter_cache.translations.all()


def count(osis: str, times: int, translation: str = "web") -> None:
    for _request in range(times):
        popularity.count(translation, osis)


def test_flushing_twice_counts_once() -> None:
    count("John.3.16", 3)
    popularity.flush()
    popularity.flush()
    count("John.3.16", 2)
    popularity.flush()
    popularity.flush()

    assert PassageCount.objects.get().total == 5
    assert DailyCount.objects.get().count == 5


def test_the_returned_count_is_the_total() -> None:
    assert [popularity.count("web", "John.3.16") for _request in range(3)] == [1, 2, 3]
    popularity.flush()
    assert popularity.count("web", "John.3.16") == 4

    popularity.close()
    assert popularity.count("web", "John.3.16") == 5


def test_a_flush_adds_the_counts_of_other_hosts() -> None:
    count("John.3.16", 1)
    popularity.flush()
    PassageCount.objects.update(total=101)
    count("John.3.16", 1)
    popularity.flush()

    assert popularity.count("web", "John.3.16") == 103


def test_a_failed_flush_is_repeated_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    count("John.3.16", 3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE verses_dailycount RENAME TO elsewhere")
    with pytest.raises(Exception, match="verses_dailycount"):
        popularity.flush()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO verses_dailycount")

    popularity.flush()

    assert PassageCount.objects.get().total == 3


def test_a_flush_killed_after_its_commit_counts_once() -> None:
    count("John.3.16", 3)
    popularity.flush()
    file = CountFile(files(current_directory())[0])
    file.flushed_total = 0  # it is written after the commit
    file.close()

    popularity.flush()

    assert PassageCount.objects.get().total == 3


def test_a_flush_of_another_process_is_not_awaited() -> None:
    count("John.3.16", 1)
    with locked(current_directory() / "leader"):
        popularity.flush()
        assert not PassageCount.objects.exists()


def test_windows_contain_exactly_their_days() -> None:
    for days_ago, osis in ((0, "Gen.1.1"), (6, "Gen.1.2"), (29, "Gen.1.3"), (30, "Gen.1.4")):
        with time_machine.travel(MONDAY - timedelta(days=days_ago), tick=False):
            popularity.close()
            count(osis, 1)
            popularity.flush()

    with time_machine.travel(MONDAY, tick=False):
        asked = {
            window: [osis for _translation, osis, _count in popularity.top(window, 9)]
            for window in WINDOWS
        }

    assert asked == {
        "day": ["Gen.1.1"],
        "week": ["Gen.1.1", "Gen.1.2"],
        "month": ["Gen.1.1", "Gen.1.2", "Gen.1.3"],
        "all": ["Gen.1.1", "Gen.1.2", "Gen.1.3", "Gen.1.4"],
    }


def test_flushed_files_and_old_days_are_removed() -> None:
    with time_machine.travel(MONDAY - timedelta(days=60), tick=False):
        count("Gen.1.1", 2)
        popularity.flush()
    popularity.close()
    with time_machine.travel(MONDAY, tick=False):
        count("Gen.1.1", 1)
        popularity.flush()
    with time_machine.travel(MONDAY + timedelta(seconds=601), tick=False):
        popularity.flush()

    assert len(files(current_directory())) == CounterOffsets.objects.count() == 1
    assert PassageCount.objects.get().total == 3
    assert DailyCount.objects.get().count == 1


def test_counts_of_deleted_translations_are_skipped() -> None:
    count("Gen.1.1", 1, translation="bkr")
    count("Gen.1.1", 1, translation="web")
    Translation.objects.filter(pk="bkr").delete()

    popularity.flush()

    assert PassageCount.objects.get().translation_id == "web"


def test_a_failed_count_raises_no_error(tmp_path: Path) -> None:
    popularity.count("web", "Gen.1.1")
    popularity.close()
    columns = current_directory() / "columns"
    columns.rename(tmp_path / "gone")
    columns.touch()
    counter._process._path = columns.parent  # noqa: SLF001  else it would be created again

    assert popularity.count("web", "Gen.1.1") == 0


def test_a_forked_child_counts_in_its_own_slot() -> None:
    popularity.count("web", "Gen.1.1")
    path = current_directory()
    pid = os.fork()
    if pid == 0:
        try:
            counter._process._path = path  # noqa: SLF001  the child must not use the database
            process_counter = counter._process.counter()  # noqa: SLF001
            process_counter.count("web Gen.1.1", lambda: 0)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)

    assert popularity.count("web", "Gen.1.1") == 3


def test_a_passage_has_one_row() -> None:
    PassageCount.objects.create(translation_id="web", osis="Gen.1.1", total=1)

    with pytest.raises(IntegrityError):
        PassageCount.objects.create(translation_id="web", osis="Gen.1.1", total=1)


def test_thousands_of_passages_are_added_in_few_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    requests = {("web", f"Ps.{number}"): 1 for number in range(1200)}

    with django_assert_max_num_queries(3):  # batches within the parameter limit of SQLite
        added = PassageCount.objects.add(requests)

    assert len(added) == PassageCount.objects.count() == 1200
