"""Posting what a sale earns: one statement on PostgreSQL, the journal on SQLite.

Both leave the same rows; a test posts the same sales on both and compares them seal by seal. The
statement only increments and reads nothing of an older snapshot, so it needs no lock beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, text

from loyalty.chain import posting_digest
from loyalty.commands.wallets import open_wallet, write_wallets
from loyalty.errors import MemberBlocked, UnknownMember
from loyalty.journal import Cause, cause_columns
from loyalty.kernel.db import Instant, Json, LocalDate
from loyalty.kernel.tx import Tx
from loyalty.models import Member, Wallet
from loyalty.values import POINTS, MemberId, MemberState
from loyalty.words import Contra, PostingKind


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a posting left the wallet."""

    seq: int
    balance: int


def post_earning(tx: Tx, *, member_id: MemberId, points: int, lot_on: date, cause: Cause) -> Posted:
    """Give an active member ``points`` and hold her wallet until the transaction ends.

    With zero points nothing is posted, but the wallet is held all the same. The caller vouches
    that ``cause.source`` is new: the purchase's own key has been claimed before.

    Raises:
        UnknownMember, MemberBlocked: nothing was given.
    """
    if tx.dialect == "postgresql":
        return _in_one_statement(tx, member_id, points, lot_on, cause)
    journal = open_wallet(tx, member_id)
    if points:
        journal.grant(PostingKind.EARN, Contra.ISSUED, [(lot_on, points)], cause)
        write_wallets(tx, [journal])
    return Posted(journal.seq, journal.balance)


def _in_one_statement(
    tx: Tx, member_id: MemberId, points: int, lot_on: date, cause: Cause
) -> Posted:
    facts = {
        "member_id": member_id,
        "unit": POINTS,
        "kind": PostingKind.EARN.value,
        "contra": Contra.ISSUED.value,
        "points": points,
        "lot_on": lot_on,
        **cause_columns(cause),
    }
    if points:
        row = tx.run(_EARN, {**facts, "digest": posting_digest(facts)}).first()
    else:
        row = tx.run(_HOLD_WALLET, {"member_id": member_id}).first()
    if row is None:
        _refuse(tx, member_id)
    assert row is not None, "a refusal was raised"
    return Posted(row.seq, row.balance)


def _refuse(tx: Tx, member_id: MemberId) -> None:
    """Say why no wallet could be moved."""
    state = tx.run(select(Member.state).where(Member.id == member_id)).scalar()
    if state is MemberState.BLOCKED:
        raise MemberBlocked(member_id)
    raise UnknownMember(member_id)


_HOLD_WALLET = (
    select(Wallet.seq, Wallet.balance)
    .join(Member, Member.id == Wallet.member_id)
    .where(
        Wallet.member_id == bindparam("member_id"),
        Wallet.unit == POINTS,
        Member.state == MemberState.ACTIVE,
    )
    .with_for_update(of=Wallet)
)

_EARN_TYPES: dict[str, Any] = {
    "lot_on": LocalDate(),
    "reasons": Json,
    "occurred_at": Instant(),
    "posted_at": Instant(),
}

_EARN = text(
    """
    WITH wallet AS (
        UPDATE wallets
        SET balance = wallets.balance + :points,
            lifetime_earned = wallets.lifetime_earned + :points,
            seq = wallets.seq + 1,
            head = encode(sha256(convert_to(
                concat_ws(':', wallets.head, wallets.seq + 1, wallets.balance + :points,
                          CAST(:digest AS text)), 'UTF8')), 'hex')
        FROM members
        WHERE members.id = wallets.member_id AND members.state = 'active'
          AND wallets.member_id = :member_id AND wallets.unit = :unit
        RETURNING wallets.member_id, wallets.seq, wallets.balance, wallets.head,
                  LEAST(:points, GREATEST(0, :points - wallets.balance)) AS repaid
    ), lot AS (
        INSERT INTO lots (member_id, unit, expires_on, granted, consumed)
        SELECT member_id, :unit, :lot_on, :points, repaid FROM wallet
        ON CONFLICT (member_id, unit, expires_on) DO UPDATE
        SET granted = lots.granted + excluded.granted, consumed = lots.consumed + excluded.consumed
        RETURNING granted - :points AS lo, granted AS hi
    ), posting AS (
        INSERT INTO postings (
            member_id, unit, seq, kind, contra, points, balance, lot_on, lot_lo, lot_hi, source,
            request_hash, reverses_seq, purchase_id, programme_version_id, reasons,
            occurred_at, posted_at, hash)
        SELECT wallet.member_id, :unit, wallet.seq, :kind, :contra, :points, wallet.balance,
               :lot_on, lot.lo, lot.hi, :source, :request_hash, :reverses_seq, :purchase_id,
               :programme_version_id, :reasons, :occurred_at, :posted_at, wallet.head
        FROM wallet, lot
    ), debt AS (
        INSERT INTO takes (member_id, unit, seq, expires_on, lo, hi)
        SELECT wallet.member_id, :unit, wallet.seq, :lot_on, lot.lo, lot.lo + wallet.repaid
        FROM wallet, lot WHERE wallet.repaid > 0
    )
    SELECT wallet.seq, wallet.balance FROM wallet, lot
    """
).bindparams(*(bindparam(name, type_=type_) for name, type_ in _EARN_TYPES.items()))
