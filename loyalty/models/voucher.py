"""Vouchers that cumulated spend earns."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import MemberId, PurchaseId, VoucherId, VoucherOrigin, VoucherState


class Voucher(Base):
    """A voucher. Like a card, its code is derived from its id; only ``lookup`` is stored.

    ``lookup`` is unique across members because a code names one voucher. ``issued_for`` names the
    purchase, redemption or voucher that it comes from.
    """

    __tablename__ = "vouchers"
    __table_args__ = (
        UniqueConstraint("lookup"),
        CheckConstraint("value_minor > 0", name="worth_something"),
        CheckConstraint("(state = 'used') = (used_for IS NOT NULL)", name="used_for_a_purchase"),
        Index("ix_vouchers_expires_on", "state", "expires_on"),
        Index("ix_vouchers_issued_for", "member_id", "issued_for"),
        Index("ix_vouchers_used_for", "member_id", "used_for"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    id: Mapped[VoucherId] = mapped_column(Id, primary_key=True)
    lookup: Mapped[str] = mapped_column(Id)
    value_minor: Mapped[int]
    issued_at: Mapped[datetime]
    expires_on: Mapped[date]
    issued_for: Mapped[str] = mapped_column(Id)
    state: Mapped[VoucherState] = mapped_column(default=VoucherState.ISSUED)
    used_for: Mapped[PurchaseId | None] = mapped_column(Id, default=None)
    origin: Mapped[VoucherOrigin | None] = mapped_column(default=None)
    """What it was given for besides cumulated spend; only the latter counts as progress."""
    rest_of: Mapped[VoucherId | None] = mapped_column(Id, default=None)
    """The voucher of which this one is what a purchase did not need."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class VoucherProgress(Base):
    """How much a member's spend has cumulated, and how many vouchers stand against it.

    ``issued`` counts vouchers that were given and not cancelled; it may run ahead of
    ``spend_minor`` after a return, and nothing more is given until the spend has caught up.
    """

    __tablename__ = "voucher_progress"
    __table_args__ = (CheckConstraint("issued >= 0", name="issued_not_negative"),)

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    spend_minor: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
