"""All that a command or query may touch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Executable, Select, Transaction
from sqlalchemy.orm import Session

from loyalty.kernel.ids import new_id
from loyalty.kernel.prepared import Asked, Parameters, answer, one_trip
from loyalty.kernel.rows import Answer

if TYPE_CHECKING:
    from loyalty.kernel.outbox import Event


@dataclass(slots=True)
class _Kept:
    """What saves round trips: writes that are not sent yet, answers that came before a question.

    ``gathering`` while writes are kept.
    """

    gathering: bool = False
    writes: list[Asked] = field(default_factory=list)
    answers: list[tuple[Asked, Answer]] = field(default_factory=list)


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
    _kept: _Kept = field(default_factory=_Kept, repr=False)

    @property
    def session(self) -> Session:
        """Return the ORM's session of this transaction; the till path never needs one."""
        self._send()
        if not self._opened:
            self._opened.append(
                Session(self.connection, autoflush=self.autoflush, expire_on_commit=False)
            )
        return self._opened[0]

    def flush(self) -> None:
        """Write what the ORM or ``together`` still hold back."""
        for session in self._opened:
            session.flush()
        self._send()

    def commit(self, transaction: Transaction) -> None:
        """Commit, in one round trip with what ``together`` still holds back."""
        for session in self._opened:
            session.flush()
        writes, self._kept.writes = self._kept.writes, []
        if writes:
            one_trip(self.connection, writes, and_commit=True)
        transaction.commit()

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
        kept = self._kept
        if kept.answers and (came := self._came_before((statement, parameters))):
            return came
        if kept.writes:
            self._send()
        found = answer(self.connection, statement, parameters)
        return self.connection.execute(statement, parameters) if found is None else found

    def ask_ahead(self, *questions: Asked) -> None:
        """Ask in one round trip what ``run`` will be asked next, word for word.

        Only where a round trip costs something: on PostgreSQL. An answer is given once, and none
        outlives a change.
        """
        if self.dialect == "postgresql":
            self.flush()
            answers = one_trip(self.connection, questions)
            self._kept.answers[:] = zip(questions, answers, strict=False)

    def write(self, statement: Executable, parameters: Parameters = None) -> None:
        """Run a Core statement of which nobody needs the answer; see ``together``."""
        if self._kept.gathering:
            self._kept.writes.append((statement, parameters))
        else:
            self.run(statement, parameters)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Keep what is written inside for one round trip: before the next ``run``, or the commit.

        Only where a round trip costs something: on PostgreSQL. A refusal of the database then comes
        out of whatever sends, and what is kept when the block raises is never sent: whoever opens
        the block lets the transaction roll back.
        """
        if self._kept.gathering or self.dialect != "postgresql":
            yield
            return
        self._kept.gathering = True
        try:
            yield
        except BaseException:
            self._kept.writes.clear()
            raise
        finally:
            self._kept.gathering = False

    def _send(self) -> None:
        writes, self._kept.writes = self._kept.writes, []
        if len(writes) == 1:
            self.run(*writes[0])
        elif writes:
            one_trip(self.connection, writes)

    def _came_before(self, asked: Asked) -> Answer | None:
        """Return the answer to a question that was asked ahead; a change makes all of them old."""
        answers = self._kept.answers
        for place, (question, found) in enumerate(answers):
            if question[0] is asked[0] and question[1] == asked[1]:
                del answers[place]
                return found
        if not isinstance(asked[0], Select):
            answers.clear()
        return None

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
