"""Root and documentation views of the API."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

ENTRIES = {
    "passage": "verses:passage",
    "top": "verses:top",
    "translations": "verses:translation-list",
    "random": "verses:random",
    "daily": "verses:daily",
    "search": "verses:search",
    "compare": "verses:compare",
    "batch": "verses:batch",
    "bible-api": "verses:bible-api",
    "datasets": "churn:dataset-list",
    "runs": "churn:run-list-api",
    "champion": "churn:champion",
    "scorings": "churn:scoring-list-api",
    "predictions": "churn:prediction-list",
    "predict": "churn:predict",
    "schema": "schema",
    "docs": "docs",
}


@extend_schema(exclude=True)
class ApiRootView(APIView):
    """List the entry points of the API."""

    permission_classes = [AllowAny]

    def get_view_name(self) -> str:
        return "API"

    def get(self, request: Request) -> Response:
        return Response({name: reverse(view, request=request) for name, view in ENTRIES.items()})


# Swagger UI sets inline styles; all other pages forbid them.
@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE]}), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI for the OpenAPI schema."""
