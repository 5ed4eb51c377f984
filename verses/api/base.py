"""What all public JSON routes have in common."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import override
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from verses.compression import compress
from verses.references import LANGUAGE_CODES
from verses.services.passages import user_language
from verses.throttling.drf import ClientThrottle

CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Age, ETag, Retry-After, X-Request-ID",
}
_PREFLIGHT_SECONDS = "86400"


class PublicView(APIView):
    """A route that anyone may call, from any origin, without credentials."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [ClientThrottle]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the language of messages, which may have no pages."""
        with override(language_of(request)):
            return super().dispatch(request, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Answer a browser's preflight as well as a client that asks what is allowed."""
        response = Response(status=204)
        methods = ", ".join(self.allowed_methods)
        response["Allow"] = methods
        response["Access-Control-Allow-Methods"] = methods
        response["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match, X-Request-ID"
        response["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
        return response

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        finished = super().finalize_response(request, response, *args, **kwargs)
        for name, value in CORS_HEADERS.items():
            finished[name] = value
        # A 304 as well: a cache takes its headers over for the answer that it has.
        patch_vary_headers(finished, ["Accept-Encoding"])
        if isinstance(finished, Response):
            accepted = request.headers.get("Accept-Encoding", "")
            finished.add_post_render_callback(partial(compress, accepted=accepted))
            if finished.accepted_renderer.format == "api":
                _keep_from_caches(finished)
        return finished


def _keep_from_caches(page: Response) -> None:
    """Mark a page of the browsable API, whose form has a secret of its reader, as his alone."""
    page["Cache-Control"] = "no-store"
    for name in ("ETag", "Last-Modified", "Age"):
        del page[name]


def language_of(request: HttpRequest) -> str:
    """Return the language of messages.

    It is the page's, or that of the client if references are read in it but no page is written.
    """
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    known = (tag[:2] for tag, _weight in accepted if tag[:2] in LANGUAGE_CODES)
    preferred = next(known, "")
    has_pages = not preferred or preferred in dict(settings.LANGUAGES)
    return user_language() if has_pages else preferred


def validated(serializer: type[Serializer[Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked input as keywords; raises ValidationError, which names the fields."""
    query = serializer(data=data)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)
