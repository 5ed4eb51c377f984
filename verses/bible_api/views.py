"""`/bible-api/...`: clients of bible-api.com change only their base URL."""

import json
import re
from abc import ABC, abstractmethod
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.decorators import method_decorator
from django.utils.translation import override
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from verses.bible_api import passages, service
from verses.bible_api.errors import BibleApiError, Json
from verses.exceptions import UpstreamUnavailable
from verses.models import Translation
from verses.ready import ReadyPassage, mark_ready
from verses.services.passages import Passage
from verses.throttling.client import seconds_to_wait_of

CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "OPTIONS, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}
_CALLBACK_PARAMETERS = ("callback", "jscallback", "jsonp", "jsoncallback")
_NOT_IN_IDENTIFIER = re.compile(r"[^a-zA-Z0-9_$.]")
_SLASHES = re.compile("/{2,}")
_PREFIX = "/bible-api"


@method_decorator(csrf_exempt, name="dispatch")  # all is read-only; a POST gets a 405 in JSON
class BibleApiView(View, ABC):
    """Base of the routes: CORS, JSONP, errors and rate limit as the real server has them."""

    http_method_names = ["get", "head", "options"]
    has_callback = True
    """Whether a client may ask for JSONP; errors are JSONP on every route."""
    passage: Passage | None = None
    """The passage that was read for this answer, if the answer depends on nothing else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wait = seconds_to_wait_of(request)
        # The real server speaks English, whatever the browser prefers.
        with override("en"):
            if wait:
                response: HttpResponseBase = HttpResponse(
                    "Retry later\n", status=429, content_type="text/plain"
                )
                response["Retry-After"] = str(int(wait) + 1)
            else:
                response = super().dispatch(request, *args, **kwargs)
        for name, value in CORS_HEADERS.items():
            response[name] = value
        return response

    def get(self, request: HttpRequest, **route: str) -> HttpResponseBase:
        try:
            body = self.get_json(request, **route)
        except BibleApiError as error:
            return _render(request, error.status, error.body)
        except UpstreamUnavailable as error:
            response = _render(request, 503, {"error": "upstream unavailable"})
            response["Retry-After"] = str(error.retry_after)
            return response
        response = _render(request, 200, body, has_callback=self.has_callback)
        if self.passage is not None:
            mark_ready(response, ReadyPassage(self.passage, has_count=False))
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse()

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = _render(request, 405, {"error": "method not allowed"})
        response["Allow"] = "OPTIONS, GET, HEAD"
        return response

    @abstractmethod
    def get_json(self, request: HttpRequest, **route: str) -> Json:
        """Return the JSON of this route; raises BibleApiError or UpstreamUnavailable."""


def _render(
    request: HttpRequest, status: int, body: Json, *, has_callback: bool = True
) -> HttpResponse:
    """Render JSON, or a call of the function that the client names (JSONP)."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    callbacks = [request.GET[name] for name in _CALLBACK_PARAMETERS if name in request.GET]
    content_type = "application/json;charset=utf-8"
    if callbacks and has_callback:
        function = _NOT_IN_IDENTIFIER.sub("", callbacks[0])
        text, content_type = f"{function}({text})", "text/javascript;charset=utf-8"
    return HttpResponse(text, status=status, content_type=content_type)


def _requested_translation(request: HttpRequest) -> Translation:
    return service.get_translation(request.GET.get("translation"))


def _is_numbered(request: HttpRequest) -> bool:
    return request.GET.get("verse_numbers") == "true"


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri(_PREFIX)


class RootView(BibleApiView):
    """`GET /`: with `random` the older random call, else a redirect to the reader page."""

    def get(self, request: HttpRequest, **route: str) -> HttpResponseBase:
        return super().get(request) if "random" in request.GET else redirect("verses:reader")

    def get_json(self, request: HttpRequest, **route: str) -> Json:
        return passages.build_random_passage(
            _requested_translation(request), is_numbered=_is_numbered(request)
        )


class PassageView(BibleApiView):
    """`GET /{ref}`."""

    def get_json(self, request: HttpRequest, **route: str) -> Json:
        matching = request.GET.get(
            "single_chapter_book_matching",
            request.headers.get("X-Single-Chapter-Book-Matching"),
        )
        body, self.passage = passages.build_passage(
            route["reference"].replace("+", " "),
            _requested_translation(request),
            is_numbered=_is_numbered(request),
            is_lenient=matching == "indifferent",
        )
        return body


class DataView(BibleApiView, ABC):
    """Base of the `/data` routes."""

    has_callback = False


class TranslationsView(DataView):
    """`GET /data`."""

    def get_json(self, request: HttpRequest, **route: str) -> Json:
        return service.build_translations(_base(request))


class BooksView(DataView):
    """`GET /data/{translation}`."""

    def get_json(self, request: HttpRequest, **route: str) -> Json:
        return service.build_books(service.get_translation(route["translation"]), _base(request))


class ChaptersView(DataView):
    """`GET /data/{translation}/{book}`."""

    def get_json(self, request: HttpRequest, **route: str) -> Json:
        translation = service.get_translation(route["translation"])
        return service.build_chapters(translation, route["book"], _base(request))


class ChapterView(DataView):
    """`GET /data/{translation}/{book}/{chapter}`."""

    def get_json(self, request: HttpRequest, **route: str) -> Json:
        translation = service.get_translation(route["translation"])
        return service.build_chapter(translation, route["book"], route["chapter"])


class RandomView(DataView):
    """`GET /data/{translation}/random[/{books}]`."""

    def get_json(self, request: HttpRequest, **route: str) -> Json:
        translation = service.get_translation(route["translation"])
        return service.build_random_verse(translation, route.get("books", "OT,NT"))


@csrf_exempt
def collapse_slashes(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer `//data/kjv/random` and `data//kjv` as the route without the doubled slashes.

    A client whose base URL ends in a slash sends such paths, and the real server accepts them.
    """
    match = resolve(f"{_PREFIX}/{_SLASHES.sub('/', path).lstrip('/')}")
    request.resolver_match = match
    return cast("HttpResponseBase", match.func(request, **match.kwargs))
