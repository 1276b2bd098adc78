"""What is told of receipts, histories and figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from loyalty.commands import (
    assign_level,
)
from loyalty.errors import UnknownLevel, UnknownMember, UnknownPurchase
from loyalty.queries import (
    balance,
    live_figures,
    member_card,
    member_story,
    purchase_detail,
    purchase_lines_of,
    sold_baskets,
    sold_lines,
    tier_progress,
    verify_books,
)
from loyalty.values import (
    MemberId,
    PurchaseId,
    SaleKey,
    StoreId,
)
from tests.loyalty.world import KEYS, line, ring

NOBODY = MemberId("mbr_nobody")


def test_a_receipt_is_found_by_its_id_or_by_the_tills_key(shop, ada):
    with shop.begin(actor="test") as tx:
        bought = ring(tx, ada, line(1), line(2, quantity_milli=2500), sequence=7)
        by_id = purchase_detail(tx, bought.purchase_id)

        assert purchase_detail(tx, by_id.key) == by_id
        assert (by_id.display_name, by_id.key.sequence) == ("Ada", 7)
        with pytest.raises(UnknownPurchase):
            purchase_detail(tx, PurchaseId("pur_none"))
        with pytest.raises(UnknownPurchase):
            purchase_detail(tx, SaleKey(StoreId("lyon-1"), "t1", date(2026, 3, 10), 8))


def test_history_is_told_line_by_line(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(1), line(2, sku="tea", category="drinks"))
        ring(tx, None, line(1, sku="tea", category="drinks"))
    clock.move(by=timedelta(days=1))
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(1, sku="jam", category="grocery"))
        days: dict[str, Any] = {"since_on": date(2026, 3, 10), "until_on": date(2026, 3, 10)}

        assert [one.sku for one in purchase_lines_of(tx, ada)] == ["jam", "bread", "tea"]
        assert [one.sku for one in purchase_lines_of(tx, ada, since=clock())] == ["jam"]
        assert sold_baskets(tx, **days) == 2
        assert len(sold_lines(tx, **days).items) == 3
        assert {one.sku for one in sold_lines(tx, **days, categories=["drinks"]).items} == {"tea"}
        assert sold_lines(tx, **days, skus=["jam"]).items == ()
        seen: list[tuple[str, int]] = []
        after = None
        while True:
            page = sold_lines(tx, **days, after=after, limit=2)
            seen.extend((one.purchase_id, one.line_no) for one in page.items)
            after = page.after
            if after is None:
                break
        assert seen == sorted(seen)
        assert len(seen) == 3


def test_staff_see_a_members_whole_story(shop, ada):
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(1, price=12_000))
        story = member_story(tx, ada, keys=KEYS, language="en")

        assert story.balance == balance(tx, ada)
        assert story.tier == tier_progress(tx, ada)
        assert (len(story.cards), len(story.vouchers), len(story.purchases)) == (1, 1, 1)
        assert story.statement[0].title == "Purchase"
        assert story.cards[0].code == member_card(tx, ada, keys=KEYS).code
        with pytest.raises(UnknownMember):
            member_story(tx, NOBODY, keys=KEYS, language="en")


def test_figures_add_up_with_the_books(shop, ada, ben):
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(1, price=30_000))
        ring(tx, None, line(1, price=10_000))
        figures = live_figures(tx)

        assert (figures.members, figures.new_this_week) == (2, 2)
        assert (figures.points_issued, figures.points_outstanding) == (300, 300)
        assert figures.liability_minor == 150
        assert figures.card_share_bp == 5000
        assert len(figures.sales_by_day) == 30
        assert figures.sales_by_day[-1].total_minor == 40_000
        assert sum(figures.levels.values()) == 2


def test_an_assigned_level_is_a_floor_until_its_day(shop, ada, clock):
    with shop.begin(actor="staff:stf_1") as tx:
        moved = assign_level(tx, member_id=ada, level="gold", until=date(2026, 6, 30))
        assert (moved.before, moved.tier.level) == ("base", "gold")
        assert assign_level(tx, member_id=ada, level="gold", until=date(2026, 6, 30)).before == (
            "gold"
        )
        with pytest.raises(UnknownLevel, match="titanium"):
            assign_level(tx, member_id=ada, level="titanium")
        with pytest.raises(UnknownMember):
            assign_level(tx, member_id=NOBODY, level="gold")
        assert verify_books(tx) == ()
    clock.move(by=timedelta(days=113))
    with shop.begin(actor="till:t1") as tx:
        assert tier_progress(tx, ada).level == "base"
        assert ring(tx, ada, line(1, price=100)).tier_before == "gold"
        assert verify_books(tx) == ()
