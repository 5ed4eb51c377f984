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
    """Begin as a new process does: nothing in memory, no counts, and no work behind the scenes."""
    settings.VERSES_BACKGROUND_WORK = False
    settings.VERSES_COUNTS_DIR = tmp_path / "counts"
    monkeypatch.setattr(fetching, "RETRY_SECONDS", (0.0, 0.0))
    forget_everything()
    yield
    forget_everything()


def forget_everything() -> None:
    chapter_cache.clear()
    popularity.close()
    top.clear()


@pytest.fixture(autouse=True)
def upstream() -> Iterator[responses.RequestsMock]:
    """Fake the upstream server at HTTP; what a test does not add is refused."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def recorded(name: str) -> Any:
    """Return a recorded answer of the real upstream server."""
    return json.loads((DATA / "upstream" / f"{name}.json").read_text())


JOHN_3 = "https://bible.test/data/web/JHN/3"


@pytest.fixture
def john_3(upstream: responses.RequestsMock) -> responses.BaseResponse:
    """John 3 in the World English Bible, as upstream told it."""
    return upstream.add(responses.GET, JOHN_3, json=recorded("29_data_chapter"))


def asv(text: str = "For God so loved", chapter: int = 3) -> dict[str, object]:
    """Return a chapter of John of one verse, as upstream would tell it."""
    verse = {"book_id": "JHN", "book": "John", "chapter": chapter, "verse": 16, "text": text}
    return {"translation": {"identifier": "asv"}, "verses": [verse]}
