from dataclasses import replace

import pytest

from loyalty.commands import block_card, block_member, replace_card
from loyalty.errors import (
    CardBlocked,
    CardMistyped,
    CardNotReadable,
    CardReplaced,
    MemberBlocked,
    UnknownCard,
    UnknownVoucher,
)
from loyalty.queries import (
    CodeKind,
    make_code,
    vouchers_of,
)
from pos_adapter.errors import (
    FractionalQuantity,
    OtherCurrency,
    UnknownArticles,
    VoucherNeedsCard,
    VoucherNotNeeded,
)
from tests.pos_adapter.looking import ask, postings, purchases, voucher_for, who
from tests.pos_adapter.vectors import arrived


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
