"""SQLite made strict: every table is STRICT and every column has one of its four types."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Enum,
    LargeBinary,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy.ext.compiler import compiles


@compiles(JSON, "sqlite")
@compiles(String, "sqlite")
@compiles(Text, "sqlite")
@compiles(Date, "sqlite")
@compiles(Enum, "sqlite")
def _text(type_: Any, compiler: Any, **options: Any) -> str:
    del type_, compiler, options
    return "TEXT"


@compiles(BigInteger, "sqlite")
@compiles(Boolean, "sqlite")
def _integer(type_: Any, compiler: Any, **options: Any) -> str:
    del type_, compiler, options
    return "INTEGER"


@compiles(LargeBinary, "sqlite")
def _blob(type_: Any, compiler: Any, **options: Any) -> str:
    del type_, compiler, options
    return "BLOB"


def make_strict(table: Table) -> None:
    """Ask SQLite to refuse values of another type than the column's."""
    table.dialect_options["sqlite"]["strict"] = True


@event.listens_for(Table, "after_parent_attach")
def _on_attach(table: Table, metadata: Any) -> None:
    del metadata
    make_strict(table)
