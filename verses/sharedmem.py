"""Files of unsigned 64-bit words that the processes of a host map into memory.

The pages of a mapped file belong to the kernel: every process sees a write immediately, and a
process that is killed loses nothing. A power failure may lose what was not written to the disk yet.
"""

import mmap
import os
from pathlib import Path

WORD_BYTES = 8


class MappedWords:
    """A mapped file; `_words` is indexed by word, in the byte order of the machine."""

    def __init__(self, path: Path, words: int, *, flags: int = 0) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
        try:
            self._prepare()
            self._map = mmap.mmap(self._descriptor, words * WORD_BYTES)
        except (OSError, ValueError):
            os.close(self._descriptor)
            raise
        self._words = memoryview(self._map).cast("Q")

    def _prepare(self) -> None:
        """Make the file ready to be mapped; for files that are created when opened."""

    def close(self) -> None:
        self._words.release()
        self._map.close()
        os.close(self._descriptor)


def reserve(descriptor: int, words: int) -> None:
    """Reserve the disk space of a file; raises OSError if the disk is full.

    Without it, the first write to a page that has no space would kill the process with SIGBUS.
    """
    os.posix_fallocate(descriptor, 0, words * WORD_BYTES)
