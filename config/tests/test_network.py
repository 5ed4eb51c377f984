import socket

import pytest


def test_tests_cannot_connect_to_another_machine() -> None:
    # pytest-socket warns before it raises its own error, and warnings are errors here.
    with pytest.raises(UserWarning, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
