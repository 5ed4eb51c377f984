"""Who is at work: a name for this process, and whether another of this machine still lives."""

import os
import socket
from pathlib import Path


def process_id() -> str:
    """Return `host:pid:start`; the start tells a process from a later one with the same number."""
    return _name(os.getpid())


def is_dead(owner: str) -> bool:
    """Tell whether the process is surely gone; of another host nothing is known, so False."""
    host, pid, _ = owner.rsplit(":", 2)
    return host == socket.gethostname() and (not _exists(int(pid)) or _name(int(pid)) != owner)


def _name(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{_started(pid)}"


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """Ticks from the machine's start to the process's; 0 where /proc does not tell.

    Fields 3 and 22 of /proc/PID/stat, see proc(5). A zombie, killed but not buried by its parent,
    has ended.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "0"
    state, *fields = stat.rpartition(")")[2].split()
    return "ended" if state == "Z" else fields[18]
