from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Custom user model, so that later fields need only an ordinary migration."""
