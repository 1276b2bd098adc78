"""All that a command or query may touch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.orm import Session

from loyalty.kernel.ids import new_id
from loyalty.kernel.prepared import Parameters, answer, send
from loyalty.kernel.rows import Answer

if TYPE_CHECKING:
    from loyalty.kernel.outbox import Event


@dataclass(slots=True)
class _Behind:
    """Writes that nobody waits for; ``gathering`` while they are kept for one round trip."""

    gathering: bool = False
    writes: list[tuple[Executable, Parameters]] = field(default_factory=list)


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
    _behind: _Behind = field(default_factory=_Behind, repr=False)

    @property
    def session(self) -> Session:
        """Return the ORM's session of this transaction; the till path never needs one."""
        if self._behind.writes:
            self._send()
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
        parameters: Parameters = None,
    ) -> Answer | CursorResult[*tuple[Any, ...]]:
        """Run a Core statement on the transaction's connection: the till path, without the ORM.

        A statement that a module declares once costs a tenth of one that is built for each call.
        Pending ORM changes are not flushed first; a function uses one or the other.
        """
        if self._behind.writes:
            self._send()
        found = answer(self.connection, statement, parameters)
        return self.connection.execute(statement, parameters) if found is None else found

    def write(self, statement: Executable, parameters: Parameters = None) -> None:
        """Run a Core statement of which nobody needs the answer; see ``together``."""
        if self._behind.gathering:
            self._behind.writes.append((statement, parameters))
        else:
            self.run(statement, parameters)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what is written inside in one round trip, before the next ``run`` or at the end.

        Where a round trip costs something, that is: on PostgreSQL. A refusal of the database then
        comes out of whatever sends, and what is still kept when the block raises is never sent:
        whoever opens the block lets the transaction roll back.
        """
        if self._behind.gathering or self.dialect != "postgresql":
            yield
            return
        self._behind.gathering = True
        try:
            yield
            self._send()
        finally:
            self._behind.gathering = False
            self._behind.writes.clear()

    def _send(self) -> None:
        writes, self._behind.writes = self._behind.writes, []
        send(self.connection, writes)

    @property
    def dialect(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    def announce(self, event: Event) -> None:
        """Record ``event``. It is delivered if, and only if, this transaction commits."""
        from loyalty.kernel.outbox import ANNOUNCE  # noqa: PLC0415 - its table needs this module

        self.write(
            ANNOUNCE,
            {
                "id": self.new_id("evt"),
                "name": event.name(),
                "body": event.body(),
                "announced_at": self.now,
                "settled": False,
            },
        )
