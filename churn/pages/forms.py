from django import forms
from django.utils.translation import gettext_lazy as _

from churn.models import TrainingRun


class DatasetForm(forms.Form):
    """A labelled file to create a data set from."""

    file = forms.FileField(
        label=_("File with known outcomes"),
        help_text=_("CSV or Parquet: service records, or any table with one row per customer."),
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


class ScoringForm(forms.Form):
    """A file of customers to score."""

    file = forms.FileField(
        label=_("Customer file"),
        help_text=_("CSV or Parquet with the columns the model was trained on."),
    )
    zones_file = forms.FileField(
        label=_("Zones"),
        required=False,
        help_text=_("CSV of polygons; for service records only."),
    )


class TrainingRunForm(forms.ModelForm[TrainingRun]):
    class Meta:
        model = TrainingRun
        fields = [
            "dataset",
            "algorithm",
            "objective",
            "min_precision",
            "trials",
            "seed",
            "allow_leaks",
        ]
        help_texts = {
            "min_precision": _(
                "From 0 to 1; for the recall objective only. Derived from the churn rate if empty."
            ),
            "trials": _("Hyperparameter search trials (0 = no search)."),
            "allow_leaks": _("Use only if you know why a column appears to leak the target."),
        }
