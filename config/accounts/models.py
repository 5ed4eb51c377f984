from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in; a model of our own, so that later fields are ordinary migrations."""
