"""Claims of purchases, as members and staff see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from loyalty.errors import UnknownClaim
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import PurchaseClaim
from loyalty.queries.cursors import page_size
from loyalty.values import Claim, ClaimId, ClaimState, MemberId, ReceiptNamed


def claim_of(tx: Tx, claim_id: ClaimId) -> Claim:
    """Return a claim.

    Raises:
        UnknownClaim: there is none.
    """
    row = tx.run(_rows().where(PurchaseClaim.id == claim_id)).first()
    if row is None:
        raise UnknownClaim(claim_id)
    return _claim(row)


def claims_of(tx: Tx, member_id: MemberId, *, limit: int = 25) -> tuple[Claim, ...]:
    """Return a member's claims, the newest first."""
    rows = _rows().where(PurchaseClaim.member_id == member_id).order_by(PurchaseClaim.id.desc())
    return tuple(_claim(row) for row in tx.run(rows.limit(page_size(limit))))


def claims_by_state(
    tx: Tx, state: ClaimState, *, after: str | None = None, limit: int = 50
) -> Page[Claim]:
    """Return the claims in a state, the longest waiting first."""
    statement = _rows().where(PurchaseClaim.state == state).order_by(PurchaseClaim.id)
    if after is not None:
        statement = statement.where(PurchaseClaim.id > after)
    rows = tx.run(statement.limit(page_size(limit) + 1)).all()
    shown = rows[: page_size(limit)]
    more = len(rows) > len(shown)
    return Page(tuple(_claim(row) for row in shown), shown[-1].id if more else None)


def _rows() -> Select[Any]:
    return select(PurchaseClaim.__table__)


def _claim(row: Any) -> Claim:
    return Claim(
        claim_id=row.id,
        member_id=row.member_id,
        state=row.state,
        why=row.why,
        receipt=ReceiptNamed(
            bought_on=row.bought_on,
            total_minor=row.total_minor,
            number=row.number,
            store_id=row.store_id,
            till=row.till,
            purchase_id=row.attached_id or row.named_id,
        ),
        reason=row.reason,
        points=row.points,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
