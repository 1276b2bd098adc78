"""Tables of the offers package."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import MemberId
from offers.values import GrantCause, GrantState, OfferId, OfferState

NOBODY = MemberId("")
"""Stands in keys for the shopper without a card: automatic offers are counted for her too."""


class Scope(StrEnum):
    """What a counter counts by."""

    OFFER = "offer"
    DAY = "day"
    MEMBER = "member"


class OfferRow(Base):
    """An offer. Its document never changes once it is live; a change is a new version.

    ``tier`` is the lowest level that may have it; ``starts_on`` and ``ends_on`` repeat the
    document, for lists and for ending what is over.
    """

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("slug", "version"),
        Index(
            "uq_offers_live_slug",
            "slug",
            unique=True,
            postgresql_where=text("state = 'live'"),
            sqlite_where=text("state = 'live'"),
        ),
        Index("ix_offers_state", "state", "id"),
    )

    id: Mapped[OfferId] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(Id)
    version: Mapped[int]
    state: Mapped[OfferState]
    document: Mapped[dict[str, Any]]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[str]
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    tier: Mapped[str | None] = mapped_column(default=None)
    launched_at: Mapped[datetime | None] = mapped_column(default=None)
    launched_by: Mapped[str | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[str | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")


class OfferGrant(Base):
    """That an offer stands in a member's list: where, why, and how far she has taken it.

    ``rank`` counts from 1. ``reason`` holds facts, worded when they are shown. Rows that only
    ``ranking`` made come and go with it; what was granted stays.
    """

    __tablename__ = "offer_grants"
    __table_args__ = (Index("ix_offer_grants_offer", "offer_id", "member_id"),)

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    offer_id: Mapped[OfferId] = mapped_column(Id, ForeignKey("offers.id"), primary_key=True)
    state: Mapped[GrantState]
    cause: Mapped[GrantCause]
    rank: Mapped[int]
    score_micro: Mapped[int]
    reason: Mapped[dict[str, Any]]
    granted_at: Mapped[datetime]
    activated_at: Mapped[datetime | None] = mapped_column(default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class OfferUse(Base):
    """That an offer worked on a purchase. ``restored_at`` once every share of it came back."""

    __tablename__ = "offer_uses"
    __table_args__ = (
        CheckConstraint("uses > 0", name="uses_positive"),
        CheckConstraint("discount_minor >= 0", name="discount_not_negative"),
        Index("ix_offer_uses_purchase", "purchase_id"),
        Index("ix_offer_uses_offer", "offer_id", "business_on"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    purchase_id: Mapped[str] = mapped_column(Id, primary_key=True)
    offer_id: Mapped[OfferId] = mapped_column(Id, ForeignKey("offers.id"), primary_key=True)
    uses: Mapped[int]
    discount_minor: Mapped[int]
    points: Mapped[int]
    business_on: Mapped[date]
    used_at: Mapped[datetime]
    restored_at: Mapped[datetime | None] = mapped_column(default=None)


class OfferCounter(Base):
    """How much of a limit or budget is gone. Only what has a limit is counted here.

    ``key`` is empty for the whole offer, the day for ``day``, the member for ``member``.
    Counters move by one conditional statement each, which also enforces the limit.
    """

    __tablename__ = "offer_counters"
    __table_args__ = (
        CheckConstraint("uses >= 0", name="uses_not_negative"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    )

    offer_id: Mapped[OfferId] = mapped_column(Id, ForeignKey("offers.id"), primary_key=True)
    scope: Mapped[Scope] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Id, primary_key=True)
    uses: Mapped[int]
    amount_minor: Mapped[int]


class AffinityRow(Base):
    """How much a member leans to an article, category or brand, as of ``last_on``.

    Derived from purchases with her consent, and deleted when she withdraws it.
    """

    __tablename__ = "affinities"

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    weight_micro: Mapped[int]
    times: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]


class OfferProgress(Base):
    """How far a long job has come, so that the next run goes on from there."""

    __tablename__ = "offer_progress"

    job: Mapped[str] = mapped_column(primary_key=True)
    after: Mapped[str] = mapped_column(Id)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
