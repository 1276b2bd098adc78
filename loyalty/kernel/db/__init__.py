"""The database: tables, transactions, and the two engines behind them."""

from __future__ import annotations

from loyalty.kernel.db import strict as _strict  # makes every SQLite table strict
from loyalty.kernel.db.append_only import append_only
from loyalty.kernel.db.base import Base, Id, Instant, Json, LocalDate, Whole
from loyalty.kernel.db.database import Database

__all__ = [
    "Base",
    "Database",
    "Id",
    "Instant",
    "Json",
    "LocalDate",
    "Whole",
    "append_only",
]
del _strict
