"""What has moved since a mark was set: raw postings, and one figure for all of the books."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Table, select

from loyalty.kernel.db import Base
from loyalty.kernel.tx import Tx
from loyalty.models import Posting, Wallet
from loyalty.programme import is_hidden
from loyalty.queries.programme import current_programme
from loyalty.values import MemberId, PurchaseId
from loyalty.words import Contra, PostingKind

Marks: TypeAlias = Mapping[tuple[MemberId, str], int]
"""The number of the last posting of wallets."""

_MOVING = (
    "wallets",
    "lots",
    "holds",
    "tier_credits",
    "tier_standings",
    "voucher_progress",
    "vouchers",
    "purchases",
    "purchase_returns",
    "members",
    "cards",
    "redemptions",
    "reward_stock",
    "reward_uses",
    "gift_cards",
    "adjustments",
    "referrals",
    "member_messages",
    "transfers",
    "household_members",
    "merges",
)
"""Tables whose rows say where everything stands; those that are not there are left out."""


@dataclass(frozen=True, slots=True)
class RawPosting:
    """A posting as it stands in the ledger; ``balance`` is the wallet's after it."""

    unit: str
    seq: int
    kind: PostingKind
    contra: Contra
    points: int
    balance: int
    source: str
    purchase_id: PurchaseId | None
    occurred_at: datetime
    posted_at: datetime


def seq_marks(tx: Tx, member_ids: Sequence[MemberId]) -> dict[tuple[MemberId, str], int]:
    """Return how far the wallets of members have come."""
    rows = tx.run(
        select(Wallet.member_id, Wallet.unit, Wallet.seq).where(Wallet.member_id.in_(member_ids))
    )
    return {(row.member_id, row.unit): row.seq for row in rows}


def postings_since(
    tx: Tx, member_id: MemberId, marks: Marks | None = None, *, shadows: bool = False
) -> tuple[RawPosting, ...]:
    """Return a member's postings after ``marks``, or all: the default wallet's first, by number.

    Those of waiting points are left out, unless ``shadows`` are wanted.
    """
    main = current_programme(tx).main_unit
    rows = tx.run(
        select(
            Posting.unit,
            Posting.seq,
            Posting.kind,
            Posting.contra,
            Posting.points,
            Posting.balance,
            Posting.source,
            Posting.purchase_id,
            Posting.occurred_at,
            Posting.posted_at,
        )
        .where(Posting.member_id == member_id)
        .order_by(Posting.unit != main, Posting.unit, Posting.seq)
    )
    found = [RawPosting(*row) for row in rows]
    return tuple(
        one
        for one in found
        if one.seq > (marks or {}).get((member_id, one.unit), 0)
        and (shadows or not is_hidden(one.unit))
    )


def books_mark(tx: Tx) -> str:
    """Return one digest of everything that may move; the same digest means that nothing did."""
    digest = hashlib.sha256()
    for name in _MOVING:
        table = Base.metadata.tables.get(name)
        if isinstance(table, Table):
            digest.update(name.encode())
            rows = select(table).order_by(*table.primary_key.columns)
            if "training" in table.c:
                rows = rows.where(table.c.training.is_(False))  # practice is no business
            for row in tx.run(rows):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()
