from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChurnConfig(AppConfig):
    name = "churn"
    verbose_name = _("Churn")

    def ready(self) -> None:
        import_module("churn.tasks")  # connects the worker's signals
