"""A sale is recorded once, with everything it brings about, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from loyalty.commands import record_purchase, review_tiers
from loyalty.errors import (
    SaleConflict,
    UnknownVoucher,
    VoucherNotUsable,
)
from loyalty.kernel.outbox import OutboxEvent
from loyalty.queries import (
    balance,
    card_holder,
    find_sale,
    member_card,
    purchase_detail,
    statement,
    tier_progress,
    tier_steps,
    verify_books,
    voucher_by_code,
    voucher_progress,
    vouchers_of,
)
from loyalty.values import (
    OfferShare,
    PointsEffect,
    VoucherState,
)
from tests.loyalty.world import KEYS, line, sale


def ring(tx, one):
    return record_purchase(tx, keys=KEYS, sale=one)


def count(tx, table):
    return tx.run(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()


def events(tx):
    return sorted(tx.run(text("SELECT name FROM outbox_events")).scalars())


def test_a_sale_moves_points_credit_and_vouchers_together(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        receipt = ring(tx, sale(ada, line(1, price=12_345), line(2, price=100), occurred_at=tx.now))

        assert (receipt.total_minor, receipt.due_minor) == (12_445, 12_445)
        assert (receipt.earned.points, receipt.balance) == (124, 124)
        assert receipt.tier is not None
        assert (receipt.tier_before, receipt.tier.level) == ("base", "base")
        assert receipt.tier.to_next_minor == 300_000 - 12_445
        assert [one.value_minor for one in receipt.vouchers] == [100]
        assert voucher_by_code(tx, receipt.vouchers[0].code, keys=KEYS) == receipt.vouchers[0]
        standing = voucher_progress(tx, ada)
        assert standing is not None
        assert (standing.spend_minor, standing.to_next_minor) == (12_445, 7_555)
        assert "PurchaseRecorded" in events(tx)
        assert verify_books(tx) == ()


def test_a_sale_sent_again_is_counted_once(shop, ada):
    one = sale(ada, line(1, price=25_000), occurred_at=datetime(2026, 3, 10, tzinfo=UTC))
    with shop.begin(actor="till:t1") as tx:
        first = ring(tx, one)
    with shop.begin(actor="till:t1") as tx:
        assert ring(tx, one) == replace(first, replayed=True)
        assert find_sale(tx, one.key, keys=KEYS) == replace(first, replayed=True)
        assert (balance(tx, ada).balance, count(tx, "purchases"), count(tx, "vouchers")) == (
            250,
            1,
            2,
        )
        assert events(tx).count("PurchaseRecorded") == 1
        assert verify_books(tx) == ()


def test_the_same_number_with_other_content_is_refused(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        one = sale(ada, line(1, price=1000), occurred_at=tx.now)
        ring(tx, one)
        other = replace(sale(ada, line(1, price=999), occurred_at=tx.now), key=one.key)
        with pytest.raises(SaleConflict) as refused:
            ring(tx, other)

        assert refused.value.facts()["sequence"] == one.key.sequence
        with pytest.raises(SaleConflict):
            find_sale(tx, one.key, keys=KEYS, request_hash="other")
        assert balance(tx, ada).balance == 10


def test_a_sale_without_a_card_is_only_counted(shop):
    with shop.begin(actor="till:t1") as tx:
        one = sale(None, line(1, price=5000), occurred_at=tx.now)
        receipt = ring(tx, one)

        assert (receipt.member_id, receipt.earned.points, receipt.tier) == (None, 0, None)
        assert ring(tx, one) == replace(receipt, replayed=True)
        assert verify_books(tx) == ()


def test_a_sale_below_a_point_still_counts_as_a_visit(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        receipt = ring(tx, sale(ada, line(1, price=99), occurred_at=tx.now))

        assert (receipt.earned.points, receipt.balance) == (0, 0)
        assert tier_progress(tx, ada).spend_minor == 99
        assert statement(tx, ada, language="en").items == ()
        assert verify_books(tx) == ()


def test_the_sale_that_reaches_the_threshold_lifts_the_member(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        before = ring(tx, sale(ada, line(1, price=299_999), occurred_at=tx.now))
        lifted = ring(tx, sale(ada, line(1, price=1), occurred_at=tx.now))

        assert before.tier is not None
        assert lifted.tier is not None
        assert before.tier.level == "base"
        assert (lifted.tier_before, lifted.tier.level) == ("base", "gold")
        assert lifted.tier.kept_until_on == date(2027, 12, 31)
        code = member_card(tx, ada, keys=KEYS).code
        assert card_holder(tx, code, keys=KEYS).level == "gold"
        steps = [(step.from_level, step.to_level, step.cause) for step in tier_steps(tx, ada)]
        assert steps == [("base", "gold", f"purchase:{lifted.purchase_id}")]
        reached = tx.run(
            text("SELECT body FROM outbox_events WHERE name = 'TierReached'").columns(
                body=OutboxEvent.__table__.c.body.type
            )
        ).scalars()
        assert list(reached) == [{"member_id": ada, "level": "gold", "previous": "base"}]


def test_a_level_lasts_to_the_end_of_the_next_year(shop, ada, clock):
    """Earned in 2026, kept through 2027, lost on 1 January 2028 in Paris."""
    with shop.begin(actor="till:t1") as tx:
        ring(tx, sale(ada, line(1, price=300_000), occurred_at=tx.now))
    code = None
    for instant, level in (
        (datetime(2027, 12, 31, 22, 59, tzinfo=UTC), "gold"),
        (datetime(2027, 12, 31, 23, 0, tzinfo=UTC), "base"),
    ):
        clock.move(to=instant)
        with shop.look() as tx:
            code = member_card(tx, ada, keys=KEYS).code
            assert card_holder(tx, code, keys=KEYS).level == level
            assert tier_progress(tx, ada).level == level
    with shop.begin(actor="job") as tx:
        assert review_tiers(tx) == 1
        assert review_tiers(tx) == 0
        assert [step.to_level for step in tier_steps(tx, ada)] == ["base", "gold"]
        assert verify_books(tx) == ()


def test_a_late_sale_counts_in_the_year_in_which_it_happened(shop, ada, clock):
    """Rung up on New Year's Eve at 23:59 in Paris, delivered by an offline till in January."""
    clock.move(to=datetime(2027, 1, 4, 8, 0, tzinfo=UTC))
    eve = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    with shop.begin(actor="till:t1") as tx:
        ring(tx, sale(ada, line(1, price=300_000), occurred_at=eve))
        ring(tx, sale(ada, line(1, price=5_000), occurred_at=eve + timedelta(minutes=1)))

        progress = tier_progress(tx, ada)
        assert (progress.level, progress.spend_minor) == ("gold", 5_000)
        assert progress.kept_until_on == date(2027, 12, 31)
        line_ = statement(tx, ada, language="en").items[-1]
        assert line_.expires_on == date(2028, 1, 1), "twelve months from December"
        assert verify_books(tx) == ()


def test_offers_points_and_shares_are_written_with_the_sale(shop, ada):
    bread = line(1, price=120, quantity_milli=3000, shares=(OfferShare("off_1", 36, (12, 12, 12)),))
    effects = (PointsEffect("off_2", 3, (1,), "Friday bread"),)
    with shop.begin(actor="till:t1") as tx:
        receipt = ring(tx, sale(ada, bread, occurred_at=tx.now, effects=effects))

        assert (receipt.total_minor, receipt.discount_minor) == (324, 36)
        assert [(one.rule, one.points, one.label) for one in receipt.earned.fired] == [
            ("base", 3, ""),
            ("off_2", 3, "Friday bread"),
        ]
        detail = purchase_detail(tx, receipt.purchase_id)
        assert detail.lines[0].shares == bread.shares
        assert detail.purchase.points == 6
        assert verify_books(tx) == ()


def test_a_voucher_lowers_what_is_due_and_never_what_is_earned(shop, ada, ben):
    with shop.begin(actor="till:t1") as tx:
        first, second = ring(tx, sale(ada, line(price=20_000), occurred_at=tx.now)).vouchers
        one = sale(ada, line(price=150), occurred_at=tx.now, vouchers=(first.voucher_id,))
        paid = ring(tx, one)

        assert (paid.total_minor, paid.voucher_minor, paid.due_minor) == (150, 100, 50)
        assert paid.earned.points == 1
        with pytest.raises(VoucherNotUsable) as refused:
            ring(tx, replace(sale(ada, occurred_at=tx.now), voucher_ids=(first.voucher_id,)))
        assert refused.value.state == VoucherState.USED
        with pytest.raises(UnknownVoucher):
            ring(tx, replace(sale(ben, occurred_at=tx.now), voucher_ids=(second.voucher_id,)))
        small = sale(ada, line(price=30), occurred_at=tx.now, vouchers=(second.voucher_id,))
        assert ring(tx, small).due_minor == 0
        assert [one.state for one in vouchers_of(tx, ada, keys=KEYS)] == [VoucherState.USED] * 2


def test_a_voucher_is_good_through_its_last_day_in_paris(shop, ada, clock):
    with shop.begin(actor="till:t1") as tx:
        voucher = ring(tx, sale(ada, line(price=10_000), occurred_at=tx.now)).vouchers[0]
    assert voucher.expires_on == date(2026, 10, 1)
    clock.move(to=datetime(2026, 9, 30, 22, 0, tzinfo=UTC))
    with shop.begin(actor="till:t1") as tx:
        late = replace(sale(ada, occurred_at=tx.now), voucher_ids=(voucher.voucher_id,))
        with pytest.raises(VoucherNotUsable) as refused:
            ring(tx, late)
        assert refused.value.state == VoucherState.EXPIRED
        assert vouchers_of(tx, ada, keys=KEYS)[0].state is VoucherState.EXPIRED
        assert vouchers_of(tx, ada, keys=KEYS, usable_only=True) == ()
