"""Earning and spending in a transaction of their own: as a rule one round trip on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from loyalty.commands.kernels import burn, earn
from loyalty.commands.ledger import (
    Earning,
    PostingReceipt,
    Spending,
    earn_asked,
    earning_movement,
    quickly,
    spend_asked,
    spending_movement,
)
from loyalty.kernel.db import Database
from loyalty.kernel.tx import Tx


def earn_at_once(database: Database, *, actor: str, asked: Earning) -> PostingReceipt:
    """Give points as ``earn_points`` does, and commit.

    Raises:
        UnknownMember, MemberBlocked, SourceReused: nothing was given.
        StorageUnavailable: it may have been given; ask again with the same source.
    """

    def quick(tx: Tx) -> PostingReceipt | None:
        return quickly(tx, earning_movement(tx, asked), earn)

    return _at_once(database, actor, quick, lambda tx: earn_asked(tx, asked))


def spend_at_once(database: Database, *, actor: str, asked: Spending) -> PostingReceipt:
    """Take points as ``spend_points`` does, and commit.

    Raises:
        NotEnoughPoints, UnknownMember, MemberBlocked, SourceReused: nothing was taken.
        StorageUnavailable: it may have been taken; ask again with the same source.
    """

    def quick(tx: Tx) -> PostingReceipt | None:
        return quickly(tx, spending_movement(tx, asked), burn)

    return _at_once(database, actor, quick, lambda tx: spend_asked(tx, asked))


def _at_once(
    database: Database,
    actor: str,
    quick: Callable[[Tx], PostingReceipt | None],
    whole: Callable[[Tx], PostingReceipt],
) -> PostingReceipt:
    """Try the one statement; whatever it does not do, a transaction does."""
    if not database.is_sqlite:
        # The source was brought by somebody else at the same instant: the long way knows hers.
        with suppress(IntegrityError), database.alone(actor=actor) as tx:
            done = quick(tx)
            if done is not None:
                return done
    with database.begin(actor=actor) as tx:
        return whole(tx)
