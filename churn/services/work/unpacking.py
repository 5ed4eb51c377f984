"""Tables in containers, unpacked once, into the folder of their data set or scoring."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.storage import default_storage

from churn.ml.i18n.messages import Message
from churn.ml.io import unpack

Remarks = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that is a table, and what the user should know about where it was."""

    path: Path
    remarks: Remarks = ()


def replace_by_table(name: str) -> Remarks:
    """Replace a stored container by the table in it; other files stay as they are.

    Raises
    ------
    FileUnreadable, UploadTooLarge : as in `unpack`; the stored file is unchanged.
    """
    path = Path(default_storage.path(name))
    with TemporaryDirectory(prefix="unpack-", dir=path.parent) as folder:
        unpacked = unpack(path, Path(folder), settings.MAX_UNPACKED_BYTES)
        if unpacked is None:
            return ()
        unpacked.path.chmod(path.stat().st_mode)
        shutil.move(unpacked.path, path)
    return unpacked.remarks


@contextmanager
def opened_table(path: Path) -> Iterator[Table]:
    """Yield a local file, or the table unpacked from it, which is deleted in the end.

    Raises
    ------
    FileUnreadable, UploadTooLarge : as in `unpack`.
    """
    with TemporaryDirectory(prefix="churn-") as folder:
        unpacked = unpack(path, Path(folder), settings.MAX_UNPACKED_BYTES)
        yield Table(unpacked.path, unpacked.remarks) if unpacked else Table(path)
