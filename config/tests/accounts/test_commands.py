import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_the_demo_password_is_printed_once_and_works(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_demo_user")
    first = capsys.readouterr().out
    call_command("create_demo_user")
    second = capsys.readouterr().out

    password = first.split()[-1]
    assert authenticate(username="demo", password=password) is not None
    assert password not in second
