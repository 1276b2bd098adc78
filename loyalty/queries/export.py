"""Everything that is kept of a member, for her to take away."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import MemberIdentity, Posting, Purchase, PurchaseLine, PurchaseReturn
from loyalty.queries.cards import cards_of
from loyalty.queries.consents import consent_history
from loyalty.queries.happening import messages_of
from loyalty.queries.membership import membership
from loyalty.queries.redemptions import member_redemptions
from loyalty.queries.tiers import tier_steps
from loyalty.queries.transfers import transfers_of
from loyalty.queries.voucher_story import voucher_story
from loyalty.queries.wallets import wallets_of
from loyalty.values import MemberId

FORMAT = 1
_MOST = 1000
_POSTING = ("unit", "seq", "kind", "points", "balance", "reasons", "occurred_at", "purchase_id")
_PURCHASE = ("id", "store_id", "till", "occurred_at", "currency", "total_minor", "due_minor")
_LINE = ("line_no", "sku", "name", "quantity_milli", "unit_price_minor", "paid_minor")
_RETURN = ("id", "purchase_id", "store_id", "occurred_at", "refund_minor", "points_taken")


def member_export(tx: Tx, member_id: MemberId, *, keys: Keys) -> dict[str, Any]:
    """Return everything that is kept of a member, ready to be written as JSON.

    Other people are named by their ids at most.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.

    Source: GDPR, articles 15 and 20: access, and portability in a machine-readable form.
    """
    who = asdict(membership(tx, member_id))
    born_on = tx.run(
        select(MemberIdentity.born_on).where(MemberIdentity.member_id == member_id)
    ).scalar()
    redemptions = member_redemptions(tx, member_id, language=who["language"], limit=_MOST).items
    parts: dict[str, Any] = {
        "format": FORMAT,
        "as_of": tx.now,
        "member": who | {"born_on": born_on},
        "cards": [asdict(one) for one in cards_of(tx, member_id, keys=keys)],
        "consents": [asdict(one) for one in consent_history(tx, member_id)],
        "wallets": [asdict(one) for one in wallets_of(tx, member_id, language=who["language"])],
        "postings": _rows(tx, Posting, _POSTING, member_id, "unit", "seq"),
        "purchases": _purchases(tx, member_id),
        "returns": _rows(tx, PurchaseReturn, _RETURN, member_id, "occurred_at", "id"),
        "vouchers": [asdict(one) for one in voucher_story(tx, member_id, keys=keys, limit=_MOST)],
        "redemptions": [asdict(one) for one in redemptions],
        "transfers": [asdict(one) for one in transfers_of(tx, member_id, limit=_MOST)],
        "levels": [asdict(one) for one in tier_steps(tx, member_id)],
        "messages": [asdict(one) for one in messages_of(tx, [member_id]).get(member_id, ())],
    }
    plain: dict[str, Any] = _plain(parts)
    return plain


def _purchases(tx: Tx, member_id: MemberId) -> list[dict[str, Any]]:
    """Return every purchase with its lines, the oldest first."""
    lines: dict[str, list[dict[str, Any]]] = {}
    bought = (
        select(PurchaseLine.purchase_id, *(getattr(PurchaseLine, name) for name in _LINE))
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(Purchase.member_id == member_id)
        .order_by(PurchaseLine.purchase_id, PurchaseLine.line_no)
    )
    for purchase_id, *line in tx.run(bought):
        lines.setdefault(purchase_id, []).append(dict(zip(_LINE, line, strict=True)))
    found = _rows(tx, Purchase, _PURCHASE, member_id, "occurred_at", "id")
    return [one | {"lines": lines.get(one["id"], [])} for one in found]


def _rows(
    tx: Tx, table: Any, columns: tuple[str, ...], member_id: MemberId, *order: str
) -> list[dict[str, Any]]:
    wanted = select(*(getattr(table, name) for name in columns))
    mine = wanted.where(table.member_id == member_id)
    rows = tx.run(mine.order_by(*(getattr(table, name) for name in order)))
    return [row._asdict() for row in rows]


def _plain(value: Any) -> Any:
    """Return a value as JSON carries it: days and instants in ISO 8601, words by their value."""
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
