import os
import subprocess
import sys
from pathlib import Path

from churn.services.processes import is_dead, process_id


def ticks_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def test_current_process_is_not_dead() -> None:
    assert not is_dead(process_id())


def test_ended_process_of_this_host_is_dead() -> None:
    host = process_id().rsplit(":", 2)[0]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert is_dead(f"{host}:{ended.pid}:1")


def test_zombie_process_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = process_id().replace(f":{os.getpid()}:", f":{child.pid}:")
    owner = f"{owner.rsplit(':', 1)[0]}:{ticks_of(child.pid)}"
    assert not is_dead(owner)

    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert is_dead(owner)
    child.communicate()


def test_reused_pid_is_another_process() -> None:
    host, number, _ = process_id().rsplit(":", 2)

    assert is_dead(f"{host}:{number}:1")


def test_process_of_another_host_is_not_dead() -> None:
    assert not is_dead("elsewhere:1:1")
