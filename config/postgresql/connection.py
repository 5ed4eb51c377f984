"""Connections with a deadline of the client, for a server that accepts bytes but never answers.

The limits of the server (`statement_timeout`, `lock_timeout`) end a slow statement, and TCP notices
a machine that is gone. Neither helps if the server process or a proxy is stuck: the statement then
waits for ever. A long statement looks the same to its client, so after some silence a second
connection asks whether the server still answers.
"""

import time
from collections.abc import Generator, Mapping
from typing import Any, NoReturn, TypeVar, cast

from psycopg import Connection, OperationalError
from psycopg.connection import _WAIT_INTERVAL

from config.postgresql.watch import ServerWatch

RV = TypeVar("RV")

# While the server is known down, a statement on an old connection does not wait as long.
_SILENCE_WHILE_DOWN_SECONDS = 0.3
_PROBE_SECONDS = 2
_PROBE_NAMES = ("host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert")


class WatchedConnection(Connection[Any]):
    """Ends a statement with OperationalError if the server has stopped answering altogether."""

    _server: ServerWatch | None = None
    _params: Mapping[str, Any] = {}
    _silence = _deadline = float("inf")

    def watch(
        self, server: ServerWatch, params: Mapping[str, Any], *, silence: float, deadline: float
    ) -> None:
        """Watch this connection, which was made with `params`.

        After `silence` seconds without a byte the server is asked; after `deadline` seconds the
        statement ends even if the server answers others.
        """
        self._server, self._params = server, params
        self._silence, self._deadline = silence, deadline

    def wait(
        self,
        gen: Generator[Any, Any, RV],
        interval: float = _WAIT_INTERVAL,
        timeout: float | None = None,
    ) -> RV:
        """Run a communication with the server, as psycopg does, and watch for silence."""
        if self._server is not None:
            gen = self._watched(gen, self._server)
        return super().wait(gen, interval, timeout)

    def _watched(
        self, gen: Generator[Any, Any, RV], server: ServerWatch
    ) -> Generator[Any, Any, RV]:
        """Pass everything through; psycopg sends 0 each time that nothing came for `interval`."""
        silent_since = ask_at = 0.0
        ready: int | None = None
        while True:
            try:
                wanted = gen.send(ready)
            except StopIteration as done:
                return cast("RV", done.value)
            ready = yield wanted
            if ready:
                silent_since = 0.0
                continue
            now = time.monotonic()
            if not silent_since:
                silent_since = now
                ask_at = now + (_SILENCE_WHILE_DOWN_SECONDS if server.is_down else self._silence)
            elif now > silent_since + self._deadline:
                self._end("the statement got no answer in time")
            elif now > ask_at:
                self._end_if_silent(server)
                ask_at = now + self._silence

    def _end_if_silent(self, server: ServerWatch) -> None:
        with server.asking:
            if server.answered_just_now:
                return
            if not server.is_down:
                self._ask(server)
        if server.is_down:
            self._end("the database server has stopped answering")

    def _ask(self, server: ServerWatch) -> None:
        """Connect once more, to learn whether the server answers anyone."""
        params = {name: self._params[name] for name in _PROBE_NAMES if name in self._params}
        try:
            Connection.connect(**params, connect_timeout=_PROBE_SECONDS).close()
        except OperationalError:
            server.record_failure()
        else:
            server.record_answer()

    def _end(self, reason: str) -> NoReturn:
        # What the server may still send belongs to this statement, so the connection is lost.
        self.pgconn.finish()
        raise OperationalError(reason)
