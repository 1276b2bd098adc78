"""What the offers' tests do again and again: launch, buy, price."""

from __future__ import annotations

from loyalty.commands import record_purchase
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId
from offers.commands import draft_offer, launch_offer
from offers.queries import price_basket
from offers.values import Applied, Basket, OfferId, PricedBasket
from tests.loyalty.world import KEYS, sale
from tests.loyalty.world import line as sold
from tests.offers.build import document


def launch(tx: Tx, **keys) -> OfferId:
    """Launch the offer of ``document(**keys)``; 20 % off coffee unless told otherwise."""
    drafted = draft_offer(tx, document=document(**keys))
    launch_offer(tx, offer_id=drafted.offer_id)
    return drafted.offer_id


def buy(tx: Tx, member_id: MemberId | None, *articles: str, at, price: int = 400, store="lyon"):
    """Record a purchase of one of each article; its category follows from its name."""
    categories = {"espresso": "coffee", "decaf": "coffee", "mint": "tea", "cod": "fish"}
    lines = [
        sold(n, sku=sku, category=categories.get(sku, "bread"), price=price)
        for n, sku in enumerate(articles, start=1)
    ]
    settled = sale(member_id, *lines, occurred_at=at, store=store)
    return record_purchase(tx, keys=KEYS, sale=settled)


def price(
    tx: Tx, basket: Basket, member_id: MemberId | None = None, level="base", language="en"
) -> PricedBasket:
    """Price a basket for a member, or for a shopper without a card."""
    return price_basket(
        tx,
        basket=basket,
        member_id=member_id,
        level=level if member_id else None,
        language=language,
    )


def reasons(priced: PricedBasket) -> dict[str, str]:
    """Return why each offer near the basket does not work, by slug."""
    return {one.slug: one.reason for one in priced.not_applied}


def applied(offer_id: str, discount_minor: int = 80) -> Applied:
    """Return an offer that worked once."""
    return Applied(OfferId(offer_id), "an-offer", "An offer", discount_minor, 0, 1, (1,))
