from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "config.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        store = import_module("config.accounts.audit").store
        import_module("churn.services.audit").recorded.connect(store, dispatch_uid="accounts.audit")
