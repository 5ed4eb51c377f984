import secrets
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config.accounts.models import User

NAME = "demo"


class Command(BaseCommand):
    help = "Create the superuser `demo` and print its random password once."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username=NAME).exists():
            self.stdout.write(
                _(
                    "The user demo already exists; run `manage.py changepassword demo` to set a"
                    " new password."
                )
            )
            return
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser(NAME, password=password)
        self.stdout.write(
            _("Sign in as demo with the password {password}").format(password=password)
        )
