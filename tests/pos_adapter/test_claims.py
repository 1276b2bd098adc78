"""Purchases without the card: claimed at the wire, settled once, as of their day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyalty.commands import attach_purchase
from loyalty.errors import PurchaseNotFree
from loyalty.queries import holder_by_member, purchases_of, tier_progress, verify_books
from loyalty.values import ClaimState, ClaimWhy, ReceiptNamed, ReturnedLine
from pos_adapter.commands import claim_purchase, decide_claim, return_articles
from pos_adapter.jobs import settle_claims
from pos_adapter.values import ReturnClaim


def named(settled, **facts):
    """What stands on the receipt of a settled sale."""
    known = {
        "bought_on": settled.key.business_on,
        "total_minor": settled.receipt.total_minor,
        "number": settled.key.sequence,
    }
    return ReceiptNamed(**known | facts)


def claims(shop, member_id, receipt, source="1"):
    with shop.database.begin(actor="test") as tx:
        return claim_purchase(
            tx, keys=shop.runtime.keys, member_id=member_id, receipt=receipt, source=source
        )


def standing(shop, member_id):
    with shop.database.look() as tx:
        assert verify_books(tx) == ()
        return holder_by_member(tx, member_id).balance, tier_progress(tx, member_id)


def test_a_claimed_purchase_ends_where_the_card_would_have_led(shop, clock):
    lines = (("cellar", 1000), ("coffee", 3000))
    with_card = shop.settle(shop.sale(shop.basket(*lines, card=shop.ben_card)))
    without = shop.settle(shop.sale(shop.basket(*lines)))
    clock.move(by=timedelta(days=3))

    claim = claims(shop, shop.ada, named(without))
    again = claims(shop, shop.ada, named(without))

    assert (claim.state, claim.points) == (ClaimState.SETTLED, with_card.receipt.earned.points)
    assert again == claim
    assert standing(shop, shop.ada) == standing(shop, shop.ben)
    with shop.database.look() as tx:
        [bought] = purchases_of(tx, shop.ada).items
    assert bought.points == claim.points


def test_one_purchase_is_one_members_and_a_return_takes_it_back(shop):
    sold = shop.settle(shop.sale(shop.basket(("coffee", 2000))))
    mine = claims(shop, shop.ada, named(sold))
    hers = claims(shop, shop.ben, named(sold))
    twice = claims(shop, shop.ada, named(sold), source="2")

    assert (mine.state, hers.state, hers.why) == (
        ClaimState.SETTLED,
        ClaimState.WAITING,
        ClaimWhy.OTHER_MEMBER,
    )
    assert (twice.state, twice.why) == (ClaimState.REFUSED, ClaimWhy.ALREADY_YOURS)
    with pytest.raises(PurchaseNotFree), shop.database.begin(actor="test") as tx:
        decide_claim(
            tx,
            keys=shop.runtime.keys,
            claim_id=hers.claim_id,
            accept=True,
            reason="insists",
            purchase_id=sold.receipt.purchase_id,
        )
    back = ReturnClaim(
        key=shop.key(),
        occurred_at=shop.now,
        lines=(ReturnedLine(1, 2000),),
        purchase_id=sold.receipt.purchase_id,
    )
    with shop.database.begin(actor="test") as tx:
        assert return_articles(tx, claim=back).receipt.points == -mine.points
    assert standing(shop, shop.ada)[0] == 0


def test_a_purchase_of_which_something_came_back_is_not_given_away(shop):
    sold = shop.settle(shop.sale(shop.basket(("coffee", 2000))))
    back = ReturnClaim(
        key=shop.key(),
        occurred_at=shop.now,
        lines=(ReturnedLine(1, 1000),),
        purchase_id=sold.receipt.purchase_id,
    )
    with shop.database.begin(actor="test") as tx:
        return_articles(tx, claim=back)

    assert claims(shop, shop.ada, named(sold)).why is ClaimWhy.RETURNED
    with pytest.raises(PurchaseNotFree), shop.database.begin(actor="test") as tx:
        attach_purchase(
            tx,
            keys=shop.runtime.keys,
            member_id=shop.ada,
            purchase_id=sold.receipt.purchase_id,
        )


def test_a_sale_that_was_sent_late_settles_the_claim_that_waited(shop):
    key = shop.key()
    claim = claims(
        shop,
        shop.ada,
        ReceiptNamed(bought_on=key.business_on, total_minor=998, number=key.sequence),
    )
    assert (claim.state, claim.why) == (ClaimState.WAITING, ClaimWhy.NOT_FOUND)
    assert settle_claims(shop.runtime) == "0 claims settled"

    shop.settle(shop.sale(shop.basket(("coffee", 2000)), key=key))

    assert settle_claims(shop.runtime) == "1 claims settled"
    assert standing(shop, shop.ada)[0] == 9
    assert settle_claims(shop.runtime) == "0 claims settled"
