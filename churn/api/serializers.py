"""Requests and responses of the API; texts are in the language of the request."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from churn.api.reading import (
    ColumnFields,
    KindsField,
    NamesField,
    OutputFields,
    ReadOptionsFields,
    ScoringFields,
)
from churn.models import Dataset, Prediction, Scoring, TrainingRun
from churn.services import runs
from churn.services.localization import (
    localize,
    localize_in_all,
    localize_reasons,
    localize_warnings,
)

MAX_RECORDS = 1_000  # scored within the request; larger files go through scorings

JOB_FIELDS = [
    "status",
    "stage",
    "progress",
    "attempts",
    "cancel_requested",
    "failure",
    "created_at",
    "started_at",
    "finished_at",
]


class FindingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    column = serializers.CharField()
    count = serializers.IntegerField()
    share = serializers.FloatField()
    severity = serializers.ChoiceField(["info", "warning", "error"])
    message = serializers.CharField()
    text = serializers.CharField(help_text="Older name of `message`.")


class RejectsSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    reason = serializers.CharField()
    count = serializers.IntegerField()
    lines = serializers.ListField(child=serializers.IntegerField(), help_text="First line numbers.")
    text = serializers.CharField()


class LocalizedListField(serializers.Field[Any, Any, Any, Any]):
    """A JSON list whose items have a `text`, in the language of the request."""

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        return localize(value)


@extend_schema_field(FindingSerializer(many=True))
class FindingsField(LocalizedListField):
    """Findings of a file."""


@extend_schema_field(RejectsSerializer(many=True))
class RejectsField(LocalizedListField):
    """Rejected rows by column and reason."""


class NoteSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    values = serializers.DictField()
    message = serializers.CharField()
    text = serializers.CharField(help_text="Older name of `message`.")


@extend_schema_field(NoteSerializer(many=True))
class NotesField(LocalizedListField):
    """Remarks on a run that qualify its metrics."""


@extend_schema_field(OpenApiTypes.OBJECT)
class MetricsField(serializers.Field[Any, Any, Any, Any]):
    """Metrics of a run; texts of the threshold in every language, of warnings in the request's.

    The source is the run, because its notes have the texts of the warnings.
    """

    def to_representation(self, run: TrainingRun) -> dict[str, Any]:
        metrics = dict(run.metrics)
        threshold = metrics.get("threshold", {})
        if "text" in threshold:
            text = localize_in_all(threshold["text"])
            metrics["threshold"] = {**threshold, "text": text}
        if "warnings" in metrics:
            metrics["warnings"] = localize_warnings(metrics["warnings"], run.notes)
        return metrics


class ImportanceSerializer(serializers.Serializer[Any]):
    feature = serializers.CharField()
    importance = serializers.FloatField(help_text="Mean absolute contribution in log-odds.")
    share = serializers.FloatField()
    label = serializers.DictField(  # type: ignore[assignment]  # a field has this attribute
        child=serializers.CharField(), help_text="By language."
    )


@extend_schema_field(ImportanceSerializer(many=True))
class ImportanceField(serializers.Field[Any, Any, Any, Any]):
    """Feature importance; the labels are in every language."""

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        return [{**row, "label": localize_in_all(row["label"])} for row in value]


@extend_schema_field(OpenApiTypes.OBJECT)
class SchemaField(serializers.Field[Any, Any, Any, Any]):
    """Format of a file, its columns, and what was inferred about them."""

    def to_representation(self, value: Any) -> dict[str, Any]:
        return {**value, "notes": localize(value["notes"])}


class DatasetUploadSerializer(ReadOptionsFields):
    file = serializers.FileField(
        help_text="CSV, Excel or Parquet, or one of them in zip or gzip; with a target column."
    )
    zones_file = serializers.FileField(required=False, help_text="Polygons, for service records.")
    name = serializers.CharField(required=False, max_length=120, help_text="Default: file name.")


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    schema = SchemaField(read_only=True)
    findings = FindingsField(read_only=True)
    rejects = RejectsField(read_only=True)

    class Meta:
        model = Dataset
        fields = [
            "id",
            "name",
            "file_name",
            "size",
            "sha256",
            "zones_sha256",
            "shape",
            "target",
            "customer_id",
            "read_options",
            "rows",
            "accepted",
            "rejected",
            "customers",
            "schema",
            "findings",
            "rejects",
            "created_at",
        ]
        read_only_fields = fields


class DatasetListSerializer(DatasetSerializer):
    class Meta(DatasetSerializer.Meta):
        fields = [
            name
            for name in DatasetSerializer.Meta.fields
            if name not in {"schema", "findings", "rejects"}
        ]
        read_only_fields = fields


class LineageSerializer(serializers.Serializer[TrainingRun]):
    """Digests of the data and of the model trained on it."""

    data_sha256 = serializers.CharField()
    zones_sha256 = serializers.CharField()
    model_sha256 = serializers.CharField()


class TrainingRunListSerializer(serializers.ModelSerializer[TrainingRun]):
    exclude = NamesField(required=False, write_only=True, help_text="Columns left out.")
    kind = KindsField(required=False, write_only=True, help_text="Kinds of columns.")
    group = serializers.CharField(
        required=False,
        write_only=True,
        help_text="Rows with the same value stay on one side of the split.",
    )
    time_column = serializers.CharField(
        required=False, write_only=True, help_text="Date by which to split; `none` for none."
    )
    as_of = serializers.DateField(
        required=False,
        help_text="Days are counted back from this date. Default: as for a scoring.",
    )
    metrics = serializers.DictField(source="summary_metrics", read_only=True)

    class Meta:
        model = TrainingRun
        fields = [
            "id",
            "dataset",
            "algorithm",
            "objective",
            "min_precision",
            "trials",
            "seed",
            "engine",
            "allow_leaks",
            "split",
            *ColumnFields().fields,
            "as_of",
            "read_options",
            "metrics",
            "threshold",
            *JOB_FIELDS,
        ]
        read_only_fields = ["read_options", "metrics", "threshold", *JOB_FIELDS]


class TrainingRunSerializer(TrainingRunListSerializer):
    metrics = MetricsField(source="*", read_only=True)  # type: ignore[assignment]  # with tables
    importance = ImportanceField(read_only=True)
    notes = NotesField(read_only=True)
    lineage = LineageSerializer(source="*", read_only=True)
    is_champion = serializers.SerializerMethodField()
    artifacts = serializers.SerializerMethodField(help_text="URLs by file name.")

    class Meta(TrainingRunListSerializer.Meta):
        fields = [
            *TrainingRunListSerializer.Meta.fields,
            "lineage",
            "is_champion",
            "curve",
            "importance",
            "notes",
            "artifacts",
        ]
        read_only_fields = [
            *TrainingRunListSerializer.Meta.read_only_fields,
            "curve",
        ]

    def get_is_champion(self, run: TrainingRun) -> bool:
        return run.promotions.filter(current=True).exists()

    def get_artifacts(self, run: TrainingRun) -> dict[str, str]:
        request = self.context.get("request")
        return {
            name: reverse("churn:run-artifact", [run.pk, name], request=request)
            for name in runs.artifacts(run)
        }


class ChampionSerializer(TrainingRunSerializer):
    class Meta(TrainingRunSerializer.Meta):
        fields = [*TrainingRunSerializer.Meta.fields, "signature"]
        read_only_fields = [*TrainingRunSerializer.Meta.read_only_fields, "signature"]


class ScoringUploadSerializer(ScoringFields, OutputFields):
    file = serializers.FileField(
        help_text="CSV, Excel or Parquet, or one of them in zip or gzip; a target is ignored."
    )
    zones_file = serializers.FileField(required=False, help_text="Polygons, for service records.")
    run = serializers.PrimaryKeyRelatedField(
        queryset=TrainingRun.objects.select_related("dataset"),
        required=False,
        help_text="Default: the champion.",
    )


class ScoringListSerializer(serializers.ModelSerializer[Scoring]):
    class Meta:
        model = Scoring
        fields = [
            "id",
            "run",
            "file_name",
            "size",
            "sha256",
            "as_of",
            "rows",
            "accepted",
            "rejected",
            "customers",
            "churners",
            *JOB_FIELDS,
        ]
        read_only_fields = fields


class ScoringSerializer(ScoringListSerializer):
    findings = FindingsField(read_only=True)
    rejects = RejectsField(read_only=True)

    class Meta(ScoringListSerializer.Meta):
        fields = [
            *ScoringListSerializer.Meta.fields,
            "output_options",
            "deciles",
            "drift",
            "findings",
            "rejects",
        ]
        read_only_fields = fields


class ReasonSerializer(serializers.Serializer[Any]):
    feature = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    direction = serializers.ChoiceField(["raises", "lowers"])
    contribution = serializers.FloatField(help_text="In log-odds.")
    text = serializers.CharField()


@extend_schema_field(ReasonSerializer(many=True))
class ReasonsField(serializers.Field[Any, Any, Any, Any]):
    """The strongest reasons of a prediction."""

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        return localize_reasons(value)


class PredictionSerializer(serializers.ModelSerializer[Prediction]):
    reasons = ReasonsField(read_only=True)
    contact = serializers.BooleanField(source="churn", read_only=True)

    class Meta:
        model = Prediction
        fields = [
            "id",
            "scoring",
            "customer_id",
            "probability",
            "churn",
            "contact",
            "decile",
            "reasons",
        ]
        read_only_fields = fields


class PredictSerializer(serializers.Serializer[Any]):
    records = serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=MAX_RECORDS
    )
    as_of = serializers.DateField(
        required=False, help_text="Days are counted back from this date; send it with every record."
    )
    allow_unknown = serializers.BooleanField(
        required=False, help_text="Accept columns without a value that occurred in training."
    )


class PredictedSerializer(serializers.Serializer[Any]):
    customer_id = serializers.CharField()
    probability = serializers.FloatField()
    churn = serializers.BooleanField(help_text="Older name of `contact`.")
    contact = serializers.BooleanField(help_text="Whether to contact the customer.")
    reasons = ReasonSerializer(many=True)


class PredictionsSerializer(serializers.Serializer[Any]):
    predictions = PredictedSerializer(many=True)
    as_of = serializers.DateField(allow_null=True)
    findings = FindingSerializer(many=True)
