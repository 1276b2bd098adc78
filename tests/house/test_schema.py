"""What the migrations make is what the models say, on both databases."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from admin.plugins import PLUGINS
from loyalty.kernel.db import Base
from tests.house.project import ROOT

assert PLUGINS  # importing every package declares every table

VERSIONS = ROOT / "admin/migrations/versions"
_REVISION = re.compile(r'^(?:down_)?revision(?:: [^=]+)? = (?:"(\d+)"|None)$', re.MULTILINE)


def differences(connection: Connection, metadata: MetaData) -> list[Any]:
    """Return what would have to change for the database to be as the models say."""
    options = {"compare_type": True, "compare_server_default": True, "include_object": _is_ours}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


def _is_ours(thing, name, kind, reflected, other):
    return not (kind == "table" and name == "alembic_version")


def line_faults(files: dict[str, str]) -> list[str]:
    """Return where the migrations, name to text, are not one line numbered from 0001."""
    faults = []
    for number, (name, content) in enumerate(sorted(files.items()), start=1):
        wanted = f"{number:04}"
        revisions = [match[1] for match in _REVISION.finditer(content)]
        before = f"{number - 1:04}" if number > 1 else None
        if not name.startswith(f"{wanted}_") or revisions != [wanted, before]:
            faults.append(f"{name}: {revisions}, wanted {[wanted, before]}")
    return faults


def unguarded(connection: Connection, metadata: MetaData) -> list[str]:
    """Return the append-only tables that the database would let somebody change."""
    catalogue = {
        "sqlite": "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY 1",
        "postgresql": "SELECT event_object_table, count(*) FROM information_schema.triggers"
        " WHERE action_timing = 'BEFORE' GROUP BY 1",
    }
    rows = connection.execute(text(catalogue[connection.dialect.name]))
    verbs = {str(table): int(count) for table, count in rows}
    guarded = [table for table in metadata.tables.values() if table.info.get("append_only")]
    return sorted(table.name for table in guarded if verbs.get(table.name, 0) < len("UD"))


def loose_tables(connection: Connection) -> list[str]:
    """Return the SQLite tables that would take a value of another type than the column's."""
    rows = connection.execute(text("PRAGMA table_list")).mappings()
    return sorted(
        row["name"]
        for row in rows
        if row["type"] == "table"
        and not row["strict"]
        and not row["name"].startswith(("sqlite_", "alembic_"))
    )


def test_the_migrated_schema_equals_the_models(database):
    with database.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []


def test_append_only_tables_are_guarded(database):
    guarded = [table for table in Base.metadata.tables.values() if table.info.get("append_only")]
    with database.engine.connect() as connection:
        assert unguarded(connection, Base.metadata) == []
    assert guarded


def test_every_sqlite_table_is_strict(sqlite_database):
    with sqlite_database.engine.connect() as connection:
        assert loose_tables(connection) == []


def test_every_constraint_has_a_name():
    unnamed = [
        f"{table.name}: {constraint!r}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert unnamed == []


def test_migrations_are_one_numbered_line():
    files = {path.name: path.read_text() for path in VERSIONS.glob("*.py")}
    files.pop("__init__.py", None)
    assert line_faults(files) == []
    assert files


@pytest.fixture
def changeable(request):
    """Each database in turn, free to be spoilt."""
    return request.getfixturevalue(
        {"sqlite": "sqlite_database", "postgresql": "fresh_postgres"}[request.param]
    )


@pytest.mark.parametrize("changeable", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("CREATE TABLE forgotten (id INTEGER)", "remove_table"),
        ("ALTER TABLE audit_entries ADD COLUMN forgotten TEXT", "remove_column"),
        ("DROP TABLE job_leases", "add_table"),
        ("CREATE INDEX forgotten ON audit_entries (actor)", "remove_index"),
    ],
)
def test_a_difference_is_found(changeable, change, found):
    with changeable.engine.begin() as connection:
        connection.execute(text(change))
        assert [one[0] for one in differences(connection, Base.metadata)] == [found]


@pytest.mark.parametrize("changeable", ["sqlite", "postgresql"], indirect=True)
def test_an_unguarded_table_is_found(changeable):
    where = {"sqlite": "", "postgresql": " ON audit_entries"}[changeable.engine.dialect.name]
    name = {"sqlite": "no_update", "postgresql": "append_only"}[changeable.engine.dialect.name]
    with changeable.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_entries_{name}{where}"))
        assert unguarded(connection, Base.metadata) == ["audit_entries"]


def test_a_loose_table_is_found(sqlite_database):
    with sqlite_database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE loose (id INTEGER)"))
        assert loose_tables(connection) == ["loose"]


@pytest.mark.parametrize(
    "files",
    [
        {"0002_b.py": 'revision = "0002"\ndown_revision = None\n'},
        {"0001_a.py": 'revision = "ab12"\ndown_revision = None\n'},
        {
            "0001_a.py": 'revision = "0001"\ndown_revision = None\n',
            "0002_b.py": 'revision = "0002"\ndown_revision = None\n',
        },
    ],
)
def test_a_fork_or_a_gap_is_found(files):
    assert line_faults(files)


def test_a_straight_line_passes():
    files = {
        "0001_a.py": 'revision = "0001"\ndown_revision: str | None = None\n',
        "0002_b.py": 'revision = "0002"\ndown_revision: str | None = "0001"\n',
    }
    assert line_faults(files) == []
