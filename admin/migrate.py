"""The schema: one numbered line of migrations for both databases."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from loyalty.kernel.db import Database


def upgrade(database: Database, *, to: str = "head") -> list[str]:
    """Bring the schema to the newest migration; return the numbers that were run, oldest first.

    ``to`` names an earlier one to stop at. Running it again changes nothing.
    """
    before = current(database)
    command.upgrade(_config(database), to)
    after = current(database) or ""
    return [number for number in numbers() if (before or "") < number <= after]


def current(database: Database) -> str | None:
    """Return the number of the last migration that ran; ``None`` on an empty database.

    Raises:
        StorageUnavailable: the database cannot be reached.
    """
    with database.look(actor="migrate") as tx:
        return MigrationContext.configure(tx.connection).get_current_revision()


def numbers() -> list[str]:
    """Return the numbers of all migrations, oldest first."""
    script = ScriptDirectory(str(files("admin").joinpath("migrations")))
    return sorted(one.revision for one in script.walk_revisions())


def is_current(database: Database) -> bool:
    """Tell whether the schema is the one that this code needs."""
    return current(database) == numbers()[-1]


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("admin").joinpath("migrations")))
    config.attributes["database"] = database
    return config
