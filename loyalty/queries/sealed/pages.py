"""Reading a book in the order of its owners, a bounded stretch of them at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Table

from loyalty.kernel.tx import Tx
from loyalty.queries.sealed.books import Book
from loyalty.queries.sealed.rows import MARK, make_plain, readers, row_digest, spell

Key = tuple[str, str]
"""A row's owner, and the rest of its key as text."""


@dataclass(frozen=True, slots=True)
class Span:
    """The owners after one, up to and including another; ``None`` is the end of the book."""

    after: str = ""
    upto: str | None = None


WHOLE = Span()


@dataclass(frozen=True, slots=True)
class Found:
    """A row with those that hang on it, as it stands now.

    ``lines`` are the keys of each table's rows, in the order of the marks.
    """

    digest: str
    marks: str
    state: dict[str, Any]
    at: int | None
    lines: tuple[tuple[str, ...], ...]


def next_span(
    tx: Tx, book: Book, after: str, *, limit: int, upto: str | None = None, since: int | None = None
) -> Span:
    """Return the span of about ``limit`` rows that follows ``after``, within ``upto``."""
    owner, mark = _quoted(book.key[0]), _mark(tx)
    where, values = f"{owner} > {mark}", [after]
    if upto is not None:
        where, values = f"{where} AND {owner} <= {mark}", [*values, upto]
    where, values = _only_since(tx, book, since, where, values)
    statement = (
        f"SELECT {owner} FROM {book.name} WHERE {where} "  # noqa: S608 - names of our tables
        f"ORDER BY {owner} LIMIT 1 OFFSET {limit - 1}"
    )
    row = tx.connection.exec_driver_sql(statement, tuple(values)).first()
    return Span(after, upto if row is None else row[0])


def read_page(tx: Tx, book: Book, span: Span, *, since: int | None = None) -> dict[Key, Found]:
    """Return the rows of a span, by their keys; of a steady book only those written ``since``."""
    children = [_children(tx, table, span) for table in book.child_tables]
    shape = _shape(book, tx.dialect)
    found = {}
    for row in _rows(tx, shape, span, book, since):
        plain = make_plain(row, shape.converters)
        digest = row_digest(shape.table, shape.fixed, [plain[place] for place in shape.places])
        key = tuple(str(plain[place]) for place in shape.key)
        owner = key[0]
        mine = [one.get(owner, []) for one in children]
        found[owner, "/".join(key[1:])] = _found(shape, plain, digest, mine)
    for table, rows in zip(book.child_tables, children, strict=True):
        for owner in rows.keys() - {owner for owner, _ in found}:
            found[owner, f"?{table.name}"] = _orphans(table, rows[owner])
    return found


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a table is read: its columns by name, and where in a row the interesting ones are."""

    table: str
    owner: str
    names: tuple[str, ...]
    converters: tuple[Any, ...]
    key: tuple[int, ...]
    fixed: tuple[str, ...]
    places: tuple[int, ...]
    moves: tuple[tuple[str, int], ...]
    private: tuple[str, ...]
    at: int | None


@cache
def _shape(book: Book, dialect: str) -> _Shape:
    names = tuple(sorted(set(book.table.columns.keys()) - set(book.follows)))
    fixed = tuple(name for name in names if name not in book.moves)
    return _Shape(
        book.name,
        book.key[0],
        names,
        tuple(readers(book.table, names, dialect)),
        tuple(names.index(name) for name in book.key),
        fixed,
        tuple(names.index(name) for name in fixed),
        tuple((name, names.index(name)) for name in sorted(book.moves)),
        book.private,
        names.index(book.at) if book.at else None,
    )


@cache
def _child_shape(table: Table, dialect: str) -> _Shape:
    names = tuple(sorted(table.columns.keys()))
    key = [column.name for column in table.primary_key]
    return _Shape(
        table.name,
        key[0],
        names,
        tuple(readers(table, names, dialect)),
        tuple(names.index(name) for name in key),
        names,
        tuple(range(len(names))),
        (),
        (),
        None,
    )


def _found(
    shape: _Shape, plain: list[Any], digest: str, children: Sequence[list[tuple[str, str]]]
) -> Found:
    state = {name: _moving(plain[place], name in shape.private) for name, place in shape.moves}
    at = None if shape.at is None else plain[shape.at]
    if not children:
        return Found(digest, "", state, at, ())
    tables = [[digest], *([one for _, one in rows] for rows in children)]
    lines = ((), *(tuple(key for key, _ in rows) for rows in children))
    return Found(whole_digest(tables), marks_of(tables), state, at, lines)


def _moving(value: Any, private: bool) -> Any:  # noqa: FBT001 - what the book says of the column
    """Return a moving column's value; a document, and what people wrote, by its hash."""
    if private or isinstance(value, dict | list):
        return hashlib.sha256(spell(value).encode()).hexdigest()
    return value


def _orphans(table: Table, rows: list[tuple[str, str]]) -> Found:
    """Return rows that hang on nothing, as something that no seal can hold."""
    return Found("", table.name, {}, 0, (tuple(key for key, _ in rows),))


def whole_digest(tables: Iterable[Sequence[str]]) -> str:
    """Return the hash of the hashes of several tables' rows."""
    return hashlib.sha256("|".join(" ".join(rows) for rows in tables).encode()).hexdigest()


def marks_of(tables: Iterable[Sequence[str]]) -> str:
    """Return the beginnings of rows' hashes: they tell later which of the rows is another."""
    return "|".join(" ".join(one[:MARK] for one in rows) for rows in tables)


def _children(tx: Tx, table: Table, span: Span) -> dict[str, list[tuple[str, str]]]:
    """Return the keys and hashes of the rows that hang on each owner, in the order of keys."""
    shape = _child_shape(table, tx.dialect)
    key, rest = shape.key[0], shape.key[1:]
    found: dict[str, list[tuple[str, str]]] = {}
    rows = sorted(
        (make_plain(row, shape.converters) for row in _rows(tx, shape, span)),
        key=lambda row: [row[place] for place in shape.key],
    )
    for owner, mine in groupby(rows, key=lambda row: row[key]):
        found[str(owner)] = [
            (
                "/".join(str(row[place]) for place in rest),
                row_digest(shape.table, shape.fixed, row),
            )
            for row in mine
        ]
    return found


def _rows(
    tx: Tx, shape: _Shape, span: Span, book: Book | None = None, since: int | None = None
) -> Sequence[Any]:
    owner, mark = _quoted(shape.owner), _mark(tx)
    where, values = f"{owner} > {mark}", [span.after]
    if span.upto is not None:
        where, values = f"{where} AND {owner} <= {mark}", [*values, span.upto]
    if book is not None:
        where, values = _only_since(tx, book, since, where, values)
    columns = ", ".join(_quoted(name) for name in shape.names)
    statement = f"SELECT {columns} FROM {shape.table} WHERE {where}"  # noqa: S608 - our names
    return tx.connection.exec_driver_sql(statement, tuple(values)).fetchall()


def _only_since(
    tx: Tx, book: Book, since: int | None, where: str, values: list[Any]
) -> tuple[str, list[Any]]:
    """Narrow a steady book to what was written since; a growing one is narrowed by its ids."""
    if since is None or not book.steady or book.grows:
        return where, values
    at = _quoted(book.at)
    if tx.dialect == "sqlite":
        return f"{where} AND {at} >= ?", [*values, since]
    instant = "TIMESTAMPTZ 'epoch' + %s * INTERVAL '1 microsecond'"
    return f"{where} AND {at} >= {instant}", [*values, since]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _mark(tx: Tx) -> str:
    return "?" if tx.dialect == "sqlite" else "%s"
