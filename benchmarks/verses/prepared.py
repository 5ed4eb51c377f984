"""Sets up Django for a script; import it before any model."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]

sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
os.environ.setdefault("LOG_LEVEL", "WARNING")
django.setup()
