from django_filters import rest_framework as filters

from churn.models import Prediction


class PredictionFilter(filters.FilterSet):  # type: ignore[misc]
    customer = filters.CharFilter(field_name="customer_id")
    min_probability = filters.NumberFilter(
        field_name="probability", lookup_expr="gte", min_value=0, max_value=1
    )

    class Meta:
        model = Prediction
        fields = ["customer", "scoring", "min_probability"]
