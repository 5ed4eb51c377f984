from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from churn.models import Promotion, TrainingRun


def test_database_allows_one_current_promotion(
    champion: TrainingRun, make_run: Callable[[], TrainingRun]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Promotion.objects.create(run=make_run())

    assert TrainingRun.objects.champion().get() == champion


def test_database_requires_a_model_of_succeeded_runs(champion: TrainingRun) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRun.objects.filter(pk=champion.pk).update(model_sha256="")
