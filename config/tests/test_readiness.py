import threading
from collections.abc import Iterator

import pytest

from config.readiness import Check, CheckRunner


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def blocked() -> Iterator[threading.Event]:
    """Return an event that a check waits for; it is set at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def test_a_check_that_hangs_does_not_hold_up_the_others(blocked: threading.Event) -> None:
    def hang() -> Check:
        blocked.wait()
        return Check("ok")

    checks = {"hangs": hang, "works": lambda: Check("ok", "fine")}
    runner = CheckRunner(checks, lambda name: "failed", deadline=0.05)

    results = runner.results()

    assert (results["hangs"].status, results["works"].status) == ("failed", "ok")
    assert "no result" in results["hangs"].detail


def test_a_hanging_check_takes_one_thread_however_often_it_is_asked(
    blocked: threading.Event,
) -> None:
    started = []

    def hang() -> Check:
        started.append(1)
        blocked.wait()
        return Check("ok")

    runner = CheckRunner({"hangs": hang}, lambda name: "degraded", deadline=0.01, max_age=0.0)

    statuses = {runner.results()["hangs"].status for _ in range(60)}

    assert statuses == {"degraded"}
    assert len(started) == 1


def test_probes_within_two_seconds_share_a_result() -> None:
    calls, clock = [], Clock()

    def count() -> Check:
        calls.append(1)
        return Check("ok")

    runner = CheckRunner({"counted": count}, lambda name: "failed", clock=clock)
    for _ in range(60):
        runner.results()
    assert len(calls) == 1

    clock.now += 2
    runner.results()

    assert len(calls) == 2


def test_a_check_says_since_when_it_has_its_status() -> None:
    clock, statuses = Clock(), ["ok", "ok", "failed"]
    runner = CheckRunner(
        {"one": lambda: Check(statuses.pop(0))}, lambda name: "failed", clock=clock
    )

    first = runner.results()["one"]
    clock.now += 2
    second = runner.results()["one"]
    clock.now += 2
    third = runner.results()["one"]

    assert first.since == second.since
    assert third.since > second.since


@pytest.mark.parametrize("deadline", [None, 5.0])
def test_a_check_that_raises_has_the_status_of_its_kind(deadline: float | None) -> None:
    def fail() -> Check:
        raise ValueError

    runner = CheckRunner({"one": fail}, lambda name: "degraded", deadline=deadline)

    result = runner.results()["one"]

    assert result.status == "degraded"
    assert "ValueError" in result.detail
