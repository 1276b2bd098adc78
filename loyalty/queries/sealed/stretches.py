"""The places of postings in lots: what they granted and took, sealed wallet by wallet."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table

from loyalty.kernel.db import Base
from loyalty.kernel.tx import Tx
from loyalty.models import Give, Posting, Take
from loyalty.queries.sealed.pages import Span, marks_of, whole_digest
from loyalty.queries.sealed.rows import make_plain, readers, row_digest

TABLES = ("postings", "takes", "gives")
_POSTING_COLUMNS = ("lot_hi", "lot_lo", "lot_no", "lot_on", "member_id", "seq", "unit")
_SOURCES: tuple[tuple[type[Base], tuple[str, ...] | None, str], ...] = (
    (Posting, _POSTING_COLUMNS, "COALESCE(lot_no, lot_lo, lot_hi) IS NOT NULL"),
    (Take, None, "seq > 0"),
    (Give, None, "seq > 0"),
)
Line = tuple[int, str, str]
"""A posting's number, the rest of a row's key, and the row's hash."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of a wallet's postings from one number to another, table by table."""

    tables: tuple[list[Line], ...]

    @property
    def digest(self) -> str:
        """Return the hash over all of them."""
        return whole_digest([[line[2] for line in lines] for lines in self.tables])

    @property
    def marks(self) -> str:
        """Return the beginnings of their hashes."""
        return marks_of([[line[2] for line in lines] for lines in self.tables])


Wallets = dict[tuple[str, str], tuple[list[Line], ...]]


def stretches_between(tx: Tx, span: Span) -> Wallets:
    """Return the rows of all wallets of a span of members, each table's in order."""
    wallets: Wallets = {}
    for place, (model, names, where) in enumerate(_SOURCES):
        for owner, line in _lines(tx, _table(model), names, where, span):
            if owner not in wallets:
                wallets[owner] = tuple([] for _ in TABLES)
            wallets[owner][place].append(line)
    for tables in wallets.values():
        for lines in tables:
            lines.sort()
    return wallets


def part(tables: Sequence[list[Line]], first: int, last: int) -> Stretch:
    """Return the rows of the postings numbered ``first`` to ``last``."""
    return Stretch(
        tuple(
            lines[bisect_left(lines, (first, "", "")) : bisect_left(lines, (last + 1, "", ""))]
            for lines in tables
        )
    )


def _lines(
    tx: Tx, table: Table, names: tuple[str, ...] | None, where: str, span: Span
) -> Iterator[tuple[tuple[str, str], Line]]:
    columns, converters, places = _shape(table, names, tx.dialect)
    mark = "?" if tx.dialect == "sqlite" else "%s"
    limits, values = f"member_id > {mark}", [span.after]
    if span.upto is not None:
        limits, values = f"{limits} AND member_id <= {mark}", [*values, span.upto]
    statement = (
        f"SELECT {', '.join(columns)} FROM {table.name} "  # noqa: S608 - names of our tables
        f"WHERE {limits} AND {where}"
    )
    member, unit, seq, rest = places
    name = table.name
    for row in tx.connection.exec_driver_sql(statement, tuple(values)).fetchall():
        plain = make_plain(row, converters)
        key = "/".join(str(plain[place]) for place in rest)
        line = (plain[seq], key, row_digest(name, columns, plain))
        yield (plain[member], plain[unit]), line


@cache
def _shape(table: Table, names: tuple[str, ...] | None, dialect: str) -> Any:
    columns = tuple(sorted(names or table.columns.keys()))
    rest = [one.name for one in table.primary_key if one.name not in {"member_id", "unit", "seq"}]
    places = (
        columns.index("member_id"),
        columns.index("unit"),
        columns.index("seq"),
        tuple(columns.index(name) for name in rest),
    )
    return columns, tuple(readers(table, columns, dialect)), places


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
