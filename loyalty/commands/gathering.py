"""Earning together: callers who ask at the same moment share one statement.

Whoever comes first leads: she posts for all who are waiting, then calls the next to lead. Nobody
waits for company: who comes alone is served at once, and while the database works the next batch
gathers by itself. Whom one statement cannot serve goes her own way, in her own thread, so that
nothing that is wrong with her keeps anybody else.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from loyalty.commands.at_once import earn_at_once
from loyalty.commands.at_once_many import Outcome, serve_together
from loyalty.commands.ledger import Earning, PostingReceipt
from loyalty.kernel.db import Database

MOST = 100
"""How many callers one leader serves at once."""


@dataclass(slots=True)
class _Caller:
    """Somebody who waits. Her ``turn`` comes when she is served or has to lead.

    ``outcome`` stays empty if she has to go alone.
    """

    asked: Earning
    turn: threading.Lock = field(default_factory=threading.Lock)
    served: bool = False
    outcome: Outcome | BaseException | None = None


class Gathering:
    """The earnings that the threads of one process want at the same moment."""

    def __init__(self, database: Database) -> None:
        """Post to ``database``."""
        self._database = database
        self._waiting: list[_Caller] = []
        self._led = False
        self._lock = threading.Lock()

    def earn(self, *, actor: str, asked: Earning) -> PostingReceipt:
        """Give points as ``earn_at_once`` does, in one statement with whoever asks meanwhile.

        Raises:
            UnknownMember, MemberBlocked, SourceReused: nothing was given.
            StorageUnavailable: it may have been given; ask again with the same source.
        """
        mine = _Caller(asked)
        mine.turn.acquire()
        with self._lock:
            self._waiting.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.turn.acquire()
        if not mine.served:
            self._lead(mine, actor)
        if mine.outcome is None:
            return earn_at_once(self._database, actor=actor, asked=asked)
        if isinstance(mine.outcome, BaseException):
            raise mine.outcome
        return mine.outcome

    def _lead(self, leader: _Caller, actor: str) -> None:
        """Post for all who are waiting, let them go, and call the next to lead."""
        with self._lock:
            served, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        self._serve(served, actor)
        with self._lock:
            self._led = bool(self._waiting)
            follows = self._waiting[:1]
        for one in served:
            one.served = True
        for one in (*follows, *served):
            if one is not leader:
                one.turn.release()

    def _serve(self, callers: list[_Caller], actor: str) -> None:
        """Let each member's first caller have her outcome; whoever stays without goes alone."""
        first = {one.asked.member_id: one for one in reversed(callers)}
        asked = [one.asked for one in first.values()]
        try:
            outcomes = serve_together(self._database, actor=actor, asked=asked)
        except BaseException as error:  # noqa: BLE001 - whoever waits hears what became of it
            for one in first.values():
                one.outcome = error
            return
        for one, outcome in zip(first.values(), outcomes, strict=True):
            one.outcome = outcome


def gathering_of(database: Database) -> Gathering:
    """Return the one of this process for a database."""
    with _lock:
        return _known.setdefault(database, Gathering(database))


_known: WeakKeyDictionary[Database, Gathering] = WeakKeyDictionary()
_lock = threading.Lock()
