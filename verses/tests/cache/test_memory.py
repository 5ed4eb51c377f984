"""What a process keeps at hand is bounded."""

from verses.cache.chapter import CachedChapter
from verses.cache.memory import LruChapters
from verses.models import ChapterKey, Origin


def held(number: int, text: str = "a text") -> CachedChapter:
    return CachedChapter(ChapterKey("web", "PSA", number), {1: text}, Origin.EMBEDDED, None)


def test_the_least_recently_used_chapter_leaves_first() -> None:
    memory = LruChapters(max_chapters=2)
    memory.put(held(1))
    memory.put(held(2))
    memory.get(ChapterKey("web", "PSA", 1))
    memory.put(held(3))

    assert memory.get(ChapterKey("web", "PSA", 2)) is None
    assert memory.get(ChapterKey("web", "PSA", 1)) is not None
    assert len(memory) == 2


def test_a_chapter_that_is_put_again_is_kept_once() -> None:
    memory = LruChapters(max_chapters=2)
    memory.put(held(1, "old"))
    memory.put(held(1, "newer"))

    assert len(memory) == 1
    kept = memory.get(ChapterKey("web", "PSA", 1))
    assert kept is not None
    assert kept.verses[1] == "newer"


def test_what_was_news_is_a_matter_of_the_cache_from_then_on() -> None:
    memory = LruChapters()
    news = CachedChapter(
        ChapterKey("web", "PSA", 1), {1: "a text"}, Origin.UPSTREAM, None, just_fetched=True
    )
    memory.put(news)

    kept = memory.get(news.key)
    assert kept is not None
    assert (news.source, kept.source) == ("upstream", "cache")
