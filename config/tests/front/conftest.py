from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from verses import popularity
from verses.cache import chapter_cache
from verses.services import top


@pytest.fixture(autouse=True)
def _fresh_process(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Start as a new process does: nothing cached, nothing counted, no background work."""
    settings.VERSES_BACKGROUND_WORK = False
    settings.VERSES_COUNTS_DIR = tmp_path / "counts"
    settings.BIBLE_API_URL = ""
    settings.LOG_FORMAT = "json"
    settings.VERSES_THROTTLE = None
    clear()
    yield
    clear()


def clear() -> None:
    chapter_cache.clear()
    popularity.close()
    top.clear()
