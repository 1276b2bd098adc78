"""What a statement comes to on one kind of database: its text, its parameters, its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Delete, Executable, Insert, Select, TextClause, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.sqltypes import TupleType
from sqlalchemy.types import TypeEngine

from loyalty.kernel.rows import Make, row_maker

Process: TypeAlias = Callable[[Any], Any]
Row: TypeAlias = Mapping[str, Any]

MOST_FORMS = 200
"""How many forms of one statement are kept: lists of different lengths make different texts."""
_KINDS = (Select, Insert, Update, Delete, TextClause)


@dataclass(frozen=True, slots=True)
class Form:
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
class Known:
    """What is known of a statement: how often it was run, and its forms.

    ``lists`` names the lists among the parameters: each length of theirs makes a form.
    """

    runs: int = 1
    forms: dict[Any, Form | None] = field(default_factory=dict)
    lists: dict[Any, tuple[str, ...]] = field(default_factory=dict)

    def form(
        self, dialect: Dialect, statement: Executable, rows: Sequence[Mapping[str, Any]]
    ) -> Form | None:
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
        self, shape: tuple[Any, ...], form: Form | None, row: Mapping[str, Any]
    ) -> Form | None:
        if len(self.forms) < MOST_FORMS:
            names = self.lists[shape] = tuple(form.lists) if form else ()
            self.forms[(*shape, *(len(row[name]) for name in names))] = form
        return form


def _worked_out(
    dialect: Dialect, statement: Executable, row: Mapping[str, Any], *, many: bool
) -> Form | None:
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
    return Form(
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
