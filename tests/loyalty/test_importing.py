"""History brought in all at once reads as if it had been recorded day by day."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same history every time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from loyalty.commands import (
    earn_points,
    expire_lots,
    import_history,
    record_purchase,
    reverse_posting,
    review_tiers,
    spend_points,
)
from loyalty.commands.sql import table_of
from loyalty.errors import (
    MemberBlocked,
    SaleConflict,
    SaleInconsistent,
    UnknownMember,
    UnknownStore,
)
from loyalty.models import (
    Lot,
    Posting,
    Purchase,
    PurchaseEarning,
    PurchaseLine,
    PurchaseShare,
    Take,
    TierChange,
    TierCredit,
    TierStanding,
    Voucher,
    VoucherProgress,
    Wallet,
)
from loyalty.queries import balance, find_sale, verify_books
from loyalty.values import MemberId, OfferShare, PointsEffect, VoucherId
from tests.conftest import NOW
from tests.loyalty.world import KEYS, enrol, line, sale

TABLES = (
    Wallet,
    Posting,
    Lot,
    Take,
    TierCredit,
    TierStanding,
    TierChange,
    VoucherProgress,
    Voucher,
    Purchase,
    PurchaseLine,
    PurchaseShare,
    PurchaseEarning,
)
MADE_UP = ("pur_", "vch_", "pgv_")
"""Ids that each recording makes up anew; seals and look-ups follow from them."""


def history(members, *, sales=150, seed=7):
    """A random history over two and a half years, with offers, anonymous sales and idle times."""
    dice = random.Random(seed)
    at = NOW - timedelta(days=900)
    made = []
    for number in range(sales):
        at += timedelta(minutes=dice.randrange(1, 16_000))
        member = dice.choice([*members, *members, None])
        lines = []
        for line_no in range(1, dice.randrange(2, 6)):
            price, units = dice.randrange(1, 60_000), dice.randrange(1, 4)
            off = dice.randrange(0, price) if dice.random() < 0.3 else 0
            shares = (OfferShare("off_1", off * units, (off,) * units),) if off else ()
            lines.append(line(line_no, price=price, quantity_milli=units * 1000, shares=shares))
        effects: tuple[PointsEffect, ...] = ()
        if member and dice.random() < 0.2:
            effects = (PointsEffect("off_2", dice.randrange(1, 50), (1,), "Bonus"),)
        made.append(sale(member, *lines, occurred_at=at, sequence=number, effects=effects))
    return made


def told(tx, names):
    """Every row of every table, with made-up ids and what follows from them taken out."""
    found = {}
    for model in TABLES:
        table = table_of(model)
        rows = [row._asdict() for row in tx.run(select(table))]
        found[table.name] = sorted(repr(_plain(row, names)) for row in rows)
    return found


def _plain(row, names):
    left_out = {"hash", "head", "lookup", "receipt"}
    return {key: _told(value, names) for key, value in row.items() if key not in left_out}


def _told(value, names):
    if not isinstance(value, str):
        return value
    return "made up" if value.startswith(MADE_UP) or ":pur_" in value else names.get(value, value)


def begin_with_a_debt(tx, member_id):
    """Leave a member 700 points below zero: what she earns next pays it."""
    seq = earn_points(tx, member_id=member_id, points=700, source="gift").seq
    spend_points(tx, member_id=member_id, points=700, source="reward")
    reverse_posting(tx, member_id=member_id, seq=seq, source="undo")


def one_by_one(database, clock, sales):
    """Record the history as it happened, with the clock of each day."""
    for one in sorted(sales, key=lambda sale_: sale_.occurred_at):
        clock.move(to=one.occurred_at)
        with database.begin(actor="till:t1") as tx:
            record_purchase(tx, keys=KEYS, sale=one)


def test_an_import_leaves_what_single_commands_would_have_left(shop, clock):
    clock.move(to=NOW - timedelta(days=901))
    with shop.begin(actor="test") as tx:
        for_single = [enrol(tx, name).member_id for name in ("Ada", "Ben", "Eve")]
        for_import = [enrol(tx, name).member_id for name in ("Ada", "Ben", "Eve")]
        for member_id in (for_single[0], for_import[0]):
            begin_with_a_debt(tx, member_id)
    singles = history(for_single)
    alike = dict(zip(for_single, for_import, strict=True))
    imported = [
        replace(
            one,
            member_id=alike.get(one.member_id),
            key=replace(one.key, till="t2"),
        )
        for one in singles
    ]
    one_by_one(shop, clock, singles)
    with shop.begin(actor="import") as tx:
        done = import_history(tx, keys=KEYS, sales=imported)
        names = dict.fromkeys(for_single, "single") | dict.fromkeys(for_import, "imported")
        everything = told(tx, {one: f"member {place % 3}" for place, one in enumerate(names)})

        for name, rows in everything.items():
            assert _halves(name, rows), f"{name} differs"
        assert (done.purchases, done.repeated) == (len(imported), 0)
        assert done.tier_changes > 3
        assert done.vouchers > 10
        assert verify_books(tx) == ()


def _halves(name, rows):
    """Tell whether every row is there as often from the import as from the single commands."""
    without_till = sorted(row.replace("'till': 't2'", "'till': 't1'") for row in rows)
    assert rows, f"{name} is empty: the history proves nothing about it"
    return all(without_till.count(row) % 2 == 0 for row in without_till)


def test_the_jobs_go_on_where_an_import_ends(shop, clock):
    clock.move(to=NOW - timedelta(days=901))
    with shop.begin(actor="test") as tx:
        members = [enrol(tx, name).member_id for name in ("Ada", "Ben")]
    clock.move(to=NOW)
    with shop.begin(actor="import") as tx:
        import_history(tx, keys=KEYS, sales=history(members))
        assert expire_lots(tx) > 0
        review_tiers(tx)
        assert verify_books(tx) == ()
        late = record_purchase(tx, keys=KEYS, sale=sale(members[0], occurred_at=tx.now))
        assert late.balance == balance(tx, members[0]).balance
        assert verify_books(tx) == ()


def test_importing_again_adds_nothing(shop, ada, clock):
    sales = history([ada], sales=40)
    heard: list[int] = []
    with shop.begin(actor="import") as tx:
        first = import_history(tx, keys=KEYS, sales=sales[:30], progress=heard.append)
        again = import_history(tx, keys=KEYS, sales=sales, progress=heard.append)

        assert (first.purchases, again.purchases, again.repeated) == (30, 10, 30)
        assert heard == [30, 40]
        assert import_history(tx, keys=KEYS, sales=sales).purchases == 0
        assert verify_books(tx) == ()


def test_a_repeated_sale_gets_the_receipt_of_the_import(shop, ada):
    one = sale(ada, line(price=25_000), occurred_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    with shop.begin(actor="import") as tx:
        import_history(tx, keys=KEYS, sales=[one])
        receipt = record_purchase(tx, keys=KEYS, sale=one)

        assert receipt == find_sale(tx, one.key, keys=KEYS)
        assert (receipt.replayed, receipt.balance, len(receipt.vouchers)) == (True, 250, 2)
        assert receipt.tier is not None
        assert receipt.tier.spend_minor == 25_000, "as of then: a new year had begun in Paris"


def test_an_import_announces_nothing(shop, ada):
    with shop.begin(actor="import") as tx:
        before = tx.run(text("SELECT COUNT(*) FROM outbox_events")).scalar_one()
        import_history(tx, keys=KEYS, sales=history([ada], sales=20))
        assert tx.run(text("SELECT COUNT(*) FROM outbox_events")).scalar_one() == before


def test_nothing_is_imported_when_one_sale_is_wrong(shop, ada):
    good = sale(ada, occurred_at=NOW)
    wrong = [
        (replace(good, request_hash="other"), SaleConflict),
        (sale(MemberId("mbr_nobody"), occurred_at=NOW), UnknownMember),
        (sale(ada, occurred_at=NOW, store="mars-1"), UnknownStore),
        (sale(ada, occurred_at=NOW, currency="USD"), SaleInconsistent),
        (sale(ada, occurred_at=NOW, vouchers=(VoucherId("vch_1"),)), SaleInconsistent),
    ]
    for one, refusal in wrong:
        with pytest.raises(refusal), shop.begin(actor="import") as tx:
            import_history(tx, keys=KEYS, sales=[good, one])
    with shop.begin(actor="import") as tx:
        tx.run(text("UPDATE members SET state = 'blocked'"))
        with pytest.raises(MemberBlocked):
            import_history(tx, keys=KEYS, sales=[good])
        assert tx.run(text("SELECT COUNT(*) FROM purchases")).scalar_one() == 0
