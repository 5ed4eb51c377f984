"""What a process keeps at hand is bounded."""

from verses.cache.chapter import HeldChapter
from verses.cache.memory import Memory
from verses.models import Origin


def held(number: int, text: str = "a text") -> HeldChapter:
    return HeldChapter(("web", "PSA", number), {1: text}, Origin.EMBEDDED, None)


def test_the_least_recently_used_chapter_leaves_first() -> None:
    memory = Memory(most=2)
    memory.put(held(1))
    memory.put(held(2))
    memory.get(("web", "PSA", 1))
    memory.put(held(3))

    assert memory.get(("web", "PSA", 2)) is None
    assert memory.get(("web", "PSA", 1)) is not None
    assert len(memory) == 2


def test_a_chapter_that_is_put_again_is_kept_once() -> None:
    memory = Memory(most=2)
    memory.put(held(1, "old"))
    memory.put(held(1, "newer"))

    assert len(memory) == 1
    kept = memory.get(("web", "PSA", 1))
    assert kept is not None
    assert kept.verses[1] == "newer"


def test_what_was_news_is_a_matter_of_the_cache_from_then_on() -> None:
    memory = Memory()
    news = HeldChapter(("web", "PSA", 1), {1: "a text"}, Origin.UPSTREAM, None, is_news=True)
    memory.put(news)

    kept = memory.get(news.key)
    assert kept is not None
    assert (news.source, kept.source) == ("upstream", "cache")
