"""Limits of request bodies, checked by Content-Length before a byte is read."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.views import APIView

from churn.services.storage import check_content_length, max_request_bytes


class BodyLimitMixin(APIView):
    """A view that rejects bodies longer than `max_bytes`."""

    max_bytes: ClassVar[int] = 8 * 2**20  # 1,000 records of 8 kB

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Session authentication reads the form for its CSRF token, so this comes first.
        if request.method == "POST":
            check_content_length(request.META.get("CONTENT_LENGTH"), self.get_max_bytes())
        super().initial(request, *args, **kwargs)

    def get_max_bytes(self) -> int:
        return self.max_bytes


class UploadLimitMixin(BodyLimitMixin):
    """A view for uploads of a file and its zones, each up to MAX_UPLOAD_BYTES."""

    def get_max_bytes(self) -> int:
        return max_request_bytes()
