"""What comes back takes everything with it: money, points, credit, level, offers, vouchers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.commands import (
    publish_programme,
    record_return,
    spend_points,
)
from loyalty.errors import NothingToReturn, SaleConflict, UnknownPurchase, UnknownStore
from loyalty.presets import preset_document
from loyalty.queries import (
    balance,
    find_return,
    last_sequence,
    purchase_detail,
    statement,
    tier_progress,
    tier_steps,
    verify_books,
)
from loyalty.values import (
    OfferShare,
    PointsEffect,
    PurchaseId,
    SaleKey,
    StoreId,
)
from loyalty.words import PostingKind
from tests.loyalty.world import enrol, give_back, line, returned, ring


def test_one_loaf_of_three_takes_its_point_and_its_share_of_the_offer(shop, ada):
    bread = line(1, price=120, quantity_milli=3000, shares=(OfferShare("off_1", 36, (12, 12, 12)),))
    effects = (PointsEffect("off_2", 3, (1,)),)
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada, bread, line(2, price=2400), effects=effects)
        back = give_back(tx, bought, (1, 1000))

        assert (bought.total_minor, bought.balance) == (2724, 30)
        assert (back.refund_minor, back.points, back.balance) == (108, -2, 28)
        assert back.spend_minor == 108
        assert back.offers_given_back == ()
        detail = purchase_detail(tx, bought.purchase_id)
        assert (detail.lines[0].returned_milli, detail.lines[0].left_milli) == (1000, 2000)
        rest = give_back(tx, bought, (1, 2000), (2, 1000))
        assert (rest.refund_minor, rest.balance) == (2616, 0)
        assert rest.offers_given_back == ("off_1", "off_2")
        assert verify_books(tx) == ()


def test_a_return_sent_again_is_counted_once(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada, line(1, price=5000))
        one = returned(bought.purchase_id, (1, 1000), occurred_at=tx.now)
        first = record_return(tx, returned=one)
    with shop.begin(actor="till:t1") as tx:
        assert record_return(tx, returned=one) == replace(first, replayed=True)
        assert find_return(tx, one.key) == replace(first, replayed=True)
        with pytest.raises(SaleConflict):
            record_return(tx, returned=replace(one, request_hash="other"))
        assert [row.points for row in statement(tx, ada, language="en").items] == [-50, 50]


def test_a_number_stands_for_a_sale_or_a_return_never_both(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada, line(1, price=5000, quantity_milli=2000), sequence=900)
        with pytest.raises(SaleConflict):
            give_back(tx, bought, (1, 1000), sequence=900)
        give_back(tx, bought, (1, 1000), sequence=901)
        with pytest.raises(SaleConflict):
            ring(tx, ada, line(1, price=1), sequence=901)
        day = tx.now.date()
        assert last_sequence(tx, store_id="lyon-1", till="t1", business_on=day) == 901
        assert last_sequence(tx, store_id="lyon-1", till="t9", business_on=day) == 0


@pytest.mark.parametrize(
    ("lines", "line_no", "left"),
    [
        ([(1, 3000)], 1, 2000),
        ([(1, 2000), (1, 1)], 1, 0),
        ([(7, 1000)], 7, 0),
        ([(1, 0)], 1, 2000),
        ([(1, -1000)], 1, 2000),
        ([], 0, 0),
    ],
)
def test_no_more_comes_back_than_was_bought(shop, ada, lines, line_no, left):
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada, line(1, price=500, quantity_milli=2000))
        with pytest.raises(NothingToReturn) as refused:
            give_back(tx, bought, *lines)

        assert (refused.value.line_no, refused.value.left_milli) == (line_no, left)
        assert balance(tx, ada).balance == 10


def test_unknown_purchases_and_stores_are_refused(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada)
        nothing = returned(PurchaseId("pur_none"), (1, 1000), occurred_at=tx.now)
        with pytest.raises(UnknownPurchase):
            record_return(tx, returned=nothing)
        one = returned(bought.purchase_id, (1, 1000), occurred_at=tx.now)
        mars = SaleKey(StoreId("mars-1"), "t1", tx.now.date(), 1)
        with pytest.raises(UnknownStore):
            record_return(tx, returned=replace(one, key=mars))


def test_a_sale_without_a_card_gives_back_money_only(shop):
    with shop.begin(actor="till:t1") as tx:
        back = give_back(tx, ring(tx, None, line(1, price=999)), (1, 1000))

        assert (back.refund_minor, back.points, back.balance, back.tier) == (999, 0, None, None)
        assert verify_books(tx) == ()


def test_a_level_that_is_no_longer_deserved_is_lost_at_once(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        ring(tx, ada, line(1, price=299_000))
        lifted = ring(tx, ada, line(1, price=1000), line(2, price=100))
        assert lifted.tier is not None
        assert lifted.tier.level == "gold"

        back = give_back(tx, lifted, (1, 1000))
        assert back.tier is not None
        assert (back.tier_before, back.tier.level) == ("gold", "base")
        assert tier_progress(tx, ada).spend_minor == 299_100
        assert [step.to_level for step in tier_steps(tx, ada)] == ["base", "gold"]
        assert verify_books(tx) == ()


def test_a_return_counts_in_the_year_of_its_purchase(shop, ada, clock):
    clock.move(to=datetime(2026, 12, 30, 10, 0, tzinfo=UTC))
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada, line(1, price=300_000))
    clock.move(to=datetime(2027, 1, 3, 10, 0, tzinfo=UTC))
    with shop.begin(actor="till:t1") as tx:
        assert tier_progress(tx, ada).level == "gold"
        back = give_back(tx, bought, (1, 1000))
        assert back.tier is not None
        assert (back.tier.level, back.tier.spend_minor) == ("base", 0)
        assert verify_books(tx) == ()


def test_points_spent_already_leave_a_debt(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada, line(1, price=20_000))
        spend_points(tx, member_id=ada, points=150, source="reward")
        back = give_back(tx, bought, (1, 1000))

        assert (back.points, back.balance) == (-200, -150)
        assert verify_books(tx) == ()


def test_a_kinder_programme_takes_only_what_is_there(shop, ada):
    kinder = preset_document("three-tier-grocer")
    kinder["returns"]["short_balance"] = "within_balance"
    with shop.begin(actor="till:t1") as tx:
        publish_programme(tx, document=kinder)
        bought = ring(tx, ada, line(1, price=10_000), line(2, price=10_000))
        spend_points(tx, member_id=ada, points=150, source="reward")
        first = give_back(tx, bought, (1, 1000))
        second = give_back(tx, bought, (2, 1000))

        assert [(one.points, one.balance) for one in (first, second)] == [(-50, 0), (0, 0)]
        assert verify_books(tx) == ()


def test_a_wallet_s_floor_stops_a_programme_that_clamps_to_it(shop, ada):
    document = preset_document("three-tier-grocer")
    document["returns"]["short_balance"] = "clamp"
    document["wallets"]["points"]["floor"] = -20
    with shop.begin(actor="till:t1") as tx:
        publish_programme(tx, document=document)
        eve = enrol(tx, "Eve").member_id
        bought = ring(tx, eve, line(1, price=10_000))
        spend_points(tx, member_id=eve, points=100, source="reward")

        assert give_back(tx, bought, (1, 1000)).balance == -20
        assert verify_books(tx) == ()


def test_points_come_back_from_the_lot_of_their_purchase(shop, ada, clock):
    with shop.begin(actor="till:t1") as tx:
        ring(tx, ada, line(1, price=3000))
    clock.move(by=timedelta(days=60))
    with shop.begin(actor="till:t1") as tx:
        second = ring(tx, ada, line(1, price=5000))
        give_back(tx, second, (1, 1000))

        now = balance(tx, ada)
        assert (now.lapsing_points, now.lapsing_on) == (30, date(2027, 4, 1)), "the older ones"
        newest = statement(tx, ada, language="en").items[0]
        assert (newest.kind, newest.purchase_id) == (PostingKind.RETURN, second.purchase_id)
