"""`/bible-api/...`: a drop-in for bible-api.com, so a client changes its base URL and no more."""

import json
import re
from abc import ABC, abstractmethod
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import override
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from verses.bible_api import service
from verses.compression import compress
from verses.exceptions import UpstreamUnavailable
from verses.models import Translation
from verses.throttling.client import client_of, seconds_to_wait

CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "OPTIONS, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}
_CALLBACKS = ("callback", "jscallback", "jsonp", "jsoncallback")
_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_$.]")
_PREFIX = "/bible-api"


@method_decorator(csrf_exempt, name="dispatch")  # nothing is changed, and a POST is told so
class DropInView(View, ABC):
    """What the real server does around each answer; `answer` gives the JSON of one route."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        client = client_of(request.headers, request.META.get("REMOTE_ADDR"))
        wait = seconds_to_wait(client)
        # The real server speaks English, whatever the browser prefers.
        with override("en"):
            response = _too_often(wait) if wait else super().dispatch(request, *args, **kwargs)
        for name, value in CORS_HEADERS.items():
            response[name] = value
        return response

    def get(self, request: HttpRequest, **route: str) -> HttpResponseBase:
        try:
            status, body = 200, self.answer(request, **route)
        except service.Refusal as refusal:
            status, body = refusal.status, refusal.body
        except UpstreamUnavailable as error:
            response = _rendered(request, 503, {"error": "upstream unavailable"})
            response["Retry-After"] = str(error.retry_after)
            return response
        return _rendered(request, status, body)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse()

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = _rendered(request, 405, {"error": "method not allowed"})
        response["Allow"] = "OPTIONS, GET, HEAD"
        return response

    @abstractmethod
    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        """Return the JSON of this route; raises Refusal or UpstreamUnavailable."""


def _too_often(seconds: float) -> HttpResponse:
    response = HttpResponse("Retry later\n", status=429, content_type="text/plain")
    response["Retry-After"] = str(int(seconds) + 1)
    return response


def _rendered(request: HttpRequest, status: int, body: service.Json) -> HttpResponse:
    """Write JSON, or a call of the function that the client names (JSONP)."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    named = [request.GET[name] for name in _CALLBACKS if name in request.GET]
    kind = "application/json;charset=utf-8"
    if named:
        function = _NOT_IN_A_NAME.sub("", named[0])
        text, kind = f"{function}({text})", "text/javascript;charset=utf-8"
    response = HttpResponse(text, status=status, content_type=kind)
    compress(response, request.headers.get("Accept-Encoding", ""))
    return response


def _asked_translation(request: HttpRequest) -> Translation:
    return service.translation_named(request.GET.get("translation"))


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri(_PREFIX)


class RootView(DropInView):
    """`GET /`: with `random` the older random call, else a page for people."""

    def get(self, request: HttpRequest, **route: str) -> HttpResponseBase:
        return super().get(request) if "random" in request.GET else redirect("verses:reader")

    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        return service.random_by_name(_asked_translation(request))


class PassageView(DropInView):
    """`GET /{ref}`."""

    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        matching = request.GET.get(
            "single_chapter_book_matching",
            request.headers.get("X-Single-Chapter-Book-Matching"),
        )
        return service.passage(
            route["reference"].replace("+", " "),
            _asked_translation(request),
            is_numbered=request.GET.get("verse_numbers") == "true",
            is_lenient=matching == "indifferent",
        )


class TranslationsView(DropInView):
    """`GET /data`."""

    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        return service.listing(_base(request))


class BooksView(DropInView):
    """`GET /data/{translation}`."""

    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        return service.books(service.translation_named(route["translation"]), _base(request))


class ChaptersView(DropInView):
    """`GET /data/{translation}/{book}`."""

    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        translation = service.translation_named(route["translation"])
        return service.chapters(translation, route["book"], _base(request))


class ChapterView(DropInView):
    """`GET /data/{translation}/{book}/{chapter}`."""

    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        translation = service.translation_named(route["translation"])
        return service.chapter(translation, route["book"], route["chapter"])


class RandomView(DropInView):
    """`GET /data/{translation}/random[/{books}]`."""

    def answer(self, request: HttpRequest, **route: str) -> service.Json:
        translation = service.translation_named(route["translation"])
        return service.random_verse(translation, route.get("books", "OT,NT"))
