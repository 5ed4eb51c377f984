"""Settings of a benchmarked application, with its count files in a folder of its own."""

import os
from pathlib import Path

from config.settings.base import *  # noqa: F403  all of them, as they are

VERSES_COUNTS_DIR = Path(os.environ["SERVED_FOLDER"]) / "counts"
