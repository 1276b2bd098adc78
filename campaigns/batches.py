"""Conditions over a batch of values, in one parameter each.

A list of a hundred parameters is written, cached and parsed anew for each length of the list; an
array (PostgreSQL) or a JSON list (SQLite) is one parameter whatever its length, so that a
statement on the sender's path is built once per process.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Text, any_, bindparam, column, func, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute

from loyalty.kernel.tx import Tx

_ARRAY = postgresql.ARRAY(Text)


def among(dialect: str, attribute: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a text column holds one of the values in parameter ``name``."""
    if dialect == "postgresql":
        return attribute == any_(bindparam(name, type_=_ARRAY))
    return attribute.in_(_each(bindparam(name, type_=Text)))


def among_these(
    tx: Tx, attribute: InstrumentedAttribute[Any], values: Iterable[str]
) -> ColumnElement[bool]:
    """Return the condition that a text column holds one of ``values``; never true for none."""
    if tx.dialect == "postgresql":
        return attribute == any_(literal(list(values), _ARRAY))
    return attribute.in_(_each(literal(packed(tx, values), Text)))


def packed(tx: Tx, values: Iterable[str]) -> Any:
    """Return values as the parameter that ``among`` wants."""
    return list(values) if tx.dialect == "postgresql" else json.dumps(list(values))


def _each(listed: ColumnElement[str]) -> Any:
    """Return the SQL of the values of a JSON list."""
    return select(func.json_each(listed).table_valued(column("value", Text)).c.value)
