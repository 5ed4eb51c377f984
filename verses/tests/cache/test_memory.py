"""The cache in process memory."""

from verses.cache.chapter import CachedChapter
from verses.cache.memory import LruChapters
from verses.models import ChapterKey, Origin


def chapter(number: int, text: str = "a text") -> CachedChapter:
    return CachedChapter(ChapterKey("web", "PSA", number), {1: text}, Origin.EMBEDDED, None)


def test_the_least_recently_used_chapter_is_evicted_first() -> None:
    memory = LruChapters(max_chapters=2)
    memory.put(chapter(1))
    memory.put(chapter(2))
    memory.get(ChapterKey("web", "PSA", 1))
    memory.put(chapter(3))

    assert memory.get(ChapterKey("web", "PSA", 2)) is None
    assert memory.get(ChapterKey("web", "PSA", 1)) is not None
    assert len(memory) == 2


def test_a_chapter_put_twice_is_stored_once() -> None:
    memory = LruChapters(max_chapters=2)
    memory.put(chapter(1, "old"))
    memory.put(chapter(1, "newer"))

    assert len(memory) == 1
    cached = memory.get(ChapterKey("web", "PSA", 1))
    assert cached is not None
    assert cached.verses[1] == "newer"


def test_a_stored_chapter_loses_its_fetch_mark() -> None:
    memory = LruChapters()
    fetched = CachedChapter(
        ChapterKey("web", "PSA", 1), {1: "a text"}, Origin.UPSTREAM, None, just_fetched=True
    )
    memory.put(fetched)

    cached = memory.get(fetched.key)
    assert cached is not None
    assert (fetched.source, cached.source) == ("upstream", "cache")
