"""The JSON edge: parse, one call of a service, answer."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from churn import tasks
from churn.api import serializers
from churn.api.files import file_response
from churn.api.filters import PredictionFilter
from churn.api.pagination import RiskPagination
from churn.api.permissions import ModelPermissions
from churn.api.reading import (
    ReadOptionsFields,
    RunFields,
    ScoringFields,
    pop_output_options,
    pop_read_options,
)
from churn.api.uploads import BodyLimitMixin, UploadLimitMixin
from churn.models import Dataset, Prediction, Scoring, TrainingRun
from churn.services import datasets, registry, runs, scorings
from churn.services.inputs import DatasetUpload, PredictRequest, ScoringUpload
from churn.services.localization import resolve_language

Validated = dict[str, Any]


def validated(serializer: BaseSerializer[Any]) -> Validated:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class DatasetViewSet(UploadLimitMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet[Dataset]):
    """Labelled files, validated and profiled on upload."""

    queryset = Dataset.objects.all()
    permission_classes = [ModelPermissions]
    parser_classes = [MultiPartParser]
    filterset_fields = ["name", "sha256", "shape"]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        by_action: dict[str, type[BaseSerializer[Any]]] = {
            "create": serializers.DatasetUploadSerializer,
            "list": serializers.DatasetListSerializer,
        }
        return by_action.get(self.action, serializers.DatasetSerializer)

    @extend_schema(
        request={"multipart/form-data": serializers.DatasetUploadSerializer},
        responses={201: serializers.DatasetSerializer},
    )
    def create(self, request: Request) -> Response:
        fields = validated(self.get_serializer(data=request.data))
        file = fields.pop("file")
        options = pop_read_options(fields, ReadOptionsFields)
        dataset = datasets.create_dataset(
            DatasetUpload(file=file, file_name=file.name, options=options, **fields), request.user
        )
        answer = serializers.DatasetSerializer(dataset, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def profile(self, request: Request, pk: str) -> Response:
        """Profile of the data: target balance, missing values, outliers, correlations."""
        return Response(self.get_object().profile)


class TrainingRunViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[TrainingRun]):
    """Training runs of a model on a data set."""

    queryset = TrainingRun.objects.select_related("dataset")
    permission_classes = [ModelPermissions]
    action_permissions = {
        "cancel": ["churn.change_trainingrun"],
        "promote": ["churn.add_promotion"],
    }
    filterset_fields = ["dataset", "status", "algorithm"]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action == "list":
            return serializers.TrainingRunListSerializer
        return serializers.TrainingRunSerializer

    @extend_schema(
        request=serializers.TrainingRunListSerializer,
        responses={202: serializers.TrainingRunSerializer},
    )
    def create(self, request: Request) -> Response:
        options = validated(self.get_serializer(data=request.data))
        options["read_options"] = pop_read_options(options, RunFields).to_dict()
        language = resolve_language()
        run = runs.create_run(user=request.user, language=language, **options)
        tasks.enqueue(run)
        return self._response(run)

    @extend_schema(request=None, responses={202: serializers.TrainingRunSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a queued run at once, a running one within seconds."""
        run = self.get_object()
        runs.cancel_run(run)
        return self._response(run)

    @extend_schema(request=None, responses=serializers.TrainingRunSerializer)
    @action(detail=True, methods=["post"])
    def promote(self, request: Request, pk: str) -> Response:
        """Promote a run to champion."""
        run = self.get_object()
        registry.promote(run, request.user)
        return self._response(run, status.HTTP_200_OK)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def artifact(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        """Download one of the files listed in `artifacts`."""
        run = self.get_object()
        return file_response(request, run, runs.artifact_path(run, name))

    def _response(self, run: TrainingRun, code: int = status.HTTP_202_ACCEPTED) -> Response:
        context = self.get_serializer_context()
        return Response(serializers.TrainingRunSerializer(run, context=context).data, status=code)


class ChampionViewSet(GenericViewSet[TrainingRun]):
    """The promoted run."""

    queryset = TrainingRun.objects.champion().select_related("dataset")
    permission_classes = [ModelPermissions]
    action_permissions = {"roll_back": ["churn.add_promotion"]}
    serializer_class = serializers.ChampionSerializer
    filter_backends = []

    def retrieve(self, request: Request) -> Response:
        """Return the champion with the columns and types it expects."""
        return Response(self.get_serializer(get_object_or_404(self.get_queryset())).data)

    @extend_schema(request=None, responses=serializers.ChampionSerializer)
    def roll_back(self, request: Request) -> Response:
        """Withdraw the current promotion; the run promoted before it is the champion again."""
        return Response(self.get_serializer(registry.roll_back(user=request.user)).data)


class ScoringViewSet(UploadLimitMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet[Scoring]):
    """Files of customers, scored with a run."""

    queryset = Scoring.objects.all()
    permission_classes = [ModelPermissions]
    action_permissions = {
        "cancel": ["churn.change_scoring"],
        "results": ["churn.view_scoring", "churn.view_prediction"],
    }
    parser_classes = [MultiPartParser, FormParser, JSONParser]
    filterset_fields = ["run", "status"]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        by_action: dict[str, type[BaseSerializer[Any]]] = {
            "create": serializers.ScoringUploadSerializer,
            "list": serializers.ScoringListSerializer,
        }
        return by_action.get(self.action, serializers.ScoringSerializer)

    @extend_schema(
        request={"multipart/form-data": serializers.ScoringUploadSerializer},
        responses={202: serializers.ScoringSerializer},
    )
    def create(self, request: Request) -> Response:
        fields = validated(self.get_serializer(data=request.data))
        file = fields.pop("file")
        options = pop_read_options(fields, ScoringFields)
        output = pop_output_options(fields)
        scored = scorings.create_scoring(
            ScoringUpload(
                file=file,
                file_name=file.name,
                language=resolve_language(),
                options=options,
                output=output,
                **fields,
            ),
            request.user,
        )
        tasks.enqueue(scored)
        return self._response(scored)

    @extend_schema(request=None, responses={202: serializers.ScoringSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a queued scoring at once, a running one within seconds."""
        scored = self.get_object()
        scorings.cancel_scoring(scored)
        return self._response(scored)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True)
    def results(self, request: Request, pk: str) -> HttpResponseBase:
        """Results as CSV: customer_id, probability, churn, contact, decile, reasons."""
        scored = self.get_object()
        return file_response(request, scored, scorings.results_path(scored))

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True)
    def rejects(self, request: Request, pk: str) -> HttpResponseBase:
        """Rejected rows as CSV: the original row, then line, column and reason."""
        scored = self.get_object()
        return file_response(request, scored, scorings.rejects_path(scored))

    def _response(self, scored: Scoring) -> Response:
        answer = serializers.ScoringSerializer(scored, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)


class PredictionViewSet(BodyLimitMixin, ListModelMixin, GenericViewSet[Prediction]):
    """Stored predictions, and synchronous ones that are not stored."""

    queryset = Prediction.objects.riskiest_first()
    permission_classes = [ModelPermissions]
    action_permissions = {"predict": ["churn.view_prediction"]}
    serializer_class = serializers.PredictionSerializer
    filterset_class = PredictionFilter
    pagination_class = RiskPagination

    @extend_schema(
        request=serializers.PredictSerializer, responses=serializers.PredictionsSerializer
    )
    def predict(self, request: Request) -> Response:
        """Score up to 1,000 records with the champion, synchronously."""
        fields = validated(serializers.PredictSerializer(data=request.data))
        return Response(scorings.predict(PredictRequest(**fields)))
