"""The JSON routes: `/verse`, `/top` and `/api/verses/...`."""

import json
from dataclasses import asdict
from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework.fields import DateField, DictField, ListField
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from verses.api.base import PublicView, validated
from verses.api.caching import with_cache_headers
from verses.api.serializers import (
    BatchQuery,
    BookSerializer,
    ComparisonQuery,
    DailyQuery,
    FoundReferencesSerializer,
    ListedTranslationSerializer,
    PassageQuery,
    PassageSerializer,
    RandomQuery,
    SearchHitSerializer,
    SearchQuery,
    TextQuery,
    TopQuery,
    TopSerializer,
)
from verses.exceptions import VersesError
from verses.ready import ReadyDocument, ReadyPassage, mark_ready
from verses.references import find_references
from verses.services.comparing import ComparedPassage, compare_passages
from verses.services.daily import daily_passage
from verses.services.passages import get_passage, user_language
from verses.services.random_verse import random_passage
from verses.services.search import search_verses
from verses.services.top import is_latest, top_passages
from verses.services.translations import get_translation, list_books, list_translations

RESULTS = inline_serializer("Results", {"results": ListField(child=DictField())})
# Short, since an operator may add a translation.
_LIST_CACHE_CONTROL = "public, max-age=300"


class PassageView(PublicView):
    """One passage by its reference."""

    @extend_schema(parameters=[PassageQuery], responses=PassageSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        """Return a passage, which HTTP caches may store."""
        passage = get_passage(**validated(PassageQuery, request.query_params))
        return with_cache_headers(request, Response(PassageSerializer(passage).data), passage)

    @extend_schema(request=PassageQuery, responses=PassageSerializer)
    def post(self, request: Request) -> Response:
        """Return a passage."""
        passage = get_passage(**validated(PassageQuery, request.data))
        response = Response(PassageSerializer(passage).data)
        mark_ready(response, ReadyPassage(passage))
        return response


class TopView(PublicView):
    """The most requested passages."""

    @extend_schema(parameters=[TopQuery], responses=TopSerializer)
    def get(self, request: Request) -> Response:
        """Return the most requested passages, in descending order."""
        query = validated(TopQuery, request.query_params)
        passages = top_passages(**query)
        response = Response(TopSerializer({"top": passages}).data)
        mark_ready(response, ReadyDocument(partial(is_latest, passages, query["window"])))
        response["Cache-Control"] = "public, max-age=1"
        return response


class TranslationListView(PublicView):
    """The available translations."""

    @extend_schema(responses=ListedTranslationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return all translations, ordered by language and name."""
        response = Response(ListedTranslationSerializer(list_translations(), many=True).data)
        response["Cache-Control"] = _LIST_CACHE_CONTROL
        return response


class BookListView(PublicView):
    """The books of a translation."""

    @extend_schema(responses=BookSerializer(many=True))
    def get(self, request: Request, translation: str) -> Response:
        """Return the books in canonical order, named in the language of the translation."""
        response = Response(BookSerializer(list_books(translation.lower()), many=True).data)
        response["Cache-Control"] = _LIST_CACHE_CONTROL
        return response


class RandomView(PublicView):
    """A random verse for each request."""

    @extend_schema(parameters=[RandomQuery], responses=PassageSerializer)
    def get(self, request: Request) -> Response:
        """Return a random verse."""
        passage = random_passage(**validated(RandomQuery, request.query_params))
        response = Response(PassageSerializer(passage).data)
        response["Cache-Control"] = "no-store"
        return response


class DailyView(PublicView):
    """The verse of the day."""

    @extend_schema(
        parameters=[DailyQuery],
        responses=inline_serializer(
            "Daily", {**PassageSerializer().get_fields(), "date": DateField()}
        ),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Return the passage of a date (UTC), the same for everyone on that date."""
        query = validated(DailyQuery, request.query_params)
        day = query.get("day") or timezone.now().date()
        passage = daily_passage(**query)
        response = Response({"date": day.isoformat(), **PassageSerializer(passage).data})
        if "day" in query:
            return with_cache_headers(request, response, passage)
        return with_cache_headers(request, response, passage, today=day)


class BatchView(PublicView):
    """Up to 100 passages in one request."""

    @extend_schema(request=BatchQuery, responses=RESULTS)
    def post(self, request: Request) -> Response:
        """Return the passage or the problem for each reference, in order."""
        query = validated(BatchQuery, request.data)
        results = [
            _passage_or_problem(self, reference, query["translation"])
            for reference in query["references"]
        ]
        return Response({"results": results})


class ReferencesView(PublicView):
    """The references in a text."""

    @extend_schema(request=TextQuery, responses=FoundReferencesSerializer)
    def post(self, request: Request) -> Response:
        """Return every reference in the order of the text; doubtful ones are left out."""
        query = validated(TextQuery, request.data)
        text, language = query["text"], query.get("language") or user_language()
        found = find_references(text, language)
        context = {"text": text, "language": language}
        return Response(FoundReferencesSerializer({"references": found}, context=context).data)


class ComparisonView(PublicView):
    """The same words in several translations, side by side."""

    @extend_schema(parameters=[ComparisonQuery], responses=RESULTS)
    def get(self, request: Request) -> Response:
        """Return the passage or the problem for each translation, in order.

        The reference has the numbers of the first translation. `alignment` of a passage is null,
        or an object with the names `requested` and `shown`, if the words have other numbers.
        """
        query = validated(ComparisonQuery, request.query_params)
        results = [_compared_json(self, compared) for compared in compare_passages(**query)]
        return Response({"results": results})


def _passage_or_problem(view: PublicView, reference: str, translation: str) -> Any:
    try:
        passage = get_passage(reference=reference, translation=translation)
    except VersesError as error:
        return _problem_json(view, error)
    return PassageSerializer(passage).data


def _problem_json(view: PublicView, error: VersesError) -> Any:
    handler = view.get_exception_handler()
    return json.loads(handler(error, view.get_exception_handler_context()).content)


def _compared_json(view: PublicView, compared: ComparedPassage | VersesError) -> Any:
    if isinstance(compared, VersesError):
        return _problem_json(view, compared)
    alignment = compared.alignment and asdict(compared.alignment)
    return {**PassageSerializer(compared.passage).data, "alignment": alignment}


class SearchPagination(PageNumberPagination):
    page_size = 20


class SearchView(PublicView):
    """Full-text search in a translation."""

    pagination_class = SearchPagination

    @extend_schema(
        parameters=[SearchQuery, OpenApiParameter("page", int)],
        responses=SearchHitSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Return the verses with all the words, best match first, with matches highlighted."""
        query = validated(SearchQuery, request.query_params)
        language = get_translation(query["translation"]).language
        paginator = SearchPagination()
        found: Any = search_verses(**query)  # not a list: only the page shown is queried
        hits: Any = paginator.paginate_queryset(found, request, view=self)
        serializer = SearchHitSerializer(hits, many=True, context={"language": language})
        return paginator.get_paginated_response(serializer.data)
