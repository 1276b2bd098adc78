"""The way past SQLAlchemy for statements that are run again and again.

Working out what to send takes SQLAlchemy about 130 microseconds a statement, every time. A
statement that a module declares once always comes to the same text, the same order of parameters
and the same columns: this module works that out when the statement is run for the third time,
keeps it for as long as the statement lives, and from then on hands the text to the driver's own
cursor on the transaction's connection. A statement that is built anew each time is run by
SQLAlchemy, as is any that asks for more than text and values.

Transactions, savepoints, events (``before_cursor_execute``, ``after_cursor_execute``), the classes
of errors and what follows a lost connection are SQLAlchemy's on both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Executable

from loyalty.kernel.forms import Form, Known
from loyalty.kernel.rows import Answer, Held

Parameters: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Asked: TypeAlias = tuple[Executable, Parameters]

RUNS_BEFORE = 2
"""How often SQLAlchemy runs a statement before it is worth preparing."""
_NOTHING: Mapping[str, Any] = {}
_KNOWN: WeakKeyDictionary[Executable, Known] = WeakKeyDictionary()


def answer(connection: Connection, statement: Executable, parameters: Parameters) -> Answer | None:
    """Run a statement on the driver's cursor; ``None`` leaves it to SQLAlchemy."""
    ready = _ready(connection, statement, parameters)
    return None if ready is None else _run(connection, *ready)


def one_trip(
    connection: Connection, asked: Sequence[Asked], *, and_commit: bool = False
) -> list[Answer]:
    """Run statements on PostgreSQL in one round trip; return their answers.

    ``and_commit`` has the database commit after them; SQLAlchemy has still to be told. Until each
    statement is prepared they go one by one, and there are no answers.
    """
    ready = [found for one, given in asked if (found := _ready(connection, one, given))]
    if len(ready) < len(asked):
        for statement, parameters in asked:
            if answer(connection, statement, parameters) is None:
                connection.execute(statement, parameters)
        return []
    call = _Call(connection, "; ".join(form.text for form, _ in ready))
    if connection.get_transaction() is None:
        connection.begin()
    try:
        driver: Any = connection.connection.driver_connection
        with driver.pipeline():
            begun = [_begun(connection, form, rows) for form, rows in ready]
            if and_commit:
                driver.execute("COMMIT", prepare=False)
    except BaseException as error:  # noqa: BLE001 - SQLAlchemy decides what becomes of each
        call.fail(error)
    return [_answered(one) for one in begun]


def _ready(
    connection: Connection, statement: Executable, parameters: Parameters
) -> tuple[Form, Sequence[Mapping[str, Any]]] | None:
    """Return the form of a statement and its rows of parameters; ``None`` if it is not prepared."""
    known = _KNOWN.get(statement)
    if known is None:
        _KNOWN[statement] = Known()
        return None
    if known.runs < RUNS_BEFORE:
        known.runs += 1
        return None
    if parameters is None or isinstance(parameters, Mapping):
        rows: Sequence[Mapping[str, Any]] = (parameters or _NOTHING,)
    else:
        rows = parameters or (_NOTHING,)
    form = known.form(connection.dialect, statement, rows)
    return None if form is None else (form, rows)


def _run(connection: Connection, form: Form, rows: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Hand the statement to the driver; ``None`` if the transaction is over."""
    transaction = connection.get_transaction() or connection.begin()
    if not transaction.is_active:
        return None
    return _answered(_begun(connection, form, rows))


def _begun(connection: Connection, form: Form, rows: Sequence[Mapping[str, Any]]) -> _Call:
    """Hand the statement to the driver; in a pipeline the answer comes later."""
    call = _Call(connection, form.text, form, many=len(rows) > 1)
    try:
        call.sent = [form.sent(row) for row in rows] if call.many else form.sent(rows[0])
        call.cursor = connection.connection.cursor()
        call.execute()
    except BaseException as error:  # noqa: BLE001 - SQLAlchemy decides what becomes of each
        call.fail(error)
    return call


def _answered(call: _Call) -> Answer:
    """Return the answer to a statement that the driver has run."""
    cursor, form = call.cursor, call.form
    assert form is not None, "it was begun with one"
    if cursor.description is None:
        return Answer(cursor, tuple, call.fail)
    try:
        make = form.maker(cursor.description, call.connection.dialect)
        held = Held(list(cursor.fetchall()), cursor.rowcount) if form.held else cursor
    except BaseException as error:  # noqa: BLE001 - SQLAlchemy decides what becomes of each
        call.fail(error)
    return Answer(held, make, call.fail)


@dataclass(slots=True)
class _Call:
    """A statement on its way: what SQLAlchemy wants to know of it if it fails."""

    connection: Connection
    text: str
    form: Form | None = None
    sent: Any = None
    cursor: Any = None
    many: bool = False

    def execute(self) -> None:
        """Let the driver run it, and whoever watches the connection know."""
        connection, cursor, watched = self.connection, self.cursor, self.connection.dispatch
        for hear in watched.before_cursor_execute:
            self.text, self.sent = hear(connection, cursor, self.text, self.sent, None, self.many)
        if self.many:
            cursor.executemany(self.text, self.sent)
        else:
            cursor.execute(self.text, self.sent)
        for hear in watched.after_cursor_execute:
            hear(connection, cursor, self.text, self.sent, None, self.many)

    def fail(self, error: BaseException) -> NoReturn:
        """Raise an error of the driver, or of what was sent, as SQLAlchemy does."""
        handle = self.connection._handle_dbapi_exception  # noqa: SLF001 - it has no other door
        handle(error, self.text, self.sent, self.cursor, None)
