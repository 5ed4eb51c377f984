"""The rate limit as a throttle of DRF."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from verses.throttling.client import client_of, seconds_to_wait


class ClientThrottle(BaseThrottle):
    """Rejects requests beyond VERSES_THROTTLE; replaces DRF's throttles, whose cache may race."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        client = client_of(request.headers, request.META.get("REMOTE_ADDR"))
        self._seconds = seconds_to_wait(client)
        return not self._seconds

    def wait(self) -> float | None:
        return self._seconds or None
