from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ChurnConfig(AppConfig):
    name = "churn"
    verbose_name = _("Churn")

    def ready(self) -> None:
        tasks = import_module("churn.tasks")  # also connects the receivers of worker signals
        post_migrate.connect(tasks.unschedule_maintenance, sender=self)
