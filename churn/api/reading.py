"""Fields of requests that say how a file is read; the names are those of the commands."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from churn.ml.options import (
    ColumnKind,
    Order,
    OutputOptions,
    ReadOptions,
    parse_assignments,
    parse_names,
)

_STRINGS = {"type": "array", "items": {"type": "string"}}


class _RepeatableField(serializers.Field[Any, Any, Any, Any]):
    """A field that a form may repeat; several values arrive as a list."""

    def get_value(self, dictionary: Any) -> Any:
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        values = dictionary.getlist(self.field_name)
        if not values:
            return serializers.empty
        return _parse_json(values[0]) if len(values) == 1 else values

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(_STRINGS)
class NamesField(_RepeatableField):
    """Column names: a list, or a text with commas."""

    default_error_messages = {"invalid": _("Must be a list of column names.")}

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        names = [data] if isinstance(data, str) else data
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.fail("invalid")
        return parse_names(",".join(names)) if isinstance(data, str) else tuple(names)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class AssignmentsField(_RepeatableField):
    """Texts by column name: an object, or texts such as `ours=theirs`."""

    default_error_messages = {
        "invalid": _("Must be an object of texts, or texts of the form NAME=VALUE.")
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            pairs = {str(name): value for name, value in data.items()}
            if not all(isinstance(value, str) and value for value in pairs.values()):
                self.fail("invalid")
            return pairs
        texts = [*parse_names(data)] if isinstance(data, str) else data
        try:
            return parse_assignments(texts)
        except (ValueError, AttributeError, TypeError):
            self.fail("invalid")


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "string", "enum": list(ColumnKind)}}
)
class KindsField(AssignmentsField):
    """Kinds by column name."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        kinds = super().to_internal_value(data)
        for kind in kinds.values():
            if kind not in set(ColumnKind):
                raise serializers.ValidationError(
                    _("“%(kind)s” is not a kind; choose one of %(kinds)s.")
                    % {"kind": kind, "kinds": ", ".join(ColumnKind)}
                )
        return {name: ColumnKind(kind) for name, kind in kinds.items()}


class MappingFields(serializers.Serializer[Any]):
    """Options that every file may need."""

    map = AssignmentsField(required=False, help_text="Names here by names in the file.")
    header_row = serializers.IntegerField(
        required=False, min_value=0, help_text="Line of the header, from 1; 0 for a file without."
    )


class AsOfField(serializers.Serializer[Any]):
    as_of = serializers.DateField(
        required=False,
        help_text="Days are counted back from this date. Default: the newest date of a column of"
        " observation dates, or else the newest date that is not in the future.",
    )


class ScoringFields(MappingFields, AsOfField):
    """All reading options of a file to score."""

    allow_unknown = serializers.BooleanField(
        required=False, help_text="Accept columns without a value that occurred in training."
    )


class OutputFields(serializers.Serializer[Any]):
    """How the results are written."""

    order = serializers.ChoiceField(list(Order), required=False, help_text="Default: file.")
    keep_columns = NamesField(
        required=False, help_text="Columns of a table to carry over; `*` for all."
    )
    for_excel = serializers.BooleanField(
        required=False, help_text="Byte order mark, semicolons and decimal commas."
    )


class ColumnFields(serializers.Serializer[Any]):
    """Options about the columns of a file with known outcomes."""

    exclude = NamesField(required=False, help_text="Columns that are no features.")
    kind = KindsField(required=False, help_text="Kinds of columns.")
    group = serializers.CharField(
        required=False, help_text="Rows with the same value stay on one side of the split."
    )
    time_column = serializers.CharField(
        required=False, help_text="Date by which to split; `none` for no such date."
    )


class RunFields(AsOfField, ColumnFields):
    """Reading options that a run may change."""


class ReadOptionsFields(MappingFields, AsOfField, ColumnFields):
    """All options of a file with known outcomes."""

    target = serializers.CharField(required=False, max_length=200, help_text="Default: inferred.")
    customer_id = serializers.CharField(required=False, max_length=200)
    positive = serializers.CharField(
        required=False, help_text="The value of the target that means that a customer left."
    )
    allow_rejects = serializers.BooleanField(
        required=False, help_text="Accept that many rows are rejected for one reason."
    )


def pop_output_options(fields: dict[str, Any]) -> OutputOptions:
    """Remove the output options from validated data, and return them."""
    return OutputOptions(
        order=Order(fields.pop("order", Order.FILE)),
        keep_columns=fields.pop("keep_columns", ()),
        for_excel=fields.pop("for_excel", False),
    )


_OPTION_NAMES = {"map": "mapping", "kind": "kinds"}


def pop_read_options(fields: dict[str, Any], serializer: type[serializers.Serializer[Any]]) -> Any:
    """Remove the fields of `serializer` from validated data, and return them as ReadOptions."""
    names = [str(name) for name in serializer().fields if str(name) in fields]
    return ReadOptions(**{_OPTION_NAMES.get(name, name): fields.pop(name) for name in names})


def _parse_json(text: str) -> Any:
    try:
        parsed = json.loads(text)
    except ValueError:
        return text
    return parsed if isinstance(parsed, list | dict) else text
