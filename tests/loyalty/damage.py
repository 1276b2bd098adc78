"""Damage to stored rows, drawn at random: edits of any column, deletions, exchanges, insertions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random  # noqa: TID251 - seeded: the same damage can be done again
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Enum,
    Integer,
    Table,
    UniqueConstraint,
    and_,
    delete,
    insert,
    select,
)
from sqlalchemy import update as update_

from loyalty.commands.sql import table_of
from loyalty.kernel.db import Base, Instant, LocalDate
from loyalty.kernel.tx import Tx
from loyalty.models import (
    AdjustmentDay,
    Give,
    Lot,
    Posting,
    SealDay,
    SealLeaf,
    SealRecord,
    Take,
)
from loyalty.queries.sealed import BOOKS

DERIVED: tuple[type[Base], ...] = (
    Posting,
    Take,
    Give,
    Lot,
    AdjustmentDay,
    SealDay,
    SealLeaf,
    SealRecord,
)
TABLES: tuple[Table, ...] = (
    *(book.table for book in BOOKS),
    *(child for book in BOOKS for child in book.child_tables),
    *(table_of(model) for model in DERIVED),
)
"""Every table whose rows are sealed or follow from sealed ones."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done to which rows: their keys before and after, in the order of the columns."""

    kind: str
    table: str
    column: str
    keys: tuple[tuple[str, ...], ...]
    detail: str


class NothingToDamage(Exception):
    """The row drawn cannot be damaged that way."""


def draw(tx: Tx, dice: Random) -> Damage:
    """Do some damage: half of all draws edit, and every column of every table is as likely."""
    kind = dice.choice(("edit", "edit", "edit", "delete", "exchange", "insert"))
    if kind == "edit":
        table, column = dice.choice([(table, one) for table in TABLES for one in table.columns])
        return _edit(tx, dice, table, column)
    table = dice.choice(TABLES)
    return {"delete": _delete, "exchange": _exchange, "insert": _insert}[kind](tx, dice, table)


def _rows(tx: Tx, table: Table) -> list[Any]:
    rows = list(tx.run(select(table).order_by(*table.primary_key)).all())
    if not rows:
        raise NothingToDamage
    return rows


def _key(table: Table, row: Any) -> tuple[str, ...]:
    return tuple(str(getattr(row, column.name)) for column in table.primary_key)


def _is(table: Table, row: Any) -> Any:
    return and_(*(column == getattr(row, column.name) for column in table.primary_key))


def _edit(tx: Tx, dice: Random, table: Table, column: Column[Any]) -> Damage:
    rows = _rows(tx, table)
    row = dice.choice(rows)
    before = getattr(row, column.name)
    value = _another(dice, column, before, [getattr(one, column.name) for one in rows])
    tx.run(update_(table).where(_is(table, row)).values({column.name: value}))
    keys = [_key(table, row)]
    keys.append(
        tuple(
            str(value) if one is column else old
            for one, old in zip(table.primary_key, keys[0], strict=True)
        )
    )
    return Damage("edit", table.name, column.name, tuple(keys), f"{before!r} -> {value!r}")


def _another(dice: Random, column: Column[Any], before: Any, others: list[Any]) -> Any:
    """Return another value of the column's kind: one of another row, a near one, or none."""
    choices = [one for one in others if one != before]
    if column.nullable and before is not None:
        choices.append(None)
    if choices and dice.random() < 0.4:
        return dice.choice(choices)
    if isinstance(column.type, Enum):
        raise NothingToDamage  # no other row has another word
    return _near(dice, column.type, before)


def _near(dice: Random, kind: Any, before: Any) -> Any:
    if isinstance(kind, Instant):
        step = timedelta(microseconds=dice.choice((1, -1, 10**6, -(10**9), 10**11)))
        value: Any = (before or datetime.fromisoformat("2026-03-10T10:00:00+00:00")) + step
    elif isinstance(kind, LocalDate):
        value = (before or date(2026, 3, 10)) + timedelta(days=dice.choice((1, -1, 31, 366)))
    elif isinstance(kind, Boolean):
        value = not before
    elif isinstance(kind, JSON):
        value = _other_document(before)
    elif isinstance(kind, Integer):
        value = (before or 0) + dice.choice((1, -1, 7, -100, 10**6))
    else:
        value = f"{before or ''}x"
    return value


def _other_document(before: Any) -> Any:
    if isinstance(before, dict):
        return before | {"x": 1} if not before else {**before, next(iter(before)): "x"}
    if isinstance(before, list):
        return [*before, 1]
    return json.loads("[1]")


def _delete(tx: Tx, dice: Random, table: Table) -> Damage:
    row = dice.choice(_rows(tx, table))
    tx.run(delete(table).where(_is(table, row)))
    return Damage("delete", table.name, "", (_key(table, row),), "")


def _exchange(tx: Tx, dice: Random, table: Table) -> Damage:
    """Have two rows change places: each gets all that the other has but its key."""
    rows = _rows(tx, table)
    one, other = dice.choice(rows), dice.choice(rows)
    kept = {column.name for column in table.primary_key} | _unique(table)
    told = [column.name for column in table.columns if column.name not in kept]
    first = {name: getattr(one, name) for name in told}
    second = {name: getattr(other, name) for name in told}
    if first == second:
        raise NothingToDamage
    tx.run(update_(table).where(_is(table, one)).values(second))
    tx.run(update_(table).where(_is(table, other)).values(first))
    keys = tuple(sorted((_key(table, one), _key(table, other))))
    return Damage("exchange", table.name, "", keys, "")


def _insert(tx: Tx, dice: Random, table: Table) -> Damage:
    """Have a row a second time, under a key of its own."""
    rows = _rows(tx, table)
    row = dice.choice(rows)
    facts = dict(row._asdict())
    column = list(table.primary_key)[-1]
    for name in {column.name} | _unique(table):
        facts[name] = _fresh(facts[name], [getattr(one, name) for one in rows])
    tx.run(insert(table), facts)
    key = tuple(str(facts[one.name]) for one in table.primary_key)
    return Damage("insert", table.name, "", (key,), "")


def _unique(table: Table) -> set[str]:
    """Return the last column of everything that is unique besides the key."""
    constraints = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    columns = [list(one.columns) for one in constraints]
    columns += [list(one.columns) for one in table.indexes if one.unique]
    return {some[-1].name for some in columns}


def _fresh(value: Any, taken: list[Any]) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return max(one for one in taken if one is not None) + 1
    if isinstance(value, datetime):
        return max(taken) + timedelta(seconds=1)
    if isinstance(value, date):
        return max(taken) + timedelta(days=1)
    return f"{value}x"
