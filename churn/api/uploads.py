"""Requests with large bodies: refused by their stated length, before a byte is stored."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.views import APIView

from churn.services.storage import check_content_length

_FORM_BYTES = 2**20  # names of fields and files, beside the files themselves
_FILES = 2


class BodyLimitMixin(APIView):
    """A view that reads no body longer than `max_bytes`."""

    max_bytes: ClassVar[int] = 8 * 2**20

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Signing in by cookie reads the form, so this comes first.
        if request.method == "POST":
            check_content_length(request.META.get("CONTENT_LENGTH"), self.get_most_bytes())
        super().initial(request, *args, **kwargs)

    def get_most_bytes(self) -> int:
        return self.max_bytes


class UploadLimitMixin(BodyLimitMixin):
    """A view that takes a file and its zones, each at most as large as the settings allow."""

    def get_most_bytes(self) -> int:
        return _FILES * settings.MAX_UPLOAD_BYTES + _FORM_BYTES
