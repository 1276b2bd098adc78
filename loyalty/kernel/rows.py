"""What a statement that went past SQLAlchemy answers: light rows, read as they are asked for."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn, Protocol, TypeAlias

from sqlalchemy.exc import MultipleResultsFound, NoResultFound

Make: TypeAlias = Callable[[Sequence[Any]], Any]
Fail: TypeAlias = Callable[[BaseException], NoReturn]

_BLOCK = 500


class Cursor(Protocol):
    """What an answer needs of a driver's cursor."""

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed."""

    def fetchone(self) -> Sequence[Any] | None:
        """Return the next row."""

    def fetchmany(self, size: int, /) -> list[Any]:
        """Return up to so many rows."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def close(self) -> None:
        """Let go of what is held for the statement."""


class Answer:
    """The rows of one statement, or how many it changed.

    It answers like the result of SQLAlchemy: a row is a tuple with a name for each column. Rows
    are made as they are asked for, and may be read once.
    """

    __slots__ = ("_cursor", "_fail", "_make", "rowcount")

    def __init__(self, cursor: Cursor, make: Make, fail: Fail) -> None:
        """Read from ``cursor``; ``fail`` raises an error of the driver as SQLAlchemy's."""
        self._cursor = cursor
        self._make = make
        self._fail = fail
        self.rowcount = cursor.rowcount

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows, block by block."""
        make = self._make
        while rows := self._read(self._cursor.fetchmany, _BLOCK):
            yield from map(make, rows)
        self._cursor.close()

    def all(self) -> list[Any]:
        """Return the rows that are left."""
        rows = self._read(self._cursor.fetchall)
        self._cursor.close()
        return list(map(self._make, rows))

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return self.all()

    def first(self) -> Any:
        """Return the first row, or ``None``."""
        row = self._read(self._cursor.fetchone)
        self._cursor.close()
        return None if row is None else self._make(row)

    def one(self) -> Any:
        """Return the only row.

        Raises:
            NoResultFound, MultipleResultsFound: there is none, or more than one.
        """
        row = self.one_or_none()
        if row is None:
            message = "No row was found when one was required"
            raise NoResultFound(message)
        return row

    def one_or_none(self) -> Any:
        """Return the only row, or ``None``.

        Raises:
            MultipleResultsFound: there is more than one.
        """
        rows = self._read(self._cursor.fetchmany, 2)
        self._cursor.close()
        if len(rows) > 1:
            message = "Multiple rows were found when at most one was required"
            raise MultipleResultsFound(message)
        return self._make(rows[0]) if rows else None

    def scalar(self) -> Any:
        """Return the first column of the first row, or ``None``."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """Return the first column of the only row.

        Raises:
            NoResultFound, MultipleResultsFound: there is none, or more than one.
        """
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """Return the first column of the only row, or ``None``.

        Raises:
            MultipleResultsFound: there is more than one.
        """
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalars(self) -> Answer:
        """Return the first column instead of rows."""
        return self._as(lambda row: row[0])

    def mappings(self) -> Answer:
        """Return a mapping from each column's name instead of rows."""
        return self._as(lambda row: row._asdict())

    def _as(self, change: Callable[[Any], Any]) -> Answer:
        make = self._make
        return Answer(self._cursor, lambda raw: change(make(raw)), self._fail)

    def _read(self, fetch: Callable[..., Any], *size: int) -> Any:
        try:
            return fetch(*size)
        except Exception as error:  # noqa: BLE001 - every driver has errors of its own
            self._fail(error)


class Held:
    """Rows that were fetched already, behind the cursor's own methods."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        """Hold ``rows``."""
        self._rows = rows
        self.rowcount = rowcount

    def fetchone(self) -> Sequence[Any] | None:
        """Return the next row."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int, /) -> list[Any]:
        """Return up to so many rows."""
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        """Hold nothing any more."""
        self._rows = []


def row_maker(names: Sequence[str], readers: Mapping[int, Callable[[Any], Any]]) -> Make:
    """Return what makes a row of what the driver gives.

    ``readers`` turn the value of a column, by its place, into what the program works with.
    """
    kind = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - known now
    new: Make = partial(tuple.__new__, kind)
    if not readers:
        return new
    pairs = tuple(readers.items())

    def make(raw: Sequence[Any]) -> Any:
        values = list(raw)
        for place, read in pairs:
            values[place] = read(values[place])
        return new(values)

    return make
