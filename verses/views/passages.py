"""`/verse` and `/top`."""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from verses import services
from verses.serializers import PassageQuery, PassageSerializer, TopQuery, TopSerializer
from verses.views.base import PublicView, language_of, validated
from verses.views.caching import with_cache_headers


class PassageView(PublicView):
    """One passage by its reference."""

    @extend_schema(parameters=[PassageQuery], responses=PassageSerializer)
    def get(self, request: Request) -> HttpResponseBase:
        """Return a passage; HTTP caches may keep it."""
        query = validated(PassageQuery, request.query_params)
        passage = services.get_passage(**query, language=language_of(request))
        return with_cache_headers(request, Response(PassageSerializer(passage).data), passage)

    @extend_schema(request=PassageQuery, responses=PassageSerializer)
    def post(self, request: Request) -> Response:
        """Return a passage."""
        query = validated(PassageQuery, request.data)
        passage = services.get_passage(**query, language=language_of(request))
        return Response(PassageSerializer(passage).data)


class TopView(PublicView):
    """The passages most asked for."""

    @extend_schema(parameters=[TopQuery], responses=TopSerializer)
    def get(self, request: Request) -> Response:
        """Return the passages most asked for, most first."""
        places = services.top(**validated(TopQuery, request.query_params))
        response = Response(TopSerializer({"top": places}).data)
        response["Cache-Control"] = "public, max-age=1"
        return response
