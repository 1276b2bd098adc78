"""Gift cards: stored money of whoever bears the card, beside the members' books."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import GiftCardMove, PurchaseId


class GiftCard(Base):
    """A gift card by the number that is printed on it. It belongs to nobody.

    ``balance_minor`` repeats what its entries say, ``seq`` counts them; ``loyalty verify`` proves
    that they agree.
    """

    __tablename__ = "gift_cards"
    __table_args__ = (
        CheckConstraint("balance_minor >= 0", name="balance_not_negative"),
        CheckConstraint("seq >= 0", name="seq_not_negative"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    currency: Mapped[str]
    opened_at: Mapped[datetime]
    balance_minor: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)


class GiftCardEntry(Base):
    """One movement of a gift card. Never changed, never deleted. A cause moves a card once."""

    __tablename__ = "gift_card_entries"
    __table_args__ = (
        UniqueConstraint("gift_card_id", "source"),
        CheckConstraint("amount_minor <> 0", name="moves_something"),
        CheckConstraint("seq > 0", name="seq_positive"),
    )

    gift_card_id: Mapped[str] = mapped_column(Id, ForeignKey("gift_cards.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    move: Mapped[GiftCardMove]
    amount_minor: Mapped[int]
    balance_minor: Mapped[int]
    source: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    at: Mapped[datetime]
    purchase_id: Mapped[PurchaseId | None] = mapped_column(Id, default=None)


append_only(GiftCardEntry.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
