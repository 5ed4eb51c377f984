import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

HEAVY = ["pandas", "polars", "numpy", "scipy", "xgboost", "sklearn", "shapely", "matplotlib"]
SCRIPT = f"""
import django
django.setup()
import config.urls
import sys

print(",".join(name for name in {HEAVY} if name in sys.modules))
"""


def test_web_process_imports_no_machine_learning() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}

    loaded = subprocess.run(  # noqa: S603  our own interpreter, our own script
        [sys.executable, "-c", SCRIPT], env=environment, check=True, capture_output=True, text=True
    )

    assert loaded.stdout.strip() == ""
