"""The application with a promise broken on purpose: who cannot catch it proves nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Timer

from sqlalchemy import Connection, RootTransaction

from admin.app import create_app
from loyalty.kernel.db import Database
from loyalty.kernel.runtime import open_runtime
from loyalty.kernel.settings import load_settings
from loyalty.kernel.tx import Tx

LATE_SECONDS = 0.15


class LateDatabase(Database):
    """Acknowledges before it commits. Everything is right, as long as nothing goes wrong."""

    @contextmanager
    def begin(self, *, actor: str) -> Iterator[Tx]:
        """Commit a moment after the block has ended; roll back when it raises."""
        with self._guarded():
            connection = self.engine.connect()
            if self.is_sqlite:
                connection.execution_options(palier_write=True)
            transaction = connection.begin()
            tx = Tx(connection, now=self.clock(), actor=actor)
            try:
                yield tx
                tx.flush()
            except BaseException:
                transaction.rollback()
                connection.close()
                raise
            Timer(LATE_SECONDS, _commit, (transaction, connection)).start()


def _commit(transaction: RootTransaction, connection: Connection) -> None:
    transaction.commit()
    connection.close()


def late_app():
    """Return the application on a database that commits late; settings as for the real one."""
    runtime = open_runtime(load_settings(os.environ))
    return create_app(replace(runtime, database=LateDatabase(runtime.settings.database_url)))
