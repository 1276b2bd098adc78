from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from loyalty.commands import block_card, block_member, replace_card, save_articles
from loyalty.errors import (
    CardBlocked,
    CardMistyped,
    CardNotReadable,
    CardReplaced,
    MemberBlocked,
    SaleConflict,
    UnknownCard,
    UnknownVoucher,
    VoucherNotUsable,
)
from loyalty.models import Posting, Purchase
from loyalty.queries import (
    CodeKind,
    find_sale,
    holder_by_member,
    make_code,
    tier_progress,
    vouchers_of,
)
from loyalty.values import Tender
from offers.errors import LimitReached
from pos_adapter.commands.sales import check_day
from pos_adapter.errors import (
    DayRefused,
    FractionalQuantity,
    OtherCurrency,
    QuoteChanged,
    TendersDiffer,
    UnknownArticles,
    VoucherNeedsCard,
    VoucherNotNeeded,
)
from pos_adapter.queries import identify, quote
from pos_adapter.receipts import purchase_of_receipt, receipt_code
from pos_adapter.values import CardShown, EntryMode
from tests.pos_adapter.shop import COFFEE
from tests.pos_adapter.vectors import arrived


def ask(shop, basket, language="en"):
    with shop.database.look() as tx:
        return quote(tx, keys=shop.runtime.keys, claim=basket, language=language)


def who(shop, code, entry=EntryMode.QR):
    with shop.database.look() as tx:
        return identify(tx, keys=shop.runtime.keys, shown=CardShown(code, entry), language="en")


def postings(shop, member_id=None):
    with shop.database.look() as tx:
        statement = select(func.count()).select_from(Posting)
        if member_id:
            statement = statement.where(Posting.member_id == member_id)
        return tx.run(statement).scalar()


def purchases(shop):
    with shop.database.look() as tx:
        return tx.run(select(func.count()).select_from(Purchase)).scalar()


def balance(shop, member_id):
    with shop.database.look() as tx:
        return holder_by_member(tx, member_id).balance


def voucher_for(shop, member_id, card):
    """Let a member buy enough for a voucher; return its code."""
    shop.settle(shop.sale(shop.basket(("cellar", 1000), card=card)))
    with shop.database.look() as tx:
        return vouchers_of(tx, member_id, keys=shop.runtime.keys)[0].code


def test_a_card_tells_first_name_tier_and_points_and_no_more(shop):
    found = who(shop, shop.ada_card)

    assert found.holder.member_id == shop.ada
    assert (found.holder.display_name, found.holder.level, found.holder.balance) == (
        "Ada L.",
        "base",
        0,
    )
    assert "example.org" not in repr(found)


def test_a_card_is_known_whatever_the_keyboard_made_of_it(quick_shop):
    assert (
        who(quick_shop, arrived("]Q1" + quick_shop.ada_card, "fr")).holder.display_name == "Ada L."
    )
    assert who(quick_shop, quick_shop.ada_card.lower()).holder.display_name == "Ada L."


def test_a_quote_prices_earns_and_leaves_no_trace(shop):
    basket = shop.basket(("coffee", 2000), ("apples", 350), card=shop.ada_card)

    first, second = ask(shop, basket), ask(shop, basket)

    assert first == second
    assert (first.total_minor, first.due_minor, first.earned.points) == (1099, 1099, 10)
    assert (first.points_after, first.holder.display_name) == (10, "Ada L.")
    assert purchases(shop) == postings(shop) == 0


def test_a_quote_without_a_card_says_what_a_card_would_have_earned(quick_shop):
    found = ask(quick_shop, quick_shop.basket(("coffee", 3000)))

    assert (found.earned.points, found.points_with_card, found.holder) == (0, 14, None)


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


def test_a_voucher_that_would_be_lost_is_not_taken(shop):
    code = voucher_for(shop, shop.ada, shop.ada_card)
    with shop.database.look() as tx:
        second = vouchers_of(tx, shop.ada, keys=shop.runtime.keys)[1].code

    roll = shop.basket(("roll", 1000), card=shop.ada_card, voucher_codes=(code,))
    assert ask(shop, roll).vouchers[0].taken_minor == 95
    with pytest.raises(VoucherNotNeeded):
        ask(shop, replace(roll, voucher_codes=(code, second)))


def test_a_voucher_pays_only_for_its_owner(quick_shop):
    shop = quick_shop
    code = voucher_for(shop, shop.ada, shop.ada_card)
    unknown = make_code(CodeKind.VOUCHER, bytes(10)).letters

    with pytest.raises(VoucherNeedsCard):
        ask(shop, shop.basket(("coffee", 1000), voucher_codes=(code,)))
    with pytest.raises(UnknownVoucher):
        ask(shop, shop.basket(("coffee", 1000), card=shop.ben_card, voucher_codes=(code,)))
    for nonsense in (unknown, shop.ada_card, "HELLO", ""):
        with pytest.raises(UnknownVoucher):
            ask(shop, shop.basket(("tea", 1000), card=shop.ada_card, voucher_codes=(nonsense,)))


def test_a_voucher_scanned_on_a_french_keyboard_is_read(quick_shop):
    shop = quick_shop
    code = arrived("]Q1" + voucher_for(shop, shop.ada, shop.ada_card), "fr")

    basket = shop.basket(("coffee", 1000), card=shop.ada_card, voucher_codes=(code,))

    assert ask(shop, basket).voucher_minor == 100


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda shop: make_code(CodeKind.CARD, bytes(10)).letters, UnknownCard),
        (
            lambda shop: shop.ada_card[:-1] + ("B" if shop.ada_card[-1] != "B" else "C"),
            CardMistyped,
        ),
        (lambda shop: "HELLO", CardNotReadable),
        (lambda shop: "3017620422003", CardNotReadable),
        (lambda shop: make_code(CodeKind.VOUCHER, bytes(10)).letters, CardNotReadable),
        (lambda shop: "-", CardNotReadable),
    ],
)
def test_a_card_that_is_none_is_refused_everywhere(quick_shop, spoil, refusal):
    code = spoil(quick_shop)

    with pytest.raises(refusal):
        who(quick_shop, code)
    with pytest.raises(refusal):
        ask(quick_shop, quick_shop.basket(("coffee", 1000), card=code))
    with pytest.raises(refusal):
        quick_shop.settle(quick_shop.sale(quick_shop.basket(("coffee", 1000), card=code)))
    assert purchases(quick_shop) == 0


def test_a_card_that_was_stopped_is_refused_and_says_which_way(quick_shop):
    shop = quick_shop
    ada, ben = who(shop, shop.ada_card).holder, who(shop, shop.ben_card).holder
    with shop.database.begin(actor="test") as tx:
        block_card(tx, member_id=ada.member_id, card_id=ada.card_id)
        replace_card(tx, keys=shop.runtime.keys, member_id=ben.member_id, card_id=ben.card_id)

    with pytest.raises(CardBlocked):
        who(shop, shop.ada_card)
    with pytest.raises(CardReplaced):
        who(shop, shop.ben_card)


def test_a_blocked_membership_neither_shows_nor_earns(quick_shop):
    with quick_shop.database.begin(actor="test") as tx:
        block_member(tx, member_id=quick_shop.ada)

    with pytest.raises(MemberBlocked):
        who(quick_shop, quick_shop.ada_card)


def test_a_basket_that_cannot_be_priced_says_what_is_wrong_with_which_line(quick_shop):
    shop = quick_shop

    with pytest.raises(UnknownArticles) as unknown:
        ask(shop, shop.basket(("coffee", 1000), ("unicorn", 1000), ("dragon", 1000)))
    with pytest.raises(FractionalQuantity) as fractional:
        ask(shop, shop.basket(("coffee", 1500), ("apples", 1500)))
    with pytest.raises(OtherCurrency):
        ask(shop, replace(shop.basket(("coffee", 1000)), currency="USD"))

    assert unknown.value.lines == {2: "unicorn", 3: "dragon"}
    assert fractional.value.lines == [1]


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
            check_day(tx, moved)
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
