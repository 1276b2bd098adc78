"""Claims of purchases that were made without the card."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import ClaimId, ClaimState, ClaimWhy, MemberId, PurchaseId, StoreId


class PurchaseClaim(Base):
    """What a member says that she bought, and what became of it.

    ``attached_id`` is the purchase that is hers because of it; a purchase is attached once.
    ``named_id`` is what the receipt's code said.
    """

    __tablename__ = "purchase_claims"
    __table_args__ = (
        UniqueConstraint("member_id", "source"),
        UniqueConstraint("attached_id"),
        Index("ix_purchase_claims_state", "state", "asked_at", "id"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_has_time"),
    )

    id: Mapped[ClaimId] = mapped_column(Id, primary_key=True)
    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"))
    source: Mapped[str]
    request_hash: Mapped[str]
    state: Mapped[ClaimState]
    why: Mapped[ClaimWhy]
    bought_on: Mapped[date]
    total_minor: Mapped[int]
    till: Mapped[str]
    reason: Mapped[str]
    points: Mapped[int]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str]
    number: Mapped[int | None] = mapped_column(default=None)
    store_id: Mapped[StoreId | None] = mapped_column(Id, default=None)
    named_id: Mapped[PurchaseId | None] = mapped_column(Id, default=None)
    attached_id: Mapped[PurchaseId | None] = mapped_column(
        Id, ForeignKey("purchases.id"), default=None
    )
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
