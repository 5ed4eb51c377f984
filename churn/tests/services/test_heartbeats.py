import threading

from churn.services.heartbeats import HeartbeatThread

MAX_SECONDS = 30


def test_beats_go_on_while_the_main_thread_works() -> None:
    beats, enough = [], threading.Event()

    def beat() -> None:
        beats.append(threading.current_thread().name)
        if len(beats) == 3:
            enough.set()

    thread = HeartbeatThread(beat, first=lambda: beats.append("first"), interval=0.001)
    thread.start_once()
    thread.start_once()

    assert enough.wait(MAX_SECONDS)
    thread.stop()
    assert beats[:3] == ["first", "heartbeat", "heartbeat"]


def test_a_failed_beat_is_repeated() -> None:
    attempts, done = [], threading.Event()

    def fail_twice() -> None:
        attempts.append(1)
        if len(attempts) < 3:
            raise RuntimeError

    thread = HeartbeatThread(done.set, first=fail_twice, interval=0.001)
    thread.start_once()

    assert done.wait(MAX_SECONDS)
    thread.stop()
    assert len(attempts) == 3
