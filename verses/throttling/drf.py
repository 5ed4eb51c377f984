"""The rate limit as a throttle of DRF."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from verses.throttling.client import seconds_to_wait_of


class ClientThrottle(BaseThrottle):
    """Rejects requests beyond VERSES_THROTTLE; replaces DRF's throttles, whose cache may race."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        self._seconds = seconds_to_wait_of(request._request)  # noqa: SLF001  no public name
        return not self._seconds

    def wait(self) -> float | None:
        return self._seconds or None
