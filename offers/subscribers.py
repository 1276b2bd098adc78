"""What offers do when something happens in the ledger. Events are nudges: truth is re-read."""

from __future__ import annotations

from loyalty.events import (
    ConsentChanged,
    MemberEnrolled,
    PurchaseRecorded,
    PurchaseReturned,
    TierReached,
)
from loyalty.kernel.tx import Tx
from loyalty.queries import tier_progress
from loyalty.values import MemberId, Purpose
from offers.commands import grant_for_tier, rank_offers, refresh_affinities


def welcome_with_offers(tx: Tx, event: MemberEnrolled) -> None:
    """Give a new member her first list."""
    rank_offers(tx, member_id=MemberId(event.member_id))


def learn_from_purchase(tx: Tx, event: PurchaseRecorded) -> None:
    """Refresh what the member leans to, and her list. A sale without a card teaches nothing."""
    if event.member_id:
        _learn(tx, MemberId(event.member_id))


def learn_from_return(tx: Tx, event: PurchaseReturned) -> None:
    """Refresh what the member leans to once articles came back.

    Uses and budgets were given back by the till, in the return's own transaction.
    """
    if event.member_id:
        _learn(tx, MemberId(event.member_id))


def celebrate_tier(tx: Tx, event: TierReached) -> None:
    """Give a member who rose the offer of her new tier that suits her best, then her list.

    The level she holds now decides: an event that comes late does not grant what she lost again.
    """
    member_id = MemberId(event.member_id)
    level = tier_progress(tx, member_id).level
    if level == event.level:
        grant_for_tier(tx, member_id=member_id, level=level)
    rank_offers(tx, member_id=member_id)


def respect_consent(tx: Tx, event: ConsentChanged) -> None:
    """Start to look at purchases, or forget what was learned from them, as she has chosen."""
    if event.purpose == Purpose.PERSONAL_OFFERS:
        _learn(tx, MemberId(event.member_id))


def _learn(tx: Tx, member_id: MemberId) -> None:
    refresh_affinities(tx, member_id=member_id)
    rank_offers(tx, member_id=member_id)
