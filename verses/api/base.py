"""Base of the public JSON routes."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import override
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from verses.ready import READY_ATTRIBUTE, ReadyPassage, mark_ready
from verses.references import LANGUAGE_CODES
from verses.services.passages import user_language
from verses.throttling.drf import ClientThrottle

CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Age, ETag, Retry-After, X-Request-ID",
}
_PREFLIGHT_SECONDS = "86400"


class PublicView(APIView):
    """A route for anyone, from any origin, without credentials."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [ClientThrottle]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the language of messages, which may have no pages."""
        with override(language_of(request)):
            return super().dispatch(request, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Answer a CORS preflight, and clients that ask for the allowed methods."""
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
        if isinstance(finished, Response):
            _keep_body(finished)
            if finished.accepted_renderer.format == "api":
                # The form of the browsable API has a CSRF token, which must not be shared.
                mark_ready(finished, None)
                finished["Cache-Control"] = "no-store"
                for name in ("ETag", "Last-Modified", "Age"):
                    del finished[name]
        return finished


def _keep_body(response: Response) -> None:
    """Note the body before a middleware compresses it: its count is compressed separately."""
    if isinstance(ready := getattr(response, READY_ATTRIBUTE, None), ReadyPassage):
        response.add_post_render_callback(lambda rendered: ready.set_body(rendered.content))


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
    """Return the validated input as keyword arguments; raises ValidationError."""
    try:
        return dict(_shared(serializer).run_validation(data))
    except ValidationError:
        # Once more for the errors, which DRF rewrites where the whole input is missing.
        serializer(data=data).is_valid(raise_exception=True)
        raise


@cache
def _shared(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    """Return a serializer for all requests: each new one makes a deep copy of its fields."""
    return serializer()
