import pytest
from psycopg import OperationalError

from config.postgresql.watch import RETRY_SECONDS, ServerWatch


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_thread_at_a_time_tries_a_server_that_is_down() -> None:
    clock = Clock()
    watch = ServerWatch(clock)
    watch.admit()
    watch.record_failure()

    with pytest.raises(OperationalError):
        watch.admit()

    clock.now += RETRY_SECONDS
    watch.admit()
    with pytest.raises(OperationalError):
        watch.admit()


def test_an_answer_admits_everyone() -> None:
    watch = ServerWatch(Clock())
    watch.record_failure()

    watch.record_answer()

    watch.admit()
    assert watch.answered_just_now
    assert not watch.is_down


def test_an_old_answer_says_nothing_about_now() -> None:
    clock = Clock()
    watch = ServerWatch(clock)
    watch.record_answer()

    clock.now += 2

    assert not watch.answered_just_now
