from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from churn.models import Promotion, TrainingRun


def test_the_database_holds_one_current_promotion_at_most(
    champion: TrainingRun, make_run: Callable[[], TrainingRun]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Promotion.objects.create(run=make_run())

    assert TrainingRun.objects.champion().get() == champion


def test_a_run_has_a_model_once_it_succeeded(champion: TrainingRun) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRun.objects.filter(pk=champion.pk).update(model_sha256="")
