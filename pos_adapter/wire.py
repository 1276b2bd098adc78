"""From what the queries and commands return to what the answers hold, names in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme
from loyalty.values import ArticleFacts, CardHolder, TierProgress
from offers.values import PricedLine, ReadyOffer
from pos_adapter.queries import Identified, Sold
from pos_adapter.values import Quote, Settled, TakenBack

MOST_NEAR_MISSES = 5


@dataclass(frozen=True, slots=True)
class Speaker:
    """Names levels in the language of the answer."""

    tx: Tx
    language: str

    def level(self, level: str | None) -> str | None:
        """Return the name of a level; ``None`` for none."""
        if level is None:
            return None
        return str(current_programme(self.tx).level_name(level, self.language))

    def tier(self, tier: TierProgress | None) -> dict[str, Any] | None:
        """Return where a member stands."""
        if tier is None:
            return None
        return {
            **_facts(tier),
            "level_name": self.level(tier.level),
            "next_level_name": self.level(tier.next_level),
        }

    def member(self, holder: CardHolder | None) -> dict[str, Any] | None:
        """Return what a till may see of a member."""
        if holder is None:
            return None
        return {
            **_facts(holder),
            "level": holder.level,
            "level_name": self.level(holder.level),
            "tier": self.tier(holder.tier),
        }


def identification(speaker: Speaker, found: Identified) -> dict[str, Any]:
    """Return who holds the card."""
    return {
        "entry": found.shown.entry.value,
        "trust": "earn",
        "member": speaker.member(found.holder),
        "offers": [_offer(offer) for offer in found.offers],
    }


def quote(speaker: Speaker, found: Quote) -> dict[str, Any]:
    """Return what the basket costs and earns."""
    priced = found.basket
    return {
        "quote_hash": found.quote_hash,
        "currency": found.currency,
        "lines": [_priced_line(line) for line in priced.lines],
        "total_minor": found.total_minor,
        "discount_minor": found.discount_minor,
        "voucher_minor": found.voucher_minor,
        "due_minor": found.due_minor,
        "earned": found.earned,
        "points_with_card": found.points_with_card,
        "applied": priced.applied,
        "not_applied": priced.not_applied[:MOST_NEAR_MISSES],
        "vouchers": found.vouchers,
        "member": speaker.member(found.holder),
        "points_after": found.points_after,
        "reaches": found.reaches,
        "reaches_name": speaker.level(found.reaches),
    }


def sale(speaker: Speaker, settled: Settled) -> dict[str, Any]:
    """Return a recorded sale."""
    receipt = settled.receipt
    return {
        **_facts(settled.key),
        "purchase_id": receipt.purchase_id,
        "receipt_code": settled.receipt_code,
        "replayed": receipt.replayed,
        "total_minor": receipt.total_minor,
        "discount_minor": receipt.discount_minor,
        "voucher_minor": receipt.voucher_minor,
        "due_minor": receipt.due_minor,
        "earned": receipt.earned,
        "member_id": receipt.member_id,
        "balance": receipt.balance,
        "tier_before": receipt.tier_before,
        "tier": speaker.tier(receipt.tier),
        "vouchers": receipt.vouchers,
    }


def sold(found: Sold) -> dict[str, Any]:
    """Return a recorded sale as a return needs it."""
    return {**_facts(found.key), **{k: v for k, v in _facts(found).items() if k != "key"}}


def taken_back(speaker: Speaker, taken: TakenBack) -> dict[str, Any]:
    """Return a recorded return."""
    receipt = taken.receipt
    return {
        **_facts(taken.key),
        "return_id": receipt.return_id,
        "purchase_id": receipt.purchase_id,
        "replayed": receipt.replayed,
        "refund_minor": receipt.refund_minor,
        "on_gift_card_minor": sum(receipt.gift_cards.values()),
        "points": receipt.points,
        "balance": receipt.balance,
        "tier_before": receipt.tier_before,
        "tier": speaker.tier(receipt.tier),
        "cancelled_vouchers": len(receipt.cancelled_vouchers),
        "restored_vouchers": len(receipt.restored_vouchers),
        "offers_given_back": list(receipt.offers_given_back),
    }


def article(found: ArticleFacts) -> dict[str, Any]:
    """Return an article of the catalogue."""
    return {**_facts(found), "sold_by": found.sold_by.value}


def _offer(offer: ReadyOffer) -> dict[str, Any]:
    return {**_facts(offer), "state": offer.state.value}


def _priced_line(priced: PricedLine) -> dict[str, Any]:
    return {
        **_facts(priced.line),
        "quantity": priced.line.quantity_milli,
        "paid_minor": priced.paid_minor,
        "shares": priced.shares,
    }


def _facts(one: Any) -> dict[str, Any]:
    """Return a dataclass's fields as they are: the schema reads what is nested by itself."""
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
