"""Earning and spending on SQLite: the journal's own arithmetic between a few short statements.

The transaction has the database's only write lock, so what was read stays true until it is written.
"""

from __future__ import annotations

from sqlalchemy import bindparam, exists, select

from loyalty.commands.movements import Movement, Posted
from loyalty.commands.wallets import write_wallets
from loyalty.journal import Journal
from loyalty.kernel.tx import Tx
from loyalty.lots import POOL, Lot, LotKey
from loyalty.models import Lot as LotRow
from loyalty.models import Member, Posting, Wallet
from loyalty.programme import shadow_of
from loyalty.values import MemberState
from loyalty.words import Contra, PostingKind


def earn(tx: Tx, move: Movement) -> Posted | None:
    """Give points; ``None`` if there is a debt, the source is known, or she may not earn."""
    journal = _open(tx, move)
    if journal is None or journal.balance < 0:
        return None
    lot_on = move.rule.expiry.expires_on(move.day)
    if not move.rule.individual:
        key = {"member_id": move.member_id, "unit": move.unit, "lot_on": lot_on}
        row = tx.run(_POOL, key).first()
        if row is not None:
            journal.lots[LotKey(lot_on)] = Lot(lot_on, *row)
    posted = journal.grant(PostingKind.EARN, Contra.ISSUED, [(lot_on, move.points)], move.cause)
    write_wallets(tx, [journal])
    return Posted(posted["seq"], posted["balance"])


def burn(tx: Tx, move: Movement) -> Posted | None:
    """Take points; ``None`` if fewer are free, some have lapsed or are due, or as ``earn``."""
    journal = _open(tx, move)
    if journal is None or journal.balance - journal.held < move.points:
        return None
    shadow, gone = shadow_of(move.unit), move.rule.gone_day(move.day)
    units = {"member_id": move.member_id, "unit": move.unit, "shadow": shadow}
    for unit, *lot in tx.run(_LOTS, units):
        state = Lot(*lot)
        if state.expires_on <= (gone if unit == move.unit else move.day):
            return None
        if unit == move.unit:
            journal.lots[state.key] = state
    posted = journal.take(PostingKind.SPEND, Contra.REDEEMED, move.points, move.cause)
    write_wallets(tx, [journal])
    return Posted(posted["seq"], posted["balance"])


def _open(tx: Tx, move: Movement) -> Journal | None:
    """Return the journal of an active member's wallet, without lots, if the source is new."""
    key = {"member_id": move.member_id, "unit": move.unit, "source": move.cause.source}
    row = tx.run(_WALLET, key).first()
    if row is None:
        return None
    return Journal(move.member_id, move.unit, **row._asdict(), rule=move.rule)


HOLD = (
    select(Wallet.seq, Wallet.balance)
    .join(Member, Member.id == Wallet.member_id)
    .where(
        Wallet.member_id == bindparam("member_id"),
        Wallet.unit == bindparam("unit"),
        Member.state == MemberState.ACTIVE,
    )
)
"""Read the wallet of an active member; the transaction holds the whole database."""

_WALLET = (
    select(
        Wallet.balance,
        Wallet.held,
        Wallet.lifetime_earned,
        Wallet.lifetime_spent,
        Wallet.seq,
        Wallet.head,
        Wallet.floor,
        Wallet.active_on,
    )
    .join(Member, Member.id == Wallet.member_id)
    .where(
        Wallet.member_id == bindparam("member_id"),
        Wallet.unit == bindparam("unit"),
        Member.state == MemberState.ACTIVE,
        ~exists().where(
            Posting.member_id == bindparam("member_id"), Posting.source == bindparam("source")
        ),
    )
)
_POOL = select(LotRow.granted, LotRow.consumed).where(
    LotRow.member_id == bindparam("member_id"),
    LotRow.unit == bindparam("unit"),
    LotRow.expires_on == bindparam("lot_on"),
    LotRow.lot_no == POOL,
)
_LOTS = select(
    LotRow.unit,
    LotRow.expires_on,
    LotRow.granted,
    LotRow.consumed,
    LotRow.lot_no,
    LotRow.earned_at,
).where(
    LotRow.member_id == bindparam("member_id"),
    LotRow.unit.in_((bindparam("unit"), bindparam("shadow"))),
    LotRow.granted > LotRow.consumed,
)
