from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VersesConfig(AppConfig):
    name = "verses"
    verbose_name = _("Verses")
