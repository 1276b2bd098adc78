from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from loyalty.commands import block_member, save_articles
from loyalty.errors import (
    SaleConflict,
    VoucherNotUsable,
)
from loyalty.queries import (
    find_sale,
    tier_progress,
)
from loyalty.values import Tender
from offers.errors import LimitReached
from pos_adapter.commands.days import check_day
from pos_adapter.errors import (
    DayRefused,
    QuoteChanged,
    TendersDiffer,
)
from pos_adapter.receipts import purchase_of_receipt, receipt_code
from tests.pos_adapter.looking import ask, balance, postings, purchases, voucher_for, who
from tests.pos_adapter.shop import COFFEE


def test_a_sale_moves_points_once_and_answers_the_same_again(shop):
    claim = shop.sale(shop.basket(("coffee", 2000), card=shop.ada_card))

    first = shop.settle(claim)
    again = shop.settle(replace(claim, occurred_at=claim.occurred_at + timedelta(minutes=1)))

    assert (first.receipt.earned.points, first.receipt.balance) == (9, 9)
    assert again.receipt == replace(first.receipt, replayed=True)
    assert again.receipt_code == first.receipt_code
    assert (purchases(shop), balance(shop, shop.ada)) == (1, 9)


def test_a_repeated_sale_is_answered_even_when_everything_has_changed_since(shop):
    """Price raised, card blocked: what was answered once is answered again."""
    claim = shop.sale(shop.basket(("coffee", 2000), card=shop.ada_card))
    first = shop.settle(claim)
    with shop.database.begin(actor="test") as tx:
        save_articles(tx, articles=[replace(COFFEE, price_minor=999)])
        block_member(tx, member_id=shop.ada)

    again = shop.settle(claim)

    assert again.receipt == replace(first.receipt, replayed=True)


def test_the_same_number_with_other_content_is_refused(shop):
    claim = shop.sale(shop.basket(("coffee", 1000), card=shop.ada_card))
    shop.settle(claim)

    for other in (
        shop.basket(("coffee", 2000), card=shop.ada_card),
        shop.basket(("tea", 1000), card=shop.ada_card),
        shop.basket(("coffee", 1000), card=shop.ben_card),
        shop.basket(("coffee", 1000)),
    ):
        with pytest.raises(SaleConflict):
            shop.settle(shop.sale(other, key=claim.key))
    assert purchases(shop) == 1


def test_one_sale_sent_a_hundred_times_from_eight_threads_is_posted_once(shop):
    """Half of the answers are lost on the way; every sender gets the first receipt or none."""
    claim = shop.sale(shop.basket(("coffee", 2000), ("tea", 1000), card=shop.ada_card))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: shop.settle(claim), range(100)))

    assert len({answer.receipt.purchase_id for answer in answers}) == 1
    assert sum(not answer.receipt.replayed for answer in answers) == 1
    assert (purchases(shop), postings(shop, shop.ada)) == (1, 1)
    assert balance(shop, shop.ada) == 13


def test_a_sale_without_a_card_is_recorded_and_earns_nobody_anything(shop):
    settled = shop.settle(shop.sale(shop.basket(("roll", 3000))))

    assert (settled.receipt.member_id, settled.receipt.balance, settled.receipt.due_minor) == (
        None,
        None,
        285,
    )
    assert (purchases(shop), postings(shop)) == (1, 0)


def test_a_purchase_lifts_the_member_inside_itself(shop):
    basket = shop.basket(("cellar", 1000), ("coffee", 3000), card=shop.ada_card)

    quoted, settled = ask(shop, basket), shop.settle(shop.sale(basket))

    assert quoted.reaches == "gold"
    assert (settled.receipt.tier_before, settled.receipt.tier.level) == ("base", "gold")
    assert who(shop, shop.ada_card).holder.level == "gold"
    with shop.database.look() as tx:
        assert tier_progress(tx, shop.ada).spend_minor == 300_497


def test_an_offer_is_quoted_settled_and_counted(shop, launch):
    launch(shop, kind="percent", percent=20, category="coffee", limit={"member": 1})
    basket = shop.basket(("coffee", 2000), card=shop.ada_card)

    quoted = ask(shop, basket)
    settled = shop.settle(shop.sale(basket, quote_hash=quoted.quote_hash))

    assert (quoted.discount_minor, quoted.due_minor) == (200, 798)
    assert [offer.name for offer in quoted.basket.applied] == ["An offer"]
    assert (settled.receipt.discount_minor, settled.receipt.due_minor) == (200, 798)
    assert ask(shop, basket).discount_minor == 0


def test_an_offer_that_ran_out_between_quote_and_sale_is_refused_and_nothing_is_stored(
    shop, launch
):
    launch(shop, kind="percent", percent=20, category="coffee", limit={"member": 1})
    basket = shop.basket(("coffee", 1000), card=shop.ada_card)
    quoted = ask(shop, basket)
    shop.settle(shop.sale(basket))

    with pytest.raises((QuoteChanged, LimitReached)):
        shop.settle(shop.sale(basket, quote_hash=quoted.quote_hash))

    assert purchases(shop) == 1


def test_a_price_that_has_changed_since_the_quote_is_shown_before_anything_is_stored(shop):
    basket = shop.basket(("coffee", 1000), card=shop.ada_card)
    quoted = ask(shop, basket)
    with shop.database.begin(actor="test") as tx:
        save_articles(tx, articles=[replace(COFFEE, price_minor=599)])

    claim = shop.sale(basket, quote_hash=quoted.quote_hash)
    with pytest.raises(QuoteChanged) as refusal:
        shop.settle(claim)

    assert refusal.value.differences == [
        {"what": "total_minor", "quoted": 499, "now": 599},
        {"what": "due_minor", "quoted": 499, "now": 599},
        {"what": "points", "quoted": 4, "now": 5},
    ]
    assert purchases(shop) == postings(shop) == 0
    accepted = shop.settle(replace(claim, quote_hash=refusal.value.quote_hash))
    assert accepted.receipt.due_minor == 599


def test_a_quote_of_nobody_knows_what_is_a_changed_quote(quick_shop):
    claim = quick_shop.sale(quick_shop.basket(("coffee", 1000)), quote_hash="nonsense")

    with pytest.raises(QuoteChanged):
        quick_shop.settle(claim)


def test_a_voucher_lowers_what_is_due_and_can_be_used_once(shop):
    code = voucher_for(shop, shop.ada, shop.ada_card)
    basket = shop.basket(("coffee", 1000), card=shop.ada_card, voucher_codes=(code,))

    quoted = ask(shop, basket)
    settled = shop.settle(shop.sale(basket, quote_hash=quoted.quote_hash))

    assert (quoted.total_minor, quoted.voucher_minor, quoted.due_minor) == (499, 100, 399)
    assert (settled.receipt.voucher_minor, settled.receipt.due_minor) == (100, 399)
    assert settled.receipt.earned.points == 4
    with pytest.raises(VoucherNotUsable):
        ask(shop, basket)


def test_what_was_paid_must_be_what_is_due(quick_shop):
    shop = quick_shop
    basket = shop.basket(("coffee", 1000))

    with pytest.raises(TendersDiffer):
        shop.settle(shop.sale(basket, tenders=(Tender("cash", 500),)))
    split = (Tender("cash", 200), Tender("card", 299))
    assert shop.settle(shop.sale(basket, tenders=split)).receipt.due_minor == 499


@pytest.mark.parametrize(
    ("days", "minutes", "business_days", "fine"),
    [
        (0, 0, 0, True),
        (0, 5, 0, True),
        (0, 6, 0, False),
        (-31, 0, -31, True),
        (-31, -1, -31, False),
        (0, 0, 1, True),
        (0, 0, -1, True),
        (0, 0, -2, False),
        (-10, 0, 0, False),
        (365, 0, 365, False),
    ],
)
def test_a_sale_is_of_its_own_day_and_never_from_the_future(
    quick_shop, days, minutes, business_days, fine
):
    shop = quick_shop
    claim = shop.sale(shop.basket(("roll", 1000)))
    moved = replace(
        claim,
        occurred_at=claim.occurred_at + timedelta(days=days, minutes=minutes),
        key=replace(claim.key, business_on=shop.today + timedelta(days=business_days)),
    )

    if fine and days == 0:
        shop.settle(moved)
    elif fine:
        with shop.database.begin(actor="test") as tx:
            check_day(tx, moved.key, moved.occurred_at)
    else:
        with pytest.raises(DayRefused):
            shop.settle(moved)


def test_a_receipt_code_names_its_purchase_and_nothing_else(quick_shop):
    settled = quick_shop.settle(quick_shop.sale(quick_shop.basket(("roll", 1000))))
    code = settled.receipt_code

    assert purchase_of_receipt(code) == settled.receipt.purchase_id
    assert receipt_code(settled.receipt.purchase_id) == code
    assert purchase_of_receipt(code[:-1] + ("B" if code[-1] != "B" else "C")) is None
    assert purchase_of_receipt(quick_shop.ada_card) is None


def test_what_is_answered_again_is_found_by_its_number(shop):
    claim = shop.sale(shop.basket(("roll", 1000), card=shop.ada_card))
    shop.settle(claim)

    with shop.database.look() as tx:
        found = find_sale(tx, claim.key, keys=shop.runtime.keys)
    assert found is not None
    assert found.replayed
