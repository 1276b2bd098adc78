"""Earning of many at once: one statement for all who may, everybody else alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy.exc import IntegrityError

from loyalty.commands.at_once import earn_at_once
from loyalty.commands.kernels_batch import earn_many
from loyalty.commands.ledger import Earning, PostingReceipt, earn_asked, earning_movement
from loyalty.commands.movements import Posted
from loyalty.kernel.db import Database
from loyalty.kernel.problems import Problem
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId

Outcome: TypeAlias = PostingReceipt | Problem
"""What became of one of many: her receipt, or why not."""

MOST = 500
"""How many members one statement serves."""


def earn_many_at_once(database: Database, *, actor: str, asked: Sequence[Earning]) -> list[Outcome]:
    """Give points to many members and commit; each answer is as if it had been asked alone.

    On PostgreSQL those who can be served in one statement are; whatever a member's books or a
    known source ask for is done in a transaction of its own. None of them spoils another's.

    Raises:
        StorageUnavailable: some may have been given; ask again with the same sources.
    """
    answers: dict[int, Outcome] = {}
    waiting = list(range(len(asked)))
    while waiting:
        now, waiting = _once_each(asked, waiting)
        served = serve_together(database, actor=actor, asked=[asked[place] for place in now])
        for place, answer in zip(now, served, strict=True):
            answers[place] = answer or _alone(database, actor, asked[place])
    return [answers[place] for place in range(len(asked))]


def serve_together(
    database: Database, *, actor: str, asked: Sequence[Earning]
) -> list[Outcome | None]:
    """Give points to members, each named once, in one statement; ``None``: ask for her alone.

    She may be in a state that one statement does not serve, or her wallet is held by somebody
    else just now: nobody waits for it here. On SQLite everybody is served, in one transaction.

    Raises:
        StorageUnavailable: some may have been given; ask again with the same sources.
    """
    if database.is_sqlite:
        with database.begin(actor=actor) as tx:
            return [_outcome(tx, one) for one in asked]
    try:
        with database.alone(actor=actor) as tx:
            done = _served(tx, asked)
    except IntegrityError:  # somebody else brought one of the sources at the same instant
        done = {}
    return [
        PostingReceipt(posted.seq, one.points, posted.balance)
        if (posted := done.get(one.member_id)) is not None
        else None
        for one in asked
    ]


def _once_each(asked: Sequence[Earning], waiting: list[int]) -> tuple[list[int], list[int]]:
    """Return whom one statement may serve, each member once, and who waits for the next."""
    now: dict[MemberId, int] = {}
    later = []
    for place in waiting:
        member_id = asked[place].member_id
        if member_id in now or len(now) == MOST:
            later.append(place)
        else:
            now[member_id] = place
    return list(now.values()), later


def _served(tx: Tx, asked: Sequence[Earning]) -> dict[MemberId, Posted]:
    """Give points in one statement, as far as the programme lets it be one."""
    plain = [move for one in asked if (move := earning_movement(tx, one)).plain]
    return earn_many(tx, plain) if plain else {}


def _outcome(tx: Tx, asked: Earning) -> Outcome:
    """Give points; a refusal comes before anything is written."""
    try:
        return earn_asked(tx, asked)
    except Problem as problem:
        return problem


def _alone(database: Database, actor: str, asked: Earning) -> Outcome:
    try:
        return earn_at_once(database, actor=actor, asked=asked)
    except Problem as problem:
        return problem
