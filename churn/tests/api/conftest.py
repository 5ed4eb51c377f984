from typing import Any

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api(analyst: Any) -> APIClient:
    """Make a client of the API that acts as `analyst`."""
    client = APIClient()
    client.force_authenticate(analyst)
    return client
