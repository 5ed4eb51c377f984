import logging
from collections.abc import Callable
from typing import Any

import pytest

from config.observability.repeats import MAX_KINDS, RepeatFilter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def make_record(level: int = logging.ERROR, message: Any = "fault", **more: Any) -> Any:
    values = {"name": "churn", "levelno": level, "msg": message, **more}
    return logging.makeLogRecord(values)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repeats(clock: Clock) -> RepeatFilter:
    return RepeatFilter(60, clock)


@pytest.fixture
def passes(repeats: RepeatFilter) -> Callable[..., bool]:
    """Return whether a record is written."""
    return lambda *arguments, **more: repeats.filter(make_record(*arguments, **more))


def test_a_repeated_error_is_one_line_in_a_minute(
    clock: Clock, passes: Callable[..., bool]
) -> None:
    written = 0
    for _second in range(300):
        written += bool(passes(message={"event": "lease.redis_failed", "request_id": clock.now}))
        clock.now += 1

    assert written == 5


def test_the_next_line_says_how_many_it_stands_for(
    clock: Clock, repeats: RepeatFilter, passes: Callable[..., bool]
) -> None:
    for _line in range(10):
        passes(message={"event": "lease.redis_failed"})
    clock.now += 60

    record = make_record(message={"event": "lease.redis_failed"})

    assert repeats.filter(record)
    assert record.msg == {"event": "lease.redis_failed", "repeated": 9}


@pytest.mark.parametrize(
    "other",
    [
        {"message": {"event": "another"}},
        {"message": {"event": "one", "error": "OSError"}},
        {"message": {"event": "one"}, "name": "verses"},
        {"message": {"event": "one"}, "level": logging.WARNING},
    ],
)
def test_different_faults_have_their_own_lines(
    passes: Callable[..., bool], other: dict[str, object]
) -> None:
    passes(message={"event": "one"})

    assert passes(**other)


def test_the_same_event_at_two_places_are_two_faults(passes: Callable[..., bool]) -> None:
    def fail(operation: Callable[[], object]) -> BaseException:
        with pytest.raises(ZeroDivisionError) as raised:
            operation()
        return raised.value

    first = fail(lambda: 1 / 0)
    second = fail(lambda: 2 / 0)

    assert passes(message={"event": "request.failed", "exc_info": first})
    assert passes(message={"event": "request.failed", "exc_info": second})
    assert not passes(message={"event": "request.failed", "exc_info": first})


def test_lines_below_a_warning_are_never_hidden(passes: Callable[..., bool]) -> None:
    assert all(passes(logging.INFO) for _line in range(100))


def test_kinds_of_lines_are_bounded(repeats: RepeatFilter) -> None:
    for number in range(2 * MAX_KINDS):
        repeats.filter(make_record(message=f"event {number}"))

    assert len(repeats._seen) == MAX_KINDS  # noqa: SLF001
