"""Many rows in one statement, for jobs that write thousands: as fast as each database can.

PostgreSQL gets the rows as one document, which it unfolds itself; SQLite gets one prepared
statement and the rows. Rows all have the same names; nothing happens when there are none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from loyalty.commands.sql import table_of
from loyalty.kernel.db import Base
from loyalty.kernel.tx import Tx

MANY = 8
"""Rows from which on it pays to write them together."""

Rows = Sequence[dict[str, Any]]


def bulk_insert(tx: Tx, model: type[Base], rows: Rows) -> None:
    """Insert ``rows``."""
    if rows:
        plan = _plan(model, tuple(rows[0]), tx.dialect)
        _run(tx, plan, plan.insert, rows)


def bulk_upsert(tx: Tx, model: type[Base], rows: Rows, *, keys: Sequence[str]) -> None:
    """Insert ``rows``; of those whose ``keys`` are there already, write the other columns over."""
    if rows:
        plan = _plan(model, tuple(rows[0]), tx.dialect)
        sets = ", ".join(f"{name} = excluded.{name}" for name in plan.names if name not in keys)
        tail = f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"
        _run(tx, plan, plan.insert + tail, rows)


def bulk_update(tx: Tx, model: type[Base], rows: Rows, *, keys: Sequence[str]) -> None:
    """Write the columns of ``rows`` over those that their ``keys`` name."""
    if not rows:
        return
    plan = _plan(model, tuple(rows[0]), tx.dialect)
    others = [name for name in plan.names if name not in keys]
    if tx.dialect == "sqlite":
        place = {name: number for number, name in enumerate(plan.names, start=1)}
        sets = ", ".join(f"{name} = ?{place[name]}" for name in others)
        where = " AND ".join(f"{name} = ?{place[name]}" for name in keys)
        statement = f"UPDATE {plan.table.name} SET {sets} WHERE {where}"  # noqa: S608 - columns
    else:
        sets = ", ".join(f"{name} = n.{name}" for name in others)
        where = " AND ".join(f"t.{name} = n.{name}" for name in keys)
        statement = f"UPDATE {plan.table.name} AS t SET {sets} FROM {plan.rows} WHERE {where}"  # noqa: S608 - columns
    _run(tx, plan, statement, rows)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows of a table with these columns are written; ``rows`` is where SQL finds them."""

    table: Table
    names: tuple[str, ...]
    insert: str
    rows: str
    pick: Callable[[dict[str, Any]], Any]


@cache
def _plan(model: type[Base], names: tuple[str, ...], dialect: str) -> _Plan:
    table, listed = table_of(model), ", ".join(names)
    columns = ", ".join(f"{name} {_type(table, name)}" for name in names)
    rows = f"json_to_recordset(%s::json) AS n({columns})"
    holes = ", ".join("?" for _ in names)
    values = f"VALUES ({holes})" if dialect == "sqlite" else f"SELECT {listed} FROM {rows}"  # noqa: S608 - columns
    insert = f"INSERT INTO {table.name} ({listed}) {values}"
    return _Plan(table, names, insert, rows, itemgetter(*names))


def _type(table: Table, name: str) -> str:
    """Return the column's type on PostgreSQL."""
    return table.c[name].type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]  # untyped there


def _run(tx: Tx, plan: _Plan, statement: str, rows: Rows) -> None:
    if tx.dialect == "sqlite":
        tx.connection.exec_driver_sql(statement, _tuples(tx, plan, rows))
    else:
        document = json.dumps(rows, default=str, ensure_ascii=False, separators=(",", ":"))
        tx.connection.exec_driver_sql(statement, (document,))


def _tuples(tx: Tx, plan: _Plan, rows: Rows) -> list[tuple[Any, ...]]:
    """Return the values row by row, as the driver wants them."""
    columns = list(zip(*map(plan.pick, rows), strict=True))
    for place, name in enumerate(plan.names):
        processor = _processor(plan.table, name, tx.connection.dialect)
        if processor is not None:
            columns[place] = tuple(map(processor, columns[place]))
    return list(zip(*columns, strict=True))


@cache
def _processor(table: Table, name: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what turns a value of a column into the driver's."""
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
