"""A TCP proxy in front of a database server, for outages that a test can start and end."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 1 << 16


class Proxy:
    """Passes connections on until a test makes it silent or drops them."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._passing = threading.Event()
        self._passing.set()
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = self._listen(0)

    def silence(self) -> None:
        """Keep all connections open, accept more, and pass no byte on."""
        self._passing.clear()

    def drop(self) -> None:
        """Close all connections and refuse new ones."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._close_connections()

    def restore(self) -> None:
        """Pass bytes on again; connections that were silenced are closed, as a restart would."""
        self._close_connections()
        self._passing.set()
        if self._listener is None:
            self._listen(self.port)

    def close(self) -> None:
        """End everything."""
        self._passing.set()
        self.drop()

    def _listen(self, port: int) -> int:
        listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return int(listener.getsockname()[1])

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                server = socket.create_connection(self._target)
                self._sockets += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                self._passing.wait()
                sink.sendall(chunk)
        for end in (source, sink):
            _close(end)

    def _close_connections(self) -> None:
        ends, self._sockets = self._sockets, []
        for end in ends:
            _close(end)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)  # a thread that reads it would wait on after close()
    end.close()


@contextmanager
def running(host: str, port: int) -> Iterator[Proxy]:
    """Run a proxy inside the block."""
    proxy = Proxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()
