import importlib
import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from verses.services import background


@pytest.fixture
def background_work(settings: Settings) -> Iterator[None]:
    settings.VERSES_BACKGROUND_WORK = True
    yield
    thread = background._thread  # noqa: SLF001  only a process's end stops it otherwise
    thread.stop()
    thread.reset_after_fork()


@pytest.mark.usefixtures("background_work")
def test_a_loaded_application_does_its_background_work() -> None:
    importlib.reload(importlib.import_module("config.wsgi"))

    assert "verses" in {thread.name for thread in threading.enumerate()}
