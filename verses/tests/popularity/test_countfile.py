"""Count files, shared by real processes."""

import os
import signal
import time
from pathlib import Path

import pytest

from verses.popularity.countfile import MAX_KEY_LENGTH, MAX_RECORDS, SLOTS, CountFile
from verses.popularity.directory import claim_slot, day_of, files, locked
from verses.popularity.process_counter import ProcessCounter

ENOUGH = 2000
TIMEOUT = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "columns").mkdir()
    return tmp_path


@pytest.fixture
def file(path: Path) -> CountFile:
    name = path / "2026-11-23-0000.counts"
    CountFile.create(name)
    return CountFile(name)


def counted_in(path: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in files(path):
        file = CountFile(name)
        for record, key in file.records():
            counts[key] = counts.get(key, 0) + file.counted(record)
        file.close()
    return counts


def test_a_passage_starts_at_its_base(file: CountFile) -> None:
    record = file.add("web John.3.16", base=41)

    assert record is not None
    assert [file.increment(record, slot=0), file.increment(record, slot=5)] == [42, 43]


def test_processes_share_counts_and_passages(file: CountFile) -> None:
    record = file.add("web Salmo.23", base=0) or 0
    file.increment(record, slot=0)

    other = CountFile(file.path)

    assert other.find("web Salmo.23") == record
    assert other.increment(record, slot=1) == 2
    assert other.identifier == file.identifier


def test_another_kind_of_file_is_rejected(path: Path) -> None:
    name = path / "2026-11-23-0001.counts"
    CountFile.create(name)
    name.write_bytes(bytes(name.stat().st_size))

    with pytest.raises(ValueError, match="is not a count file"):
        CountFile(name)


def test_a_partial_record_is_not_visible(file: CountFile) -> None:
    file.add("web John.3.16", base=0)
    other = CountFile(file.path)
    other._words[1] = 2  # noqa: SLF001  as if killed before the key was written

    assert [key for _record, key in other.records()] == ["web John.3.16"]


def test_a_full_file_is_followed_by_another(path: Path) -> None:
    counter = ProcessCounter(path)
    for number in range(MAX_RECORDS + 1):
        counter.count(f"web key.{number}", lambda: 0)

    assert len(files(path)) == 2
    assert sum(counted_in(path).values()) == MAX_RECORDS + 1
    counter.close()


def test_a_sealed_file_takes_no_more_counts(path: Path) -> None:
    counter = ProcessCounter(path)
    counter.count("web John.3.16", lambda: 0)
    CountFile(files(path)[0]).seal()

    counter.count("web John.3.16", lambda: 1)

    assert len(files(path)) == 2
    counter.close()


def test_a_key_that_is_too_long_is_rejected(path: Path) -> None:
    counter = ProcessCounter(path)

    with pytest.raises(ValueError, match="too long"):
        counter.count("x" * (MAX_KEY_LENGTH + 1), lambda: 0)
    counter.close()


def test_a_new_day_starts_a_new_file(path: Path) -> None:
    counter = ProcessCounter(path)
    counter.count("web John.3.16", lambda: 0)
    counter._expires_at = 0.0  # noqa: SLF001  the day is over
    files(path)[0].rename(path / "2020-01-01-0000.counts")

    counter.count("web John.3.16", lambda: 1)

    assert [day_of(name).year for name in files(path)] == [2020, time.gmtime().tm_year]
    counter.close()


def test_each_process_has_its_own_slot(path: Path) -> None:
    claimed = [claim_slot(path) for _slot in range(SLOTS)]

    assert [slot for slot, _descriptor in claimed] == list(range(SLOTS))
    with pytest.raises(OSError, match="processes count at once"):
        claim_slot(path)
    for _slot, descriptor in claimed:
        os.close(descriptor)
    assert claim_slot(path)[0] == 0


def test_waiting_for_a_lock_times_out(path: Path) -> None:
    with (
        locked(path / "leader"),
        pytest.raises(BlockingIOError),
        locked(path / "leader", timeout=0),
    ):
        pytest.fail("two leaders")


def count_until_killed(path: Path, ledger: Path) -> None:
    counter = ProcessCounter(path)
    with ledger.open("wb", buffering=0) as written:
        while True:
            written.write(b"+")
            counter.count("web John.3.16", lambda: 0)
            written.write(b"-")


def test_killed_processes_lose_and_repeat_no_count(path: Path) -> None:
    children = []
    for number in range(3):
        pid = os.fork()
        if pid == 0:
            try:
                count_until_killed(path, path / f"ledger-{number}")
            finally:
                os._exit(1)
        children.append(pid)
    ledgers = [path / f"ledger-{number}" for number in range(3)]
    deadline = time.monotonic() + TIMEOUT
    while any(not ledger.exists() or ledger.stat().st_size < ENOUGH for ledger in ledgers):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    written = [ledger.read_bytes() for ledger in ledgers]
    done, begun = (sum(one.count(sign) for one in written) for sign in (b"-", b"+"))
    assert done <= counted_in(path)["web John.3.16"] <= begun
    assert begun - done <= len(children)
