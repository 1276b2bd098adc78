"""Earning of many members on PostgreSQL, in one statement.

The wallets are locked in the order of their members, all of them before anything is written, and
nobody waits for a wallet that somebody else holds: it is left out, so that neither another batch
nor one slow till keeps the others. A member stands in a batch once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from loyalty.chain import posting_digest
from loyalty.commands.movements import Movement, Posted
from loyalty.journal import cause_columns
from loyalty.kernel.tx import Tx
from loyalty.lots import LOTS_OF_ONE_POSTING
from loyalty.values import MemberId
from loyalty.words import Contra, PostingKind

_COLUMNS = {
    "member_id": "text",
    "points": "bigint",
    "lot_on": "date",
    "source": "text",
    "request_hash": "text",
    "digest": "text",
    "programme_version_id": "text",
    "reasons": "text",
    "occurred_at": "timestamptz",
    "posted_at": "timestamptz",
}
_ASKED = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())

EARN_MANY = text(
    f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest({_ASKED}) AS asked({", ".join(_COLUMNS)})
    ), held AS MATERIALIZED (
        SELECT wallets.member_id
        FROM asked JOIN wallets ON wallets.member_id = asked.member_id AND wallets.unit = :unit
        WHERE wallets.balance >= 0 AND member_is_active(wallets.member_id)
          AND (
              SELECT true FROM postings
              WHERE postings.member_id = asked.member_id AND postings.source = asked.source
          ) IS NULL
        ORDER BY wallets.member_id
        FOR UPDATE OF wallets SKIP LOCKED
    ), wallet AS (
        UPDATE wallets
        SET balance = wallets.balance + asked.points,
            lifetime_earned = wallets.lifetime_earned + asked.points,
            seq = wallets.seq + 1,
            head = encode(sha256(convert_to(concat_ws(':', wallets.head, wallets.seq + 1,
                wallets.balance + asked.points, asked.digest), 'UTF8')), 'hex')
        FROM held JOIN asked ON asked.member_id = held.member_id
        WHERE wallets.member_id = held.member_id AND wallets.unit = :unit
        RETURNING wallets.member_id, wallets.seq, wallets.balance, wallets.head, asked.points,
                  asked.lot_on, asked.source, asked.request_hash, asked.programme_version_id,
                  asked.reasons, asked.occurred_at, asked.posted_at,
                  CASE WHEN :individual THEN wallets.seq << {LOTS_OF_ONE_POSTING} ELSE 0 END
                      AS lot_no
    ), lot AS (
        INSERT INTO lots (member_id, unit, expires_on, lot_no, granted, consumed, earned_at)
        SELECT member_id, :unit, lot_on, lot_no, points, 0,
               CASE WHEN :individual THEN occurred_at END
        FROM wallet
        ON CONFLICT (member_id, unit, expires_on, lot_no) DO UPDATE
        SET granted = lots.granted + excluded.granted
        RETURNING member_id, granted
    )
    INSERT INTO postings (
        member_id, unit, seq, kind, contra, points, balance, lot_on, lot_no, lot_lo, lot_hi,
        source, request_hash, programme_version_id, reasons, occurred_at, posted_at, hash)
    SELECT wallet.member_id, :unit, wallet.seq, '{PostingKind.EARN}', '{Contra.ISSUED}',
           wallet.points, wallet.balance, wallet.lot_on, wallet.lot_no,
           lot.granted - wallet.points, lot.granted, wallet.source, wallet.request_hash,
           wallet.programme_version_id, CAST(wallet.reasons AS jsonb), wallet.occurred_at,
           wallet.posted_at, wallet.head
    FROM wallet JOIN lot ON lot.member_id = wallet.member_id
    RETURNING member_id, seq, balance
    """  # noqa: S608 - words and names of our own
)
"""Give points to many. Who comes back has them; for the others nothing was done.

Whether a source is known is asked member by member: as a join it would read the whole ledger as
soon as that seemed cheaper.
"""


def earn_many(tx: Tx, moves: Sequence[Movement]) -> dict[MemberId, Posted]:
    """Give points to members, each named once, in one wallet; return those who have got them.

    The others are in a state that this way does not serve, as ``kernels.earn`` tells.

    Raises:
        IntegrityError: somebody brought one of the sources at the same instant; nothing was done.
    """
    rows = [_facts(move) for move in moves]
    given: dict[str, Any] = {name: [row[name] for row in rows] for name in _COLUMNS}
    given |= {"unit": moves[0].unit, "individual": moves[0].rule.individual}
    answer = tx.run(EARN_MANY, given)
    return {row.member_id: Posted(row.seq, row.balance) for row in answer}


def _facts(move: Movement) -> dict[str, Any]:
    facts = {
        "member_id": move.member_id,
        "unit": move.unit,
        "kind": PostingKind.EARN.value,
        "contra": Contra.ISSUED.value,
        "points": move.points,
        "lot_on": move.rule.expiry.expires_on(move.day),
        **cause_columns(move.cause),
    }
    reasons = json.dumps(facts["reasons"], ensure_ascii=False) if facts["reasons"] else "[]"
    return facts | {"digest": posting_digest(facts), "reasons": reasons}
