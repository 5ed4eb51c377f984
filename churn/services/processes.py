"""Identity of a process across hosts, and detection of dead processes of this host."""

import os
import socket
from pathlib import Path


def process_id() -> str:
    """Return `host:pid:start` of this process.

    The start time differs if the kernel reuses the number for a later process.
    """
    return _identity(os.getpid())


def is_dead(owner: str) -> bool:
    """Return whether the process has ended; False for other hosts, where it cannot be known."""
    host, pid, _ = owner.rsplit(":", 2)
    return host == socket.gethostname() and (not _exists(int(pid)) or _identity(int(pid)) != owner)


def _identity(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{_start_ticks(pid)}"


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # a process of another user
    return True


def _start_ticks(pid: int) -> str:
    """Return clock ticks from boot to the start of the process; "0" without /proc.

    Fields 3 and 22 of /proc/PID/stat, see proc(5).
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "0"
    # The name in field 2 may contain spaces and parentheses, so fields are counted after it.
    state, *fields = stat.rpartition(")")[2].split()
    # A zombie was killed but not yet waited for by its parent.
    return "ended" if state == "Z" else fields[18]
