"""Background work of a web process."""

import time

import pytest
from pytest_django import Settings

from verses import popularity
from verses.models import PassageCount
from verses.popularity.countfile import CountFile
from verses.popularity.directory import current_directory, files
from verses.services import background
from verses.services.passages import get_passage

TIMEOUT = 20.0


@pytest.mark.django_db(transaction=True)
def test_counts_are_flushed_in_the_background(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "TICK_SECONDS", 0.01)
    get_passage(reference="Juan 3:16", translation="rv1909")
    (counted,) = map(CountFile, files(current_directory()))
    thread = background.BackgroundThread()
    settings.VERSES_BACKGROUND_WORK = True

    thread.start_once()
    thread.start_once()

    # Not a query: a shared in-memory database of SQLite, as in tests, locks whole tables.
    deadline = time.monotonic() + TIMEOUT
    while not counted.flushed_total and time.monotonic() < deadline:
        time.sleep(0.01)
    thread.stop()
    counted.close()
    assert PassageCount.objects.get().total == 1


@pytest.mark.django_db(transaction=True)
def test_the_thread_survives_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "TICK_SECONDS", 0.01)
    popularity.count("rv1909", "John.3.16")
    (current_directory() / "leader").mkdir()
    settings.VERSES_BACKGROUND_WORK = True
    thread = background.BackgroundThread()

    thread.start_once()
    deadline = time.monotonic() + TIMEOUT
    while len(caplog.records) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    thread.stop()

    assert "background.iteration_failed" in caplog.text


@pytest.mark.django_db
def test_the_setting_disables_the_thread(settings: Settings) -> None:
    thread = background.BackgroundThread()
    thread.start_once()

    assert not thread.is_running
