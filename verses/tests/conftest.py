import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from pytest_django import Settings

from verses import popularity
from verses.cache import chapter_cache, fetching
from verses.services import top

DATA = Path(__file__).parent / "data"


@pytest.fixture(autouse=True)
def fresh_process(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Start like a new process: empty caches, no counts, no background threads."""
    settings.VERSES_BACKGROUND_WORK = False
    settings.VERSES_COUNTS_DIR = tmp_path / "counts"
    monkeypatch.setattr(fetching, "RETRY_SECONDS", (0.0, 0.0))
    clear_caches()
    yield
    clear_caches()


def clear_caches() -> None:
    chapter_cache.clear()
    popularity.close()
    top.clear()


@pytest.fixture(autouse=True)
def upstream() -> Iterator[responses.RequestsMock]:
    """Fake the upstream server at HTTP level; URLs that a test does not add fail."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def recorded(name: str) -> Any:
    """Return a recorded response of the real upstream server."""
    return json.loads((DATA / "upstream" / f"{name}.json").read_text())


JOHN_3 = "https://bible.test/data/web/JHN/3"


@pytest.fixture
def john_3(upstream: responses.RequestsMock) -> responses.BaseResponse:
    """John 3 of the World English Bible, recorded from upstream."""
    return upstream.add(responses.GET, JOHN_3, json=recorded("29_data_chapter"))


def asv(text: str = "For God so loved", chapter: int = 3) -> dict[str, object]:
    """Return a chapter of John with one verse, in upstream's JSON."""
    verse = {"book_id": "JHN", "book": "John", "chapter": chapter, "verse": 16, "text": text}
    return {"translation": {"identifier": "asv"}, "verses": [verse]}
