"""The rate limit per client."""

import os
from pathlib import Path

import pytest
import time_machine
from django.test import Client, RequestFactory
from pytest_django import Settings
from rest_framework.throttling import BaseThrottle

from verses.throttling.client import client_of
from verses.throttling.shared_windows import BUCKETS, SLOTS, SharedRateLimiter

LIMIT = 20
MINUTE = 60.0


@pytest.fixture
def limiter(tmp_path: Path) -> SharedRateLimiter:
    return SharedRateLimiter(tmp_path / "clients.windows")


def count_allowed(limiter: SharedRateLimiter, client: str, times: int) -> int:
    return sum(limiter.hit(client, LIMIT, MINUTE) == 0 for _request in range(times))


def test_requests_beyond_the_limit_are_rejected(limiter: SharedRateLimiter) -> None:
    assert count_allowed(limiter, "a", 30) == LIMIT
    assert 59 < limiter.hit("a", LIMIT, MINUTE) <= 60
    assert count_allowed(limiter, "b", 30) == LIMIT


def test_a_window_expires(tmp_path: Path) -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        limiter = SharedRateLimiter(tmp_path / "clients.windows")
        assert count_allowed(limiter, "a", 30) == LIMIT
        clock.shift(61)
        assert count_allowed(limiter, "a", 30) == LIMIT


def test_a_clock_set_back_starts_a_new_window(tmp_path: Path) -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        limiter = SharedRateLimiter(tmp_path / "clients.windows")
        count_allowed(limiter, "a", 30)
        clock.shift(-86400)
        assert count_allowed(limiter, "a", 30) == LIMIT


def test_the_limit_is_exact_over_processes(tmp_path: Path) -> None:
    children = []
    for number in range(4):
        pid = os.fork()
        if pid == 0:
            try:
                allowed = count_allowed(SharedRateLimiter(tmp_path / "clients.windows"), "a", 500)
                (tmp_path / f"{number}").write_text(str(allowed))
            finally:
                os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)

    assert sum(int((tmp_path / f"{number}").read_text()) for number in range(4)) == LIMIT


def test_the_file_contains_no_address(limiter: SharedRateLimiter, tmp_path: Path) -> None:
    limiter.hit("203.0.113.77", LIMIT, MINUTE)

    assert b"203.0.113" not in (tmp_path / "clients.windows").read_bytes()


def test_more_clients_than_slots_are_allowed(limiter: SharedRateLimiter) -> None:
    assert all(
        limiter.hit(f"client {number}", LIMIT, MINUTE) == 0
        for number in range(BUCKETS * SLOTS + 1000)
    )


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "1.1.1.1", "127.0.0.1"),
        (1, "forged, 203.0.113.7", "203.0.113.7"),
        (2, "forged, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (1, "", "127.0.0.1"),
        (3, "203.0.113.7", "203.0.113.7"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_a_client_is_found_behind_trusted_proxies(
    settings: Settings, proxies: int, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/verse", headers=headers)

    assert client_of(request.headers, "127.0.0.1") == client
    if ":" not in client:
        assert BaseThrottle().get_ident(request) == client  # type: ignore[arg-type]  # as DRF sees it


def test_ipv4_clients_of_a_dual_stack_socket_differ() -> None:
    assert client_of({}, "::ffff:203.0.113.7") == "203.0.113.7"


@pytest.mark.django_db
def test_requests_are_allowed_if_counting_fails(settings: Settings, tmp_path: Path) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 1, "seconds": 60})()
    settings.VERSES_COUNTS_DIR = tmp_path / "counts"
    settings.VERSES_COUNTS_DIR.write_text("a file where the directory should be")

    address = "/verse?reference=John+3:16&translation=rv1909"
    statuses = [Client().get(address).status_code for _request in range(3)]

    assert statuses == [200, 200, 200]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/verse?reference=John+3:16&translation=rv1909", "/verses/"])
def test_routes_and_pages_share_one_limit(settings: Settings, path: str) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 2, "seconds": 60})()
    client = Client()

    statuses = [client.get(path).status_code for _request in range(3)]
    refused = client.get(path)

    assert statuses == [200, 200, 429]
    assert 0 < int(refused.headers["Retry-After"]) <= 61
