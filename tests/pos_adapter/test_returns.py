from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.errors import NothingToReturn, SaleConflict, UnknownPurchase
from loyalty.queries import holder_by_member, tier_progress
from loyalty.values import ReturnedLine
from pos_adapter.commands import return_articles
from pos_adapter.queries import quote, sold, sold_by_code
from pos_adapter.values import ReturnClaim


def take_back(shop, settled, *lines, **facts):
    """Take (line number, thousandths) of a sale back."""
    claim = ReturnClaim(
        key=facts.pop("key", None) or shop.key(),
        occurred_at=shop.now,
        lines=tuple(ReturnedLine(no, milli) for no, milli in lines),
        **(facts or {"purchase_id": settled.receipt.purchase_id}),
    )
    with shop.database.begin(actor="test") as tx:
        return return_articles(tx, claim=claim).receipt


def standing(shop, member_id):
    with shop.database.look() as tx:
        holder, tier = holder_by_member(tx, member_id), tier_progress(tx, member_id)
        return holder.balance, tier.level, tier.spend_minor


def test_a_whole_return_ends_where_nothing_was_bought(shop):
    before = standing(shop, shop.ada)
    settled = shop.settle(
        shop.sale(shop.basket(("cellar", 1000), ("coffee", 2000), card=shop.ada_card))
    )

    receipt = take_back(shop, settled, (1, 1000), (2, 2000))

    assert (receipt.refund_minor, receipt.points) == (299_998, -2999)
    assert standing(shop, shop.ada) == before


def test_a_return_gives_back_what_the_offer_left_and_the_offer_itself(shop, launch):
    launch(shop, kind="percent", percent=20, category="coffee", limit={"member": 1})
    basket = shop.basket(("coffee", 3000), ("tea", 1000), card=shop.ada_card)
    settled = shop.settle(shop.sale(basket))

    first = take_back(shop, settled, (1, 1000))
    last = take_back(shop, settled, (1, 2000))

    assert settled.receipt.discount_minor == 299
    assert first.refund_minor + last.refund_minor == 3 * 499 - 299
    assert (len(first.offers_given_back), len(last.offers_given_back)) == (0, 1)
    with shop.database.look() as tx:
        again = quote(tx, keys=shop.runtime.keys, claim=basket, language="en")
    assert again.discount_minor == 299


def test_a_sale_is_found_by_its_number_its_code_and_its_id(shop):
    settled = shop.settle(shop.sale(shop.basket(("coffee", 3000), card=shop.ada_card)))
    take_back(shop, settled, (1, 1000), sold=settled.key)

    with shop.database.look() as tx:
        by_key = sold(tx, settled.key, language="en")
        by_code = sold_by_code(tx, settled.receipt_code, language="en")

    assert by_key == by_code
    assert by_key.purchase_id == settled.receipt.purchase_id
    assert [(line.quantity, line.returned) for line in by_key.lines] == [(3000, 1000)]
    assert by_key.with_card
    assert "Ada" not in repr(by_key)


def test_a_return_sent_again_is_answered_again_and_moves_nothing(shop):
    settled = shop.settle(shop.sale(shop.basket(("coffee", 4000), card=shop.ada_card)))
    key = shop.key()

    first = take_back(shop, settled, (1, 1000), key=key)
    again = take_back(shop, settled, (1, 1000), key=key)

    assert again == replace(first, replayed=True)
    with pytest.raises(SaleConflict):
        take_back(shop, settled, (1, 2000), key=key)
    with pytest.raises(SaleConflict):
        take_back(shop, settled, (1, 1000), key=settled.key)


def test_more_than_was_bought_never_comes_back(shop):
    settled = shop.settle(shop.sale(shop.basket(("coffee", 2000), card=shop.ada_card)))
    take_back(shop, settled, (1, 1000))

    for lines in ([(1, 2000)], [(2, 1000)], [(1, 1001)]):
        with pytest.raises(NothingToReturn):
            take_back(shop, settled, *lines)

    take_back(shop, settled, (1, 1000))
    with pytest.raises(NothingToReturn):
        take_back(shop, settled, (1, 1000))


def test_a_sale_that_nobody_has_sent_cannot_come_back(shop):
    with pytest.raises(UnknownPurchase):
        take_back(shop, None, (1, 1000), sold=shop.key())
    with pytest.raises(UnknownPurchase):
        take_back(shop, None, (1, 1000), purchase_id="pur_nothing")


@given(
    quantities=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    order=st.randoms(use_true_random=False),
)
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_order_of_partial_returns_ends_where_one_return_would(
    quick_shop, launch, quantities, order
):
    shop = quick_shop
    articles = ["coffee", "tea", "roll"]
    before = standing(shop, shop.ben)
    lines = [(articles[i], count * 1000) for i, count in enumerate(quantities)]
    settled = shop.settle(shop.sale(shop.basket(*lines, card=shop.ben_card)))
    units = [(no, 1000) for no, count in enumerate(quantities, start=1) for _ in range(count)]
    order.shuffle(units)

    refunds = sum(take_back(shop, settled, unit).refund_minor for unit in units)

    assert refunds == settled.receipt.due_minor
    assert standing(shop, shop.ben) == before
