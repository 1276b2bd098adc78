"""All that a command or query may touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.orm import Session

from loyalty.kernel.ids import new_id
from loyalty.kernel.prepared import answer
from loyalty.kernel.rows import Answer

if TYPE_CHECKING:
    from loyalty.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction. Inside one, ``now`` never changes.

    ``actor`` says on whose behalf it runs. Only ``Database`` makes one and ends it. ``alone`` means
    that each statement is committed by itself.
    """

    connection: Connection
    now: datetime
    actor: str
    autoflush: bool = True
    alone: bool = False
    _opened: list[Session] = field(default_factory=list, repr=False)

    @property
    def session(self) -> Session:
        """Return the ORM's session of this transaction; the till path never needs one."""
        if not self._opened:
            self._opened.append(
                Session(self.connection, autoflush=self.autoflush, expire_on_commit=False)
            )
        return self._opened[0]

    def flush(self) -> None:
        """Write what the ORM still holds back."""
        for session in self._opened:
            session.flush()

    def close(self) -> None:
        """Let the ORM forget everything; whoever opened the connection ends the transaction."""
        for session in self._opened:
            session.close()

    def new_id(self, prefix: str) -> str:
        """Return a fresh identifier such as ``mbr_01k9x3...``."""
        return new_id(prefix, self.now)

    def run(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> Answer | CursorResult[*tuple[Any, ...]]:
        """Run a Core statement on the transaction's connection: the till path, without the ORM.

        A statement that a module declares once costs a tenth of one that is built for each call.
        Pending ORM changes are not flushed first; a function uses one or the other.
        """
        found = answer(self.connection, statement, parameters)
        return self.connection.execute(statement, parameters) if found is None else found

    @property
    def dialect(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    def announce(self, event: Event) -> None:
        """Record ``event``. It is delivered if, and only if, this transaction commits."""
        from loyalty.kernel.outbox import ANNOUNCE  # noqa: PLC0415 - its table needs this module

        self.run(
            ANNOUNCE,
            {
                "id": self.new_id("evt"),
                "name": event.name(),
                "body": event.body(),
                "announced_at": self.now,
                "settled": False,
            },
        )
