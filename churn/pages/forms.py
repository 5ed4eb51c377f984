from django import forms
from django.utils.translation import gettext_lazy as _

from churn.models import TrainingRun


class DatasetForm(forms.Form):
    """A labelled file that is to become a data set."""

    file = forms.FileField(
        label=_("File with known outcomes"),
        help_text=_("CSV or Parquet: service records, or any table with one row per customer."),
    )
    zones_file = forms.FileField(
        label=_("Zones"),
        required=False,
        help_text=_("CSV of polygons; only for service records."),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("The file's name if left empty."),
    )
    target = forms.CharField(
        label=_("Column of the outcome"),
        required=False,
        max_length=200,
        help_text=_("Found by its name and values if left empty."),
    )
    customer_id = forms.CharField(
        label=_("Column of the customer"),
        required=False,
        max_length=200,
        help_text=_("Found likewise; it is never a feature."),
    )


class ScoringForm(forms.Form):
    """A file of customers to be scored."""

    file = forms.FileField(
        label=_("File of customers"),
        help_text=_("CSV or Parquet with the columns the model was trained on."),
    )
    zones_file = forms.FileField(
        label=_("Zones"),
        required=False,
        help_text=_("CSV of polygons; only for service records."),
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
            "min_precision": _("Share from 0 to 1; only for recall. Chosen by the data if empty."),
            "trials": _("Tries of a search for the shape of the trees; 0 is none."),
            "allow_leaks": _("Only if you know why a column seems to give the answer away."),
        }
