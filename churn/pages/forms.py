from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.ml.options import (
    ColumnKind,
    Order,
    OutputOptions,
    ReadOptions,
    parse_assignments,
    parse_names,
)
from churn.models import TrainingRun

# For the file dialog of a browser; the content of a file decides how it is read.
ACCEPTED_FILES = ".csv,.tsv,.txt,.xlsx,.xlsm,.parquet,.zip,.gz"


class NamesField(forms.CharField):
    """Column names, separated by commas."""

    def clean(self, value: Any) -> tuple[str, ...]:
        return parse_names(super().clean(value))


class AssignmentsField(forms.CharField):
    """Texts such as ours=theirs, separated by commas."""

    default_error_messages = {"invalid": _("Must have the form NAME=VALUE, separated by commas.")}

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            return dict(parse_assignments(parse_names(super().clean(value))))
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class KindsField(AssignmentsField):
    """Kinds of columns, such as code=category."""

    default_error_messages = {
        "kind": _(
            "A kind must be number, category, date, text, ignore, decimal-point, decimal-comma,"
            " day-first or month-first."
        )
    }

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            return {name: ColumnKind(kind) for name, kind in super().clean(value).items()}
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["kind"], code="kind") from error


class MappingForm(forms.Form):
    """Choices about a file that every file may need."""

    advanced: tuple[str, ...] = ("map", "header_row")
    options: tuple[str, ...] = advanced

    map = AssignmentsField(
        label=_("Names of columns"),
        required=False,
        help_text=_("Such as tenure=Months, where the file has other names."),
    )
    header_row = forms.IntegerField(
        label=_("Line of the header"),
        required=False,
        min_value=0,
        help_text=_("Detected automatically if empty; 0 if there is none."),
    )

    field_order = ["file", "zones_file", "name", "target", "customer_id"]

    def read_options(self) -> ReadOptions:
        """Return the choices, once the form is valid."""
        names = {"map": "mapping", "kind": "kinds"}
        return ReadOptions(
            **{names.get(name, name): self.cleaned_data[name] for name in self.options}
        )


class DatasetForm(MappingForm):
    """A labelled file to create a data set from."""

    file = forms.FileField(
        label=_("File with known outcomes"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED_FILES}),
        help_text=_(
            "CSV, Excel (.xlsx) or Parquet, also in a zip or gzip file: service records, or any"
            " table with one row per customer."
        ),
    )
    zones_file = forms.FileField(
        label=_("Zones"),
        required=False,
        help_text=_("CSV of polygons; for service records only."),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("Defaults to the file name."),
    )
    target = forms.CharField(
        label=_("Target column"),
        required=False,
        max_length=200,
        help_text=_("Detected from names and values if empty."),
    )
    customer_id = forms.CharField(
        label=_("Customer column"),
        required=False,
        max_length=200,
        help_text=_("Detected automatically if empty. Never used as a feature."),
    )
    positive = forms.CharField(
        label=_("Value that means “left”"),
        required=False,
        help_text=_("Detected from names and values if empty."),
    )
    exclude = NamesField(
        label=_("Columns to leave out"), required=False, help_text=_("Separated by commas.")
    )
    kind = KindsField(
        label=_("Kinds of columns"),
        required=False,
        help_text=_("Such as code=category; number, category, date, text or ignore."),
    )
    group = forms.CharField(
        label=_("Group column"),
        required=False,
        help_text=_("Rows with the same value stay on one side of the split."),
    )
    time_column = forms.CharField(
        label=_("Time column"),
        required=False,
        help_text=_("Date by which to split; “none” for no such date."),
    )
    allow_rejects = forms.BooleanField(
        label=_("Allow many rejected rows"),
        required=False,
        help_text=_("Otherwise at most a fifth of the rows may be rejected for one reason."),
    )

    advanced = (*MappingForm.advanced, "positive", "exclude", "kind", "group", "time_column")
    advanced = (*advanced, "allow_rejects")
    options = ("target", "customer_id", *advanced)


class ScoringForm(MappingForm):
    """A file of customers to score."""

    file = forms.FileField(
        label=_("Customer file"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED_FILES}),
        help_text=_(
            "CSV, Excel (.xlsx) or Parquet, also in a zip or gzip file, with the columns the model"
            " was trained on."
        ),
    )
    zones_file = forms.FileField(
        label=_("Zones"),
        required=False,
        help_text=_("CSV of polygons; for service records only."),
    )

    as_of = forms.DateField(
        label=_("As-of date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Days are counted back from this date; by default from the newest one."),
    )
    allow_unknown = forms.BooleanField(
        label=_("Allow unknown values"),
        required=False,
        help_text=_("Score a column although none of its values occurred in training."),
    )
    order = forms.ChoiceField(
        label=_("Order of the results"),
        required=False,
        choices=[(Order.FILE.value, _("as in the file")), (Order.RISK.value, _("by risk"))],
    )
    keep_columns = NamesField(
        label=_("Columns to keep in the results"),
        required=False,
        help_text=_("Separated by commas; * for all."),
    )
    for_excel = forms.BooleanField(
        label=_("For Excel"),
        required=False,
        help_text=_("Semicolons and decimal commas."),
    )

    options = (*MappingForm.options, "as_of", "allow_unknown")
    advanced = (*options, "order", "keep_columns", "for_excel")

    def output_options(self) -> OutputOptions:
        """Return the choices about the results, once the form is valid."""
        return OutputOptions(
            order=Order(self.cleaned_data["order"] or Order.FILE),
            keep_columns=self.cleaned_data["keep_columns"],
            for_excel=self.cleaned_data["for_excel"],
        )


class TrainingRunForm(forms.ModelForm[TrainingRun]):
    exclude = NamesField(
        label=_("Columns to leave out"), required=False, help_text=_("Separated by commas.")
    )
    as_of = forms.DateField(
        label=_("As-of date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Days are counted back from this date; by default from the newest one."),
    )

    class Meta:
        model = TrainingRun
        fields = [
            "dataset",
            "algorithm",
            "objective",
            "min_precision",
            "trials",
            "seed",
            "split",
            "allow_leaks",
        ]
        help_texts = {
            "min_precision": _(
                "From 0 to 1; for the recall objective only. Derived from the churn rate if empty."
            ),
            "trials": _("Hyperparameter search trials (0 = no search)."),
            "allow_leaks": _("Use only if you know why a column appears to leak the target."),
        }
