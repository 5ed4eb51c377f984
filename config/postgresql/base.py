"""The backend; Django looks for the class `DatabaseWrapper` in this module."""

from math import inf
from typing import Any

from django.db.backends.postgresql import base
from psycopg import IsolationLevel, OperationalError

from config.postgresql.connection import WatchedConnection
from config.postgresql.watch import watch_of


class DatabaseWrapper(base.DatabaseWrapper):
    """Opens watched connections, and none for a moment after the server did not answer."""

    isolation_level: IsolationLevel

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection; raises OperationalError at once while the server is known down."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        watch = watch_of(conn_params)
        watch.admit()
        try:
            connection = WatchedConnection.connect(**conn_params)
        except OperationalError:
            watch.record_failure()
            raise
        watch.record_answer()
        connection.watch(
            watch,
            conn_params,
            silence=self.settings_dict.get("SILENCE_SECONDS", inf),
            deadline=self.settings_dict.get("DEADLINE_SECONDS", inf),
        )
        return connection
