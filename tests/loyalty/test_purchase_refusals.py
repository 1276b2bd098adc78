"""Sales that are refused, and what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from loyalty.commands import block_member, record_purchase
from loyalty.errors import (
    MemberBlocked,
    SaleInconsistent,
    UnknownMember,
    UnknownStore,
)
from loyalty.queries import (
    purchases_of,
    tier_progress,
)
from loyalty.values import (
    LineKind,
    MemberId,
    OfferShare,
    PointsEffect,
    PurchaseId,
    Tender,
    VoucherId,
)
from tests.loyalty.world import KEYS, line, sale


def ring(tx, one):
    return record_purchase(tx, keys=KEYS, sale=one)


def count(tx, table):
    return tx.run(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()


def test_a_refused_sale_leaves_no_trace(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        block_member(tx, member_id=ada)
        before = [count(tx, table) for table in ("purchases", "postings", "outbox_events")]
    for member_id, refusal in ((ada, MemberBlocked), (MemberId("mbr_nobody"), UnknownMember)):
        with pytest.raises(refusal), shop.begin(actor="till:t1") as tx:
            ring(tx, sale(member_id, line(1, price=1000), occurred_at=tx.now))
    with pytest.raises(UnknownStore), shop.begin(actor="till:t1") as tx:
        ring(tx, sale(None, occurred_at=tx.now, store="mars-1"))
    with shop.look() as tx:
        after = [count(tx, table) for table in ("purchases", "postings", "outbox_events")]
    assert after == before


LINE = line(1, price=1000)
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("no lines", {"lines": ()}),
    ("another currency", {"currency": "USD"}),
    ("a line number twice", {"lines": (LINE, LINE)}),
    ("line number zero", {"lines": (replace(LINE, line_no=0),)}),
    ("quantity zero", {"lines": (replace(LINE, quantity_milli=0),)}),
    ("a huge price", {"lines": (replace(LINE, gross_minor=10**9, paid_minor=10**9),)}),
    ("a till of the year 9998", {"occurred_at": datetime(9998, 1, 1, tzinfo=UTC)}),
    ("a huge quantity", {"lines": (replace(LINE, quantity_milli=10**9),)}),
    ("a negative price", {"lines": (replace(LINE, gross_minor=-1, paid_minor=-1),)}),
    ("paid more than the price", {"lines": (replace(LINE, paid_minor=1001),)}),
    ("a discount without an offer", {"lines": (replace(LINE, paid_minor=900),)}),
    (
        "unit shares that do not add up",
        {"lines": (replace(LINE, paid_minor=900, shares=(OfferShare("o", 100, (99,)),)),)},
    ),
    (
        "a negative share",
        {
            "lines": (
                replace(
                    LINE,
                    paid_minor=900,
                    shares=(OfferShare("o", 101, (101,)), OfferShare("p", -1, (-1,))),
                ),
            )
        },
    ),
    (
        "an offer twice on a line",
        {
            "lines": (
                replace(
                    LINE,
                    paid_minor=800,
                    shares=(OfferShare("o", 100, (100,)), OfferShare("o", 100, (100,))),
                ),
            )
        },
    ),
    ("a voucher twice", {"voucher_ids": (VoucherId("vch_1"),) * 2}),
    ("points on an unknown line", {"points_effects": (PointsEffect("o", 1, (7,)),)}),
    ("no points", {"points_effects": (PointsEffect("o", 0, (1,)),)}),
    ("an offer's points twice", {"points_effects": (PointsEffect("o", 1, (1,)),) * 2}),
    (
        "points without a member",
        {"member_id": None, "points_effects": (PointsEffect("o", 1, (1,)),)},
    ),
]


def test_a_sale_that_does_not_add_up_is_refused(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        for what, changes in WRONG:
            with pytest.raises(SaleInconsistent) as refused:
                ring(tx, replace(sale(ada, LINE, occurred_at=tx.now), **changes))

            assert refused.value.reason, what
        assert count(tx, "purchases") == 0


def test_only_articles_count_towards_points_and_tier(shop, ada):
    lines = (
        line(1, price=1000),
        line(2, price=500, kind=LineKind.DEPOSIT),
        line(3, price=700, kind=LineKind.GIFT_CARD),
    )
    with shop.begin(actor="till:t1") as tx:
        receipt = ring(tx, sale(ada, *lines, occurred_at=tx.now))

        assert (receipt.total_minor, receipt.earned.points) == (2200, 10)
        assert tier_progress(tx, ada).spend_minor == 1000


def test_purchases_are_listed_newest_first_and_paged(shop, ada, clock):
    ids: list[PurchaseId] = []
    for _ in range(5):
        clock.move(by=timedelta(hours=1))
        with shop.begin(actor="till:t1") as tx:
            one = replace(
                sale(ada, line(price=1000), occurred_at=tx.now), tenders=(Tender("cash", 1000),)
            )
            ids.append(ring(tx, one).purchase_id)
    with shop.look() as tx:
        first = purchases_of(tx, ada, limit=3)
        rest = purchases_of(tx, ada, limit=3, after=first.after)

        assert [row.purchase_id for row in (*first.items, *rest.items)] == ids[::-1]
        assert rest.after is None
        assert first.items[0].store_name == "Lyon Bellecour"
