from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Custom user model, so that later fields need only an ordinary migration."""


class AuditEntry(models.Model):
    """What somebody did with data; entries are never changed."""

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    # Stays when the user is deleted; empty for a command.
    username = models.CharField(_("user name"), max_length=150, blank=True, editable=False)
    action = models.CharField(_("action"), max_length=16, editable=False)
    kind = models.CharField(_("kind"), max_length=32, editable=False)
    object_id = models.CharField(_("object"), max_length=64, editable=False)
    detail = models.CharField(_("detail"), max_length=200, blank=True, editable=False)
    request_id = models.CharField(_("request id"), max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.object_id}"
