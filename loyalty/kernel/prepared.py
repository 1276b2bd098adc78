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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NoReturn, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Delete, Executable, Insert, Select, TextClause, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.sqltypes import TupleType
from sqlalchemy.types import TypeEngine

from loyalty.kernel.rows import Answer, Held, Make, row_maker

Parameters: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Process: TypeAlias = Callable[[Any], Any]

RUNS_BEFORE = 2
"""How often SQLAlchemy runs a statement before it is worth preparing."""
MOST_FORMS = 200
"""How many forms of one statement are kept: lists of different lengths make different texts."""
_NOTHING: Mapping[str, Any] = {}
_KINDS = (Select, Insert, Update, Delete, TextClause)


def answer(connection: Connection, statement: Executable, parameters: Parameters) -> Answer | None:
    """Run a statement on the driver's cursor; ``None`` leaves it to SQLAlchemy."""
    ready = _ready(connection, statement, parameters)
    return None if ready is None else _run(connection, *ready)


def send(connection: Connection, writes: Sequence[tuple[Executable, Parameters]]) -> None:
    """Run statements on PostgreSQL whose answers nobody needs, in one round trip.

    Until each of them is prepared they go one by one.
    """
    ready = [found for one, given in writes if (found := _ready(connection, one, given))]
    if len(ready) < len(writes) or len(writes) == 1:
        for statement, parameters in writes:
            if answer(connection, statement, parameters) is None:
                connection.execute(statement, parameters)
        return
    call = _Call(connection, "; ".join(form.text for form, _ in ready))
    try:
        driver: Any = connection.connection.driver_connection
        with driver.pipeline():
            for form, rows in ready:
                _run(connection, form, rows)
    except BaseException as error:  # noqa: BLE001 - SQLAlchemy decides what becomes of each
        call.fail(error)


def _ready(
    connection: Connection, statement: Executable, parameters: Parameters
) -> tuple[_Form, Sequence[Mapping[str, Any]]] | None:
    """Return the form of a statement and its rows of parameters; ``None`` if it is not prepared."""
    known = _KNOWN.get(statement)
    if known is None:
        _KNOWN[statement] = _Known()
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


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one kind of database is given it, for one choice of parameters.

    ``constants`` are values that the statement itself holds, ready for the driver; ``lists`` say
    which parameters are lists, and under which names their elements are sent. ``held`` rows are
    fetched at once: the database has not changed anything for certain before they are.
    """

    text: str
    names: tuple[str, ...] | None
    values: Callable[[Mapping[str, Any]], Sequence[Any]]
    constants: Mapping[str, Any]
    writers: tuple[tuple[int, Process], ...]
    lists: Mapping[str, Sequence[str]]
    columns: Sequence[tuple[str, TypeEngine[Any]]]
    held: bool
    makers: list[Make] = field(default_factory=list)

    def sent(self, row: Mapping[str, Any]) -> Any:
        """Return what the driver is handed for ``row``."""
        if self.constants:
            row = {**self.constants, **row}
        if self.lists:
            row = dict(row)
            for name, elements in self.lists.items():
                row.update(zip(elements, row[name], strict=True))
        values = self.values(row)
        if self.writers:
            values = list(values)
            for place, write in self.writers:
                values[place] = write(values[place])
        if self.names is None:
            return tuple(values) if self.writers else values
        return dict(zip(self.names, values, strict=True))

    def maker(self, description: Sequence[Any], dialect: Dialect) -> Make:
        """Return what makes rows; the columns' types are known once the driver has answered."""
        if not self.makers:
            self.makers.append(_maker(self.columns, description, dialect))
        return self.makers[0]


@dataclass(slots=True)
class _Known:
    """What is known of a statement: how often it was run, and its forms.

    ``lists`` names the lists among the parameters: each length of theirs makes a form.
    """

    runs: int = 1
    forms: dict[Any, _Form | None] = field(default_factory=dict)
    lists: dict[Any, tuple[str, ...]] = field(default_factory=dict)

    def form(
        self, dialect: Dialect, statement: Executable, rows: Sequence[Mapping[str, Any]]
    ) -> _Form | None:
        """Return the form for these parameters; ``None`` if SQLAlchemy must run it."""
        first, many = rows[0], len(rows) > 1
        key = shape = (dialect.name, many, *first)
        if names := self.lists.get(shape):
            key = (*shape, *(len(first[name]) for name in names))
        try:
            return self.forms[key]
        except KeyError:
            return self._worked_out(shape, _worked_out(dialect, statement, first, many=many), first)

    def _worked_out(
        self, shape: tuple[Any, ...], form: _Form | None, row: Mapping[str, Any]
    ) -> _Form | None:
        if len(self.forms) < MOST_FORMS:
            names = self.lists[shape] = tuple(form.lists) if form else ()
            self.forms[(*shape, *(len(row[name]) for name in names))] = form
        return form


_KNOWN: WeakKeyDictionary[Executable, _Known] = WeakKeyDictionary()


def _run(connection: Connection, form: _Form, rows: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Hand the statement to the driver; ``None`` if the transaction is over."""
    transaction = connection.get_transaction() or connection.begin()
    if not transaction.is_active:
        return None
    call = _Call(connection, form.text, many=len(rows) > 1)
    try:
        call.sent = [form.sent(row) for row in rows] if call.many else form.sent(rows[0])
        cursor: Any = connection.connection.cursor()
        call.cursor = cursor
        call.execute(cursor)
        if cursor.description is None:
            return Answer(cursor, tuple, call.fail)
        make = form.maker(cursor.description, connection.dialect)
        held = Held(list(cursor.fetchall()), cursor.rowcount) if form.held else cursor
        return Answer(held, make, call.fail)
    except BaseException as error:  # noqa: BLE001 - SQLAlchemy decides what becomes of each
        call.fail(error)


@dataclass(slots=True)
class _Call:
    """A statement on its way: what SQLAlchemy wants to know of it if it fails."""

    connection: Connection
    text: str
    sent: Any = None
    cursor: Any = None
    many: bool = False

    def execute(self, cursor: Any) -> None:
        """Let the driver run it, and whoever watches the connection know."""
        connection, watched = self.connection, self.connection.dispatch
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


def _worked_out(
    dialect: Dialect, statement: Executable, row: Mapping[str, Any], *, many: bool
) -> _Form | None:
    """Work out the form of a statement; ``None`` if it asks for more than text and values."""
    if not isinstance(statement, _KINDS) or statement.get_execution_options():
        return None
    compiled = statement.compile(dialect=dialect, column_keys=list(row), for_executemany=many)
    assert isinstance(compiled, SQLCompiler), "these kinds are SQL"
    if _asks_more(compiled, row, many=many):
        return None
    keys, constants, writers = _bound(compiled, row)
    text = compiled.string
    order: Sequence[str] | None = compiled.positiontup
    lists: dict[str, Sequence[str]] = {}
    if compiled.post_compile_params:
        state = compiled.construct_expanded_state(row)
        text, order = state.statement, state.positiontup
        writers |= state.processors
        for name, elements in state.parameter_expansion.items():
            keys |= {element: element for element in elements}
            if constants.pop(name, None) is None:
                lists[keys[name]] = elements
            else:
                constants |= {element: state.parameters[element] for element in elements}
            del keys[name]
    places = tuple(keys if order is None else order)
    ready = {name: writers.pop(name, _as_it_is)(value) for name, value in constants.items()}
    return _Form(
        text=text,
        names=places if order is None else None,
        values=_getter([keys[name] for name in places]),
        constants=ready,
        writers=tuple((n, writers[name]) for n, name in enumerate(places) if name in writers),
        lists=lists,
        columns=tuple((column.keyname, column.type) for column in compiled._result_columns),  # noqa: SLF001 - told nowhere else
        held=not isinstance(statement, Select),
    )


def _asks_more(compiled: SQLCompiler, row: Mapping[str, Any], *, many: bool) -> bool:
    """Tell whether SQLAlchemy has something to do around the statement each time it runs."""
    if compiled.update_prefetch or compiled.implicit_returning:
        return True
    if any(column.default is None or not column.default.is_scalar for column in _filled(compiled)):
        return True
    if compiled.literal_execute_params or compiled.escaped_bind_names:
        return True
    if many and (compiled.post_compile_params or compiled.effective_returning):
        return True
    return any(
        bind.callable is not None
        or isinstance(bind.type, TupleType)
        or (bind.required and bind.key not in row and name not in row)
        for bind, name in compiled.bind_names.items()
    )


def _bound(
    compiled: SQLCompiler, row: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, Any], dict[str, Process]]:
    """Return where each parameter of the text comes from, those of its own, and the writers."""
    keys: dict[str, str] = {}
    constants: dict[str, Any] = {}
    writers: dict[str, Process] = {}
    defaults = {column.key: column.default.arg for column in _filled(compiled)}
    for bind, name in compiled.bind_names.items():
        keys[name] = bind.key if bind.key in row else name
        if keys[name] not in row:
            constants[name] = defaults.get(name, bind.value)
        write = bind.type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)
        if write is not None:
            writers[name] = write
    return keys, constants, writers


def _filled(compiled: SQLCompiler) -> Sequence[Any]:
    """Return the columns of an insert that get the model's own default."""
    return compiled.insert_prefetch if compiled.isinsert else ()


def _getter(keys: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Return what takes the values of ``keys`` from a mapping, in order."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda row: tuple(row[key] for key in keys)


def _as_it_is(value: Any) -> Any:
    return value


def _maker(
    columns: Sequence[tuple[str, TypeEngine[Any]]], description: Sequence[Any], dialect: Dialect
) -> Make:
    """Return what makes rows of a statement that has been answered for the first time."""
    if not columns:
        return row_maker([column[0] for column in description], {})
    readers = {}
    for place, ((_, kind), told) in enumerate(zip(columns, description, strict=True)):
        read = kind.dialect_impl(dialect).result_processor(dialect, told[1])
        if read is not None:
            readers[place] = read
    return row_maker([name for name, _ in columns], readers)
