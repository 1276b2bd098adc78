"""Purchases: what was sold, what came off, what it earned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.earning import Stage, Weight
from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import (
    CardId,
    LineKind,
    MemberId,
    ProgrammeVersionId,
    PurchaseId,
    ShareScope,
    Sku,
    StoreId,
)


class Purchase(Base):
    """A sale as the till settled it. Its natural key is the till's own: it is recorded once.

    ``basis_minor`` counts towards the tier, ``voucher_spend_minor`` towards the next voucher.
    ``due_minor`` is what vouchers left; of it, points redeemed paid ``redeemed_minor``, and
    wallets, points and gift cards tendered ``tendered_minor``. ``earner_id`` got the points when
    it was not ``member_id``. A ``training`` sale counts for nobody.
    ``receipt`` holds what cannot be read back from other rows, so that a repeated sale gets the
    first answer.
    """

    __tablename__ = "purchases"
    __table_args__ = (
        UniqueConstraint("store_id", "till", "business_on", "sequence"),
        CheckConstraint("total_minor >= 0", name="total_not_negative"),
        CheckConstraint("due_minor = total_minor - voucher_minor", name="due_is_the_rest"),
        Index("ix_purchases_member", "member_id", "occurred_at", "id"),
        Index("ix_purchases_business_on", "business_on", "store_id"),
    )

    id: Mapped[PurchaseId] = mapped_column(Id, primary_key=True)
    store_id: Mapped[StoreId] = mapped_column(Id)
    till: Mapped[str] = mapped_column(Id)
    business_on: Mapped[date]
    sequence: Mapped[int]
    currency: Mapped[str]
    occurred_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    request_hash: Mapped[str]
    programme_version_id: Mapped[ProgrammeVersionId] = mapped_column(Id)
    period: Mapped[str] = mapped_column(Id)
    total_minor: Mapped[int]
    discount_minor: Mapped[int]
    voucher_minor: Mapped[int]
    due_minor: Mapped[int]
    basis_minor: Mapped[int]
    voucher_spend_minor: Mapped[int]
    points: Mapped[int]
    tenders: Mapped[list[Any]]
    member_id: Mapped[MemberId | None] = mapped_column(Id, ForeignKey("members.id"), default=None)
    card_id: Mapped[CardId | None] = mapped_column(Id, default=None)
    staff_id: Mapped[str | None] = mapped_column(Id, default=None)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    redeemed_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    tendered_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    earner_id: Mapped[MemberId | None] = mapped_column(Id, default=None)
    reinstates_id: Mapped[PurchaseId | None] = mapped_column(Id, default=None)
    training: Mapped[bool] = mapped_column(default=False, server_default=false())


class PurchaseLine(Base):
    """One line of a receipt, with its own copy of what the article was.

    ``basis_minor`` is what of it counts as spend; lines of old receipts leave it to be worked out.
    """

    __tablename__ = "purchase_lines"
    __table_args__ = (
        CheckConstraint("quantity_milli > 0", name="quantity_positive"),
        CheckConstraint("0 <= paid_minor AND paid_minor <= gross_minor", name="paid_within_gross"),
    )

    purchase_id: Mapped[PurchaseId] = mapped_column(
        Id, ForeignKey("purchases.id"), primary_key=True
    )
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[Sku] = mapped_column(Id)
    name: Mapped[str]
    category: Mapped[str] = mapped_column(Id)
    brand: Mapped[str]
    kind: Mapped[LineKind]
    quantity_milli: Mapped[int]
    unit_price_minor: Mapped[int]
    gross_minor: Mapped[int]
    paid_minor: Mapped[int]
    tax_bp: Mapped[int]
    basis_minor: Mapped[int | None] = mapped_column(default=None)
    labels: Mapped[list[Any] | None] = mapped_column(default=None)
    fee_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    wallet: Mapped[str] = mapped_column(Id, default="", server_default=text("''"))
    gift_card: Mapped[str] = mapped_column(Id, default="", server_default=text("''"))


class PurchaseShare(Base):
    """What one reduction took off one line; ``unit_shares`` say how much of it off each unit."""

    __tablename__ = "purchase_shares"

    purchase_id: Mapped[PurchaseId] = mapped_column(
        Id, ForeignKey("purchases.id"), primary_key=True
    )
    line_no: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[str] = mapped_column(Id, primary_key=True)
    amount_minor: Mapped[int]
    unit_shares: Mapped[list[Any]]
    scope: Mapped[ShareScope] = mapped_column(default=ShareScope.LINE, server_default="line")


class PurchaseEarning(Base):
    """What one rule or offer gave for one line: ``numerator / denominator`` points, unrounded.

    The row of a multiplier holds its factor; ``stage`` tells the two apart, ``turn`` in which
    order the rules were taken. ``points`` is the line's share of the whole points. A return works
    from the fractions, so that it ends where a purchase of only the kept articles would have.
    """

    __tablename__ = "purchase_earnings"
    __table_args__ = (CheckConstraint("denominator > 0", name="denominator_positive"),)

    purchase_id: Mapped[PurchaseId] = mapped_column(
        Id, ForeignKey("purchases.id"), primary_key=True
    )
    unit: Mapped[str] = mapped_column(Id, primary_key=True, server_default="points")
    line_no: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(Id, primary_key=True)
    is_offer: Mapped[bool]
    weight: Mapped[Weight]
    basis_minor: Mapped[int]
    numerator: Mapped[int]
    denominator: Mapped[int]
    points: Mapped[int]
    stage: Mapped[Stage] = mapped_column(default=Stage.GRANT, server_default="grant")
    turn: Mapped[int] = mapped_column(default=0, server_default="0")


for _table in (PurchaseLine, PurchaseShare, PurchaseEarning):
    append_only(_table.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
