"""Compiled documents held in memory, and the numbers that tell when they have changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.clock import monotonic
from loyalty.kernel.db.base import Base
from loyalty.kernel.tx import Tx

T = TypeVar("T")
_touched: dict[str, int] = {}
"""How often this process itself has moved a topic, so that it asks again at once."""


class Revision(Base):
    """How often the documents of a topic have changed."""

    __tablename__ = "revisions"

    topic: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=1)


def bump(tx: Tx, topic: str) -> None:
    """Say that the documents of ``topic`` change with this transaction."""
    _touched[topic] = _touched.get(topic, 0) + 1
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    tx.run(
        insert(Revision)
        .values(topic=topic, number=1)
        .on_conflict_do_update(index_elements=["topic"], set_={"number": Revision.number + 1})
    )


def moves() -> int:
    """Return how often this process has moved any topic."""
    return sum(_touched.values())


def revision(tx: Tx, topic: str) -> int:
    """Return the number of ``topic``; zero before anything was written."""
    found = tx.run(select(Revision.number).where(Revision.topic == topic)).scalar()
    return int(found or 0)


@dataclass(slots=True)
class _Held(Generic[T]):
    """What one database's documents compiled to, and when the number was last asked for."""

    number: int
    touched: int
    asked_at: float
    compiled: T


class Compiled(Generic[T]):
    """Something compiled from the documents of a topic, kept until the topic moves.

    The number is asked for at most once every ``seconds``: a change is seen by every other
    process within that time (by this one at once), and the till pays nothing for it in between.
    """

    def __init__(self, topic: str, compile_: Callable[[Tx], T], *, seconds: float = 1.0) -> None:
        """Compile with ``compile_`` whenever ``topic`` has moved."""
        self.topic = topic
        self.seconds = seconds
        self._compile = compile_
        self._lock = threading.Lock()
        self._held: WeakKeyDictionary[Pool, _Held[T]] = WeakKeyDictionary()

    def get(self, tx: Tx) -> T:
        """Return the compiled documents of the transaction's database, at most ``seconds`` old."""
        pool = tx.connection.engine.pool
        held = self._held.get(pool)
        touched = _touched.get(self.topic, 0)
        if held is not None and held.touched == touched and self._is_fresh(held):
            return held.compiled
        with self._lock:
            number = revision(tx, self.topic)
            same = held is not None and held.number == number
            compiled = held.compiled if held is not None and same else self._compile(tx)
            self._held[pool] = _Held(number, touched, monotonic(), compiled)
            return compiled

    def _is_fresh(self, held: _Held[T]) -> bool:
        return monotonic() - held.asked_at < self.seconds
