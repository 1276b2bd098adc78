"""Returns: which part of a purchase came back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import MemberId, ProgrammeVersionId, PurchaseId, ReturnId, Sku, StoreId


class PurchaseReturn(Base):
    """Articles of a purchase that came back. Its natural key is the till's own, as a sale's is.

    ``points`` is what was due to leave the wallet, ``points_taken`` what the policy for a short
    balance let leave, ``pending_taken`` the part of it that had still waited; all count upwards.
    A ``void`` undid the whole purchase.
    """

    __tablename__ = "purchase_returns"
    __table_args__ = (
        UniqueConstraint("store_id", "till", "business_on", "sequence"),
        Index("ix_purchase_returns_purchase", "purchase_id", "id"),
        Index("ix_purchase_returns_member", "member_id", "occurred_at"),
        CheckConstraint("points_taken <= points", name="takes_no_more_than_due"),
    )

    id: Mapped[ReturnId] = mapped_column(Id, primary_key=True)
    purchase_id: Mapped[PurchaseId] = mapped_column(Id, ForeignKey("purchases.id"))
    store_id: Mapped[StoreId] = mapped_column(Id)
    till: Mapped[str] = mapped_column(Id)
    business_on: Mapped[date]
    sequence: Mapped[int]
    occurred_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    request_hash: Mapped[str]
    value_minor: Mapped[int]
    refund_minor: Mapped[int]
    basis_minor: Mapped[int]
    voucher_spend_minor: Mapped[int]
    points: Mapped[int]
    points_taken: Mapped[int]
    receipt: Mapped[dict[str, Any]]
    member_id: Mapped[MemberId | None] = mapped_column(Id, ForeignKey("members.id"), default=None)
    staff_id: Mapped[str | None] = mapped_column(Id, default=None)
    pending_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    void: Mapped[bool] = mapped_column(default=False, server_default=false())


class ReturnLine(Base):
    """How much of a line came back, and the money that was paid for it."""

    __tablename__ = "return_lines"
    __table_args__ = (CheckConstraint("quantity_milli > 0", name="quantity_positive"),)

    return_id: Mapped[ReturnId] = mapped_column(
        Id, ForeignKey("purchase_returns.id"), primary_key=True
    )
    line_no: Mapped[int] = mapped_column(primary_key=True)
    quantity_milli: Mapped[int]
    paid_minor: Mapped[int]


class ReturnAmount(Base):
    """Money that went back for a line although nothing of it came back."""

    __tablename__ = "return_amounts"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    return_id: Mapped[ReturnId] = mapped_column(
        Id, ForeignKey("purchase_returns.id"), primary_key=True
    )
    line_no: Mapped[int] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]


class LooseReturn(Base):
    """Articles that came back without a receipt. Its natural key is the till's own.

    ``value_minor`` is what they cost today, ``refund_minor`` the part of it handed out as money;
    the rest went on ``gift_card``.

    ``points`` is what they would earn today, ``points_taken`` what the policy let leave; both
    count upwards. ``basis_minor`` went off the member's credit of ``period``,
    ``voucher_spend_minor`` off what earns vouchers.
    """

    __tablename__ = "loose_returns"
    __table_args__ = (
        UniqueConstraint("store_id", "till", "business_on", "sequence"),
        Index("ix_loose_returns_member", "member_id", "occurred_at"),
        Index("ix_loose_returns_staff", "staff_id", "occurred_at"),
        CheckConstraint("points_taken <= points", name="takes_no_more_than_due"),
        CheckConstraint("refund_minor >= 0", name="refund_not_negative"),
    )

    id: Mapped[ReturnId] = mapped_column(Id, primary_key=True)
    store_id: Mapped[StoreId] = mapped_column(Id)
    till: Mapped[str] = mapped_column(Id)
    business_on: Mapped[date]
    sequence: Mapped[int]
    occurred_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    request_hash: Mapped[str]
    programme_version_id: Mapped[ProgrammeVersionId] = mapped_column(Id)
    period: Mapped[str] = mapped_column(Id)
    value_minor: Mapped[int]
    refund_minor: Mapped[int]
    basis_minor: Mapped[int]
    voucher_spend_minor: Mapped[int]
    points: Mapped[int]
    points_taken: Mapped[int]
    approved_by: Mapped[str]
    reason: Mapped[str]
    gift_card: Mapped[str] = mapped_column(Id)
    receipt: Mapped[dict[str, Any]]
    member_id: Mapped[MemberId | None] = mapped_column(Id, ForeignKey("members.id"), default=None)
    staff_id: Mapped[str | None] = mapped_column(Id, default=None)


class LooseLine(Base):
    """One article of a return without a receipt, with the price that was handed back for it."""

    __tablename__ = "loose_lines"
    __table_args__ = (CheckConstraint("quantity_milli > 0", name="quantity_positive"),)

    return_id: Mapped[ReturnId] = mapped_column(
        Id, ForeignKey("loose_returns.id"), primary_key=True
    )
    line_no: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[Sku] = mapped_column(Id)
    name: Mapped[str]
    category: Mapped[str] = mapped_column(Id)
    quantity_milli: Mapped[int]
    paid_minor: Mapped[int]
    tax_bp: Mapped[int]


for _table in (PurchaseReturn, ReturnLine, ReturnAmount, LooseReturn, LooseLine):
    append_only(_table.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
