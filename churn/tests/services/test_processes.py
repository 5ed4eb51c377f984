import subprocess
import sys

from churn.services.processes import is_dead, this_process


def test_this_process_lives() -> None:
    assert not is_dead(this_process())


def test_a_process_of_this_machine_that_ended_is_dead() -> None:
    host = this_process().rsplit(":", 2)[0]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert is_dead(f"{host}:{ended.pid}:1")


def test_a_later_process_with_the_same_number_is_another() -> None:
    host, number, _ = this_process().rsplit(":", 2)

    assert is_dead(f"{host}:{number}:1")


def test_of_another_machine_nothing_is_known() -> None:
    assert not is_dead("elsewhere:1:1")
