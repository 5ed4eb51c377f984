"""Who asked for something, as far as it is known."""

from typing import Any, TypeAlias

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

User: TypeAlias = AbstractBaseUser | AnonymousUser | None


def author(user: User) -> Any:
    """Return who is to be recorded: the user if signed in, nobody for a command."""
    return user if user is not None and user.is_authenticated else None
