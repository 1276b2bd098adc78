"""The two movements that matter for speed, each as short as its database lets it be.

``earn`` fills one lot of an active member's default wallet, ``burn`` empties lots in the order of
use. On PostgreSQL each is one statement that locks, decides, counts, seals and posts
(``kernels_postgresql``); on SQLite a few short ones (``kernels_sqlite``). Both leave the same rows
as the journal, which serves whatever they do not: a debt, lapsed points, points that are due, a
source that is known, a member who may not. What they do not serve they do not touch, and the
statement itself decides that, under the wallet's lock.
"""

from __future__ import annotations

from typing import Any

from loyalty.chain import posting_digest
from loyalty.commands import kernels_postgresql, kernels_sqlite
from loyalty.commands.movements import Movement, Posted
from loyalty.journal import cause_columns
from loyalty.kernel.tx import Tx
from loyalty.programme import Programme, shadow_of
from loyalty.queries.programme import BookRules
from loyalty.values import MemberId
from loyalty.words import Contra, PostingKind


def is_plain(programme: Programme, rules: BookRules, unit: str) -> bool:
    """Tell whether a movement of this wallet brings nothing about but itself.

    Only the default wallet is the member's mutex; a wallet that is cleared when nothing happens
    keeps the day; a milestone is written to the member.
    """
    if unit != rules.main_unit or programme.messages.milestones:
        return False
    return rules.rule(unit).expiry.inactive_months is None


def earn(tx: Tx, move: Movement) -> Posted | None:
    """Give what was earned, in the lot of its day; ``None``: nothing was done, go the long way.

    In a transaction of several statements the caller holds the wallet (``hold``), unless nobody
    else can bring the same source.

    Raises:
        IntegrityError: somebody brought the same source at the same instant.
    """
    if tx.dialect == "sqlite":
        return kernels_sqlite.earn(tx, move)
    facts = _facts(move, PostingKind.EARN, Contra.ISSUED, move.points)
    lot_on = move.rule.expiry.expires_on(move.day)
    digest = posting_digest(facts | {"lot_on": lot_on})
    given = facts | {"lot_on": lot_on, "digest": digest, "individual": move.rule.individual}
    return _read(tx.run(kernels_postgresql.EARN, given))


def burn(tx: Tx, move: Movement) -> Posted | None:
    """Take points that may be spent; ``None``: nothing was done, go the long way.

    Lots of their own, one a grant, are left to the long way on PostgreSQL.

    Raises:
        IntegrityError: somebody brought the same source at the same instant.
    """
    if tx.dialect == "sqlite":
        return kernels_sqlite.burn(tx, move)
    if move.rule.individual:
        return None
    facts = _facts(move, PostingKind.SPEND, Contra.REDEEMED, -move.points)
    given = facts | {
        "points": move.points,
        "digest": posting_digest(facts | {"lot_on": None}),
        "lapse_day": move.rule.gone_day(move.day),
    }
    if move.waiting:
        given |= {"shadow": shadow_of(move.unit), "today": move.day}
    statement = kernels_postgresql.BURN_WAITING if move.waiting else kernels_postgresql.BURN
    return _read(tx.run(statement, given))


def hold(tx: Tx, member_id: MemberId, unit: str) -> Posted | None:
    """Hold an active member's wallet until the transaction ends; ``None``: there is none."""
    statement = kernels_postgresql.HOLD if tx.dialect == "postgresql" else kernels_sqlite.HOLD
    return _read(tx.run(statement, {"member_id": member_id, "unit": unit}))


def _facts(move: Movement, kind: PostingKind, contra: Contra, points: int) -> dict[str, Any]:
    return {
        "member_id": move.member_id,
        "unit": move.unit,
        "kind": kind.value,
        "contra": contra.value,
        "points": points,
        **cause_columns(move.cause),
    }


def _read(answer: Any) -> Posted | None:
    row = answer.first()
    return None if row is None else Posted(row.seq, row.balance)
