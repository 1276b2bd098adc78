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
from loyalty.commands.wallets import open_member, write_wallets
from loyalty.journal import Cause, cause_columns
from loyalty.kernel.db import Instant, Json, LocalDate
from loyalty.kernel.tx import Tx
from loyalty.lots import LOTS_OF_ONE_POSTING
from loyalty.models import Member, Wallet
from loyalty.programme import Programme, shadow_of
from loyalty.queries.programme import BookRules, book_rules
from loyalty.settling import book_purchase, waits_until
from loyalty.values import MemberId, MemberState
from loyalty.words import Contra, PostingKind


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a posting left the wallet."""

    seq: int
    balance: int


def post_earning(
    tx: Tx,
    *,
    member_id: MemberId,
    programme: Programme,
    points: int,
    day: date,
    cause: Cause,
    unit: str | None = None,
) -> Posted:
    """Give an active member what her purchase of ``day`` earns, and hold her default wallet.

    With zero points nothing is posted, but the wallet is held all the same, until the transaction
    ends. The caller vouches that ``cause.source`` is new: the purchase's own key has been claimed
    before. Where points wait, or wallets know when they were used, it takes the longer way.

    Raises:
        UnknownMember, MemberBlocked: nothing was given.
    """
    rules = book_rules(tx)
    unit = unit or rules.main_unit
    if tx.dialect == "postgresql" and _is_plain(programme, rules, unit):
        lot_on = rules.rule(unit).expiry.expires_on(day)
        posted = _in_one_statement(tx, (member_id, unit), points, lot_on, cause)
        if posted is not None:
            return posted
    waiting = [shadow_of(unit)] if waits_until(programme, unit, day) is not None else []
    journals = open_member(tx, member_id, [unit, *rules.idle, *waiting])
    book_purchase(journals, programme, unit=unit, points=points, day=day, cause=cause)
    write_wallets(tx, journals.values())
    return Posted(journals[unit].seq, journals[unit].balance)


def _is_plain(programme: Programme, rules: BookRules, unit: str) -> bool:
    """Tell whether a purchase does no more than fill a lot of the member's mutex."""
    nothing_waits = programme.pending is None and not rules.shadows
    if programme.messages.milestones:
        return False
    return unit == rules.main_unit and nothing_waits and not rules.idle


def _in_one_statement(
    tx: Tx, wallet: tuple[MemberId, str], points: int, lot_on: date, cause: Cause
) -> Posted | None:
    """Post and hold at once; ``None`` when the member has no such wallet, or may not earn."""
    member_id, unit = wallet
    facts = {
        "member_id": member_id,
        "unit": unit,
        "kind": PostingKind.EARN.value,
        "contra": Contra.ISSUED.value,
        "points": points,
        "lot_on": lot_on,
        **cause_columns(cause),
    }
    if points:
        individual = book_rules(tx).rule(unit).individual
        sealed = {**facts, "digest": posting_digest(facts), "individual": individual}
        row = tx.run(_EARN, sealed).first()
    else:
        row = tx.run(_HOLD_WALLET, {"member_id": member_id, "unit": unit}).first()
    return None if row is None else Posted(row.seq, row.balance)


_HOLD_WALLET = (
    select(Wallet.seq, Wallet.balance)
    .join(Member, Member.id == Wallet.member_id)
    .where(
        Wallet.member_id == bindparam("member_id"),
        Wallet.unit == bindparam("unit"),
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
    f"""
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
        INSERT INTO lots (member_id, unit, expires_on, lot_no, granted, consumed, earned_at)
        SELECT member_id, :unit, :lot_on,
               CASE WHEN :individual THEN wallet.seq << {LOTS_OF_ONE_POSTING} ELSE 0 END,
               :points, repaid,
               CASE WHEN :individual THEN CAST(:occurred_at AS timestamptz) END
        FROM wallet
        ON CONFLICT (member_id, unit, expires_on, lot_no) DO UPDATE
        SET granted = lots.granted + excluded.granted, consumed = lots.consumed + excluded.consumed
        RETURNING lot_no, granted - :points AS lo, granted AS hi
    ), posting AS (
        INSERT INTO postings (
            member_id, unit, seq, kind, contra, points, balance, lot_on, lot_no, lot_lo, lot_hi,
            source, request_hash, reverses_seq, purchase_id, programme_version_id, reasons,
            occurred_at, posted_at, hash)
        SELECT wallet.member_id, :unit, wallet.seq, :kind, :contra, :points, wallet.balance,
               :lot_on, lot.lot_no, lot.lo, lot.hi, :source, :request_hash, :reverses_seq,
               :purchase_id, :programme_version_id, :reasons, :occurred_at, :posted_at,
               wallet.head
        FROM wallet, lot
    ), debt AS (
        INSERT INTO takes (member_id, unit, seq, expires_on, lot_no, lo, hi)
        SELECT wallet.member_id, :unit, wallet.seq, :lot_on, lot.lot_no, lot.lo,
               lot.lo + wallet.repaid
        FROM wallet, lot WHERE wallet.repaid > 0
    )
    SELECT wallet.seq, wallet.balance FROM wallet, lot
    """  # noqa: S608 - a number of our own
).bindparams(*(bindparam(name, type_=type_) for name, type_ in _EARN_TYPES.items()))
