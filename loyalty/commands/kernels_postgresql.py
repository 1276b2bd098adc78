"""Earning and spending on PostgreSQL, one statement each.

The guarded UPDATE of the wallet takes its lock and decides; everything else follows from the row
that it returns. When it has waited for another transaction, PostgreSQL looks at the new wallet but
not at the new rows of other tables: so earning only adds; spending, which reads lots, goes on only
if the wallet's ``seq`` is still what it was when the lots were read; and whether the member is
active is asked by a function of the database's own (``member_is_active``), which looks anew: she
may have been merged while her wallet was waited for (``waking``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import TextClause, bindparam, text

from loyalty.kernel.db import Instant, Json, LocalDate
from loyalty.lots import LOTS_OF_ONE_POSTING
from loyalty.words import Contra, PostingKind

_TYPES: dict[str, Any] = {
    "lot_on": LocalDate(),
    "lapse_day": LocalDate(),
    "today": LocalDate(),
    "reasons": Json,
    "occurred_at": Instant(),
    "posted_at": Instant(),
}

_NEXT_HEAD = """encode(sha256(convert_to(concat_ws(':', wallets.head, wallets.seq + 1,
                wallets.balance {sign} CAST(:points AS bigint), CAST(:digest AS text)), 'UTF8')),
                'hex')"""
_ACTIVE = """wallets.member_id = :member_id AND wallets.unit = :unit
          AND member_is_active(wallets.member_id)"""
_NEW_SOURCE = """NOT EXISTS (
              SELECT FROM postings
              WHERE postings.member_id = :member_id AND postings.source = :source)"""


def _statement(sql: str) -> TextClause:
    names = [name for name in _TYPES if f":{name}" in sql]
    return text(sql).bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names))


HOLD = _statement(
    f"""
    SELECT wallets.seq, wallets.balance FROM wallets WHERE {_ACTIVE} FOR UPDATE
    """  # noqa: S608 - words of our own
)
"""Hold the wallet of an active member."""

EARN = _statement(
    f"""
    WITH wallet AS (
        UPDATE wallets
        SET balance = wallets.balance + CAST(:points AS bigint),
            lifetime_earned = wallets.lifetime_earned + CAST(:points AS bigint),
            seq = wallets.seq + 1,
            head = {_NEXT_HEAD.format(sign="+")}
        WHERE {_ACTIVE} AND wallets.balance >= 0
          AND {_NEW_SOURCE}
        RETURNING wallets.member_id, wallets.seq, wallets.balance, wallets.head
    ), lot AS (
        INSERT INTO lots (member_id, unit, expires_on, lot_no, granted, consumed, earned_at)
        SELECT member_id, :unit, :lot_on,
               CASE WHEN :individual THEN seq << {LOTS_OF_ONE_POSTING} ELSE 0 END,
               CAST(:points AS bigint), 0,
               CASE WHEN :individual THEN CAST(:occurred_at AS timestamptz) END
        FROM wallet
        ON CONFLICT (member_id, unit, expires_on, lot_no) DO UPDATE
        SET granted = lots.granted + excluded.granted
        RETURNING lot_no, granted - CAST(:points AS bigint) AS lo, granted AS hi
    )
    INSERT INTO postings (
        member_id, unit, seq, kind, contra, points, balance, lot_on, lot_no, lot_lo, lot_hi,
        source, request_hash, purchase_id, programme_version_id, reasons, occurred_at, posted_at,
        hash)
    SELECT wallet.member_id, :unit, wallet.seq, '{PostingKind.EARN}', '{Contra.ISSUED}',
           CAST(:points AS bigint), wallet.balance, :lot_on, lot.lot_no, lot.lo, lot.hi,
           :source, :request_hash, :purchase_id, :programme_version_id, :reasons, :occurred_at,
           :posted_at, wallet.head
    FROM wallet, lot
    RETURNING seq, balance
    """  # noqa: S608 - words and a number of our own
)
"""Give points. No row comes back, and nothing is done, if the member is not active, has a debt to
be paid first, or the source is known."""

_NOTHING_DUE = """AND NOT EXISTS (
              SELECT FROM lots
              WHERE lots.member_id = :member_id AND lots.unit = :shadow
                AND lots.expires_on <= :today AND lots.granted > lots.consumed)"""


_BURN = f"""
    WITH filled AS MATERIALIZED (
        SELECT expires_on, lot_no, granted - consumed AS rest,
               CAST(sum(granted - consumed) OVER (
                   ORDER BY expires_on, lot_no ROWS UNBOUNDED PRECEDING) AS bigint) AS upto
        FROM lots WHERE member_id = :member_id AND unit = :unit AND granted > consumed
    ), wallet AS (
        UPDATE wallets
        SET balance = wallets.balance - CAST(:points AS bigint),
            lifetime_spent = wallets.lifetime_spent + CAST(:points AS bigint),
            seq = wallets.seq + 1,
            head = {_NEXT_HEAD.format(sign="-")}
        FROM (SELECT seq FROM wallets WHERE member_id = :member_id AND unit = :unit) AS seen
        WHERE {_ACTIVE} AND wallets.seq = seen.seq
          AND wallets.balance - wallets.held >= CAST(:points AS bigint)
          AND NOT EXISTS (SELECT FROM filled WHERE expires_on <= :lapse_day OR lot_no <> 0)
          {{nothing_due}} AND {_NEW_SOURCE}
        RETURNING wallets.member_id, wallets.seq, wallets.balance, wallets.head
    ), lot AS (
        UPDATE lots SET consumed = lots.consumed + stretch.points
        FROM wallet, (
            SELECT expires_on, lot_no,
                   LEAST(rest, CAST(:points AS bigint) - upto + rest) AS points
            FROM filled WHERE upto - rest < CAST(:points AS bigint)
        ) AS stretch
        WHERE lots.member_id = wallet.member_id AND lots.unit = :unit
          AND lots.expires_on = stretch.expires_on AND lots.lot_no = stretch.lot_no
        RETURNING lots.expires_on, lots.lot_no,
                  lots.consumed - stretch.points AS lo, lots.consumed AS hi
    ), taken AS (
        INSERT INTO takes (member_id, unit, seq, expires_on, lot_no, lo, hi)
        SELECT wallet.member_id, :unit, wallet.seq, lot.expires_on, lot.lot_no, lot.lo, lot.hi
        FROM wallet, lot
    )
    INSERT INTO postings (
        member_id, unit, seq, kind, contra, points, balance, source, request_hash, purchase_id,
        programme_version_id, reasons, occurred_at, posted_at, hash)
    SELECT wallet.member_id, :unit, wallet.seq, '{PostingKind.SPEND}', '{Contra.REDEEMED}',
           - CAST(:points AS bigint), wallet.balance, :source, :request_hash, :purchase_id,
           :programme_version_id, :reasons, :occurred_at, :posted_at, wallet.head
    FROM wallet
    RETURNING seq, balance
    """  # noqa: S608 - words of our own
BURN = _statement(_BURN.format(nothing_due=""))
"""Take points. No row comes back, and nothing is done, if fewer are free, some have lapsed or are
due to arrive, lots have numbers of their own, the source is known, or the wallet has moved."""

BURN_WAITING = _statement(_BURN.format(nothing_due=_NOTHING_DUE))
"""The same where points may wait beside the wallet."""
