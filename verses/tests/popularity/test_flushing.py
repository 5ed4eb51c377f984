"""From the shared files into the tables."""

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


def ask(osis: str, times: int, translation: str = "web") -> None:
    for _request in range(times):
        popularity.count(translation, osis)


def test_flushing_twice_counts_once() -> None:
    ask("John.3.16", 3)
    popularity.flush()
    popularity.flush()
    ask("John.3.16", 2)
    popularity.flush()
    popularity.flush()

    assert PassageCount.objects.get().total == 5
    assert DailyCount.objects.get().count == 5


def test_the_number_told_to_the_reader_is_the_whole_number() -> None:
    assert [popularity.count("web", "John.3.16") for _request in range(3)] == [1, 2, 3]
    popularity.flush()
    assert popularity.count("web", "John.3.16") == 4

    popularity.close()
    assert popularity.count("web", "John.3.16") == 5


def test_what_other_hosts_counted_is_in_the_number_after_the_next_flush() -> None:
    ask("John.3.16", 1)
    popularity.flush()
    PassageCount.objects.update(total=101)
    ask("John.3.16", 1)
    popularity.flush()

    assert popularity.count("web", "John.3.16") == 103


def test_a_flush_that_fails_leaves_everything_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    ask("John.3.16", 3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE verses_dailycount RENAME TO elsewhere")
    with pytest.raises(Exception, match="verses_dailycount"):
        popularity.flush()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO verses_dailycount")

    popularity.flush()

    assert PassageCount.objects.get().total == 3


def test_a_leader_killed_after_its_commit_adds_nothing_twice() -> None:
    ask("John.3.16", 3)
    popularity.flush()
    file = CountFile(files(current_directory())[0])
    file.flushed_total = 0  # the hint that is written after the commit
    file.close()

    popularity.flush()

    assert PassageCount.objects.get().total == 3


def test_while_another_process_leads_nobody_waits_for_it() -> None:
    ask("John.3.16", 1)
    with locked(current_directory() / "leader"):
        popularity.flush()
        assert not PassageCount.objects.exists()


def test_windows_take_in_their_days_and_no_more() -> None:
    for days_ago, osis in ((0, "Gen.1.1"), (6, "Gen.1.2"), (29, "Gen.1.3"), (30, "Gen.1.4")):
        with time_machine.travel(MONDAY - timedelta(days=days_ago), tick=False):
            popularity.close()
            ask(osis, 1)
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


def test_yesterdays_file_is_removed_once_flushed_and_old_days_are_rolled_up() -> None:
    with time_machine.travel(MONDAY - timedelta(days=60), tick=False):
        ask("Gen.1.1", 2)
        popularity.flush()
    popularity.close()
    with time_machine.travel(MONDAY, tick=False):
        ask("Gen.1.1", 1)
        popularity.flush()
    with time_machine.travel(MONDAY + timedelta(seconds=601), tick=False):
        popularity.flush()

    assert len(files(current_directory())) == CounterOffsets.objects.count() == 1
    assert PassageCount.objects.get().total == 3
    assert DailyCount.objects.get().count == 1


def test_counts_of_a_translation_that_was_deleted_do_not_stop_the_others() -> None:
    ask("Gen.1.1", 1, translation="bkr")
    ask("Gen.1.1", 1, translation="web")
    Translation.objects.filter(pk="bkr").delete()

    popularity.flush()

    assert PassageCount.objects.get().translation_id == "web"


def test_a_passage_is_served_even_if_it_cannot_be_counted(tmp_path: Path) -> None:
    popularity.count("web", "Gen.1.1")
    popularity.close()
    columns = current_directory() / "columns"
    columns.rename(tmp_path / "gone")
    columns.touch()
    counter._process._path = columns.parent  # noqa: SLF001  else it would be made again

    assert popularity.count("web", "Gen.1.1") == 0


def test_a_forked_child_counts_in_a_column_of_its_own() -> None:
    popularity.count("web", "Gen.1.1")
    path = current_directory()
    pid = os.fork()
    if pid == 0:
        try:
            counter._process._path = path  # noqa: SLF001  the child must not use our database
            process_counter = counter._process.counter()  # noqa: SLF001
            process_counter.count("web Gen.1.1", lambda: 0)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)

    assert popularity.count("web", "Gen.1.1") == 3


def test_there_is_one_row_for_a_passage() -> None:
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
