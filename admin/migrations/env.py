"""Run by alembic: connects, takes the lock, runs what is missing in one transaction each."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from loyalty.kernel.db import Base, Database

database: Database = context.config.attributes["database"]

with database.engine.connect().execution_options(palier_write=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(4242)"))
        context.run_migrations()
