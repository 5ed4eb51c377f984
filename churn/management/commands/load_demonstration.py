from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from churn.models import Promotion, TrainingRun

NAME = "Telco demonstration"
LABELLED = Path(__file__).resolve().parents[2] / "demonstration" / "telco.csv"


class Command(BaseCommand):
    help = "Load the demonstration data set and train a first model, unless some run succeeded."

    def handle(self, *args: Any, **options: Any) -> None:
        if TrainingRun.objects.succeeded().exists():
            self.stdout.write(_("A trained model already exists; the demonstration is not loaded."))
            return
        self.stdout.write(_("Training a first model on the demonstration data set …"))
        call_command(
            "train_churn",
            records=str(LABELLED),
            dataset=NAME,
            algorithm=TrainingRun.Algorithm.XGBOOST,
            promote=not Promotion.objects.current().exists(),
            stdout=self.stdout,
        )
