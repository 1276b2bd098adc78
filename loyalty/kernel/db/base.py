"""Tables: the declarative base and the column types that both databases share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    Text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: ``timestamptz`` on PostgreSQL, microseconds since 1970 on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the storage of this database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive instants; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"an instant needs a time zone: {value!r}"
            raise ValueError(message)
        if dialect.name == "sqlite":
            return (value - _EPOCH) // _MICROSECOND
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware UTC instant."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]  # the driver gives datetime


class LocalDate(TypeDecorator[date]):
    """A local calendar day: ``date`` on PostgreSQL, ISO text on SQLite (its tables are strict)."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the storage of this database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """Store a day; an instant is refused."""
        if value is None:
            return None
        if isinstance(value, datetime):
            message = f"a day is wanted, not an instant: {value!r}"
            raise TypeError(message)
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Return a day."""
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]  # the driver gives date
        return date.fromisoformat(value)


Whole = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number: 64 bits on both databases."""

Json = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
"""A JSON document: ``jsonb`` on PostgreSQL, text on SQLite."""

Id = Text().with_variant(Text(collation="C"), "postgresql")
"""An identifier: text that compares byte by byte, so that ids sort by age on both databases."""


def _words() -> Enum:
    """Return the column type of every ``StrEnum``: its value, as text."""
    return Enum(
        StrEnum,
        native_enum=False,
        create_constraint=False,
        validate_strings=True,
        values_callable=lambda words: [word.value for word in words],
        length=40,
    )


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The base of every table. Constructors take keywords and are type-checked."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - read once by SQLAlchemy when a class is made
        int: Whole,
        bool: Boolean(create_constraint=False),
        str: Text(),
        bytes: LargeBinary(),
        date: LocalDate(),
        datetime: Instant(),
        dict[str, Any]: Json,
        list[Any]: Json,
        StrEnum: _words(),
    }
