"""Each rule of the books finds what it is there to find: planted, named by its row, and undone."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from loyalty.commands import (
    adjust_points,
    capture_hold,
    earn_points,
    expire_lots,
    load_gift_card,
    pay_with_gift_card,
    place_hold,
    publish_programme,
    record_loose_return,
    record_purchase,
    record_return,
    redeem_points,
    release_pending,
    reverse_posting,
    seal_ledger,
    spend_points,
    transfer_points,
)
from loyalty.kernel.jobs import JobLease
from loyalty.presets import preset_document
from loyalty.queries import RULES, Finding, verify_books
from loyalty.queries.verifying.books import EXPIRY_JOB
from loyalty.values import OfferShare
from tests.loyalty.world import KEYS, brought_back, line, returned, sale


@pytest.fixture
def busy(shop, ada, ben, clock):
    """A shop in which a little of everything has happened; its books are sound."""
    shares = (OfferShare("off_1", 500, (250, 250)),)
    with shop.begin(actor="test") as tx:
        first = sale(
            ada, line(1, price=200_000, quantity_milli=2000, shares=shares), occurred_at=tx.now
        )
        bought = record_purchase(tx, keys=KEYS, sale=first)
        paid = sale(ada, occurred_at=tx.now, vouchers=(bought.vouchers[0].voucher_id,))
        record_purchase(tx, keys=KEYS, sale=paid)
        back = returned(bought.purchase_id, (1, 1000), occurred_at=tx.now)
        record_return(tx, returned=back)
    clock.move(by=timedelta(days=40))
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=70, source="gift")
        seq = spend_points(tx, member_id=ada, points=30, source="reward").seq
        reverse_posting(tx, member_id=ada, seq=seq, points=10, source="undo")
        held = place_hold(tx, member_id=ada, points=20, source="basket:1")
        place_hold(tx, member_id=ada, points=5, source="basket:2", seconds=30 * 24 * 3600)
        capture_hold(tx, member_id=ada, hold_id=held.hold_id, points=15)
        while seal_ledger(tx):
            pass
        redeem_points(tx, member_id=ada, points=200, source="pays")
        adjust_points(tx, member_id=ada, points=5, reason="broken egg", source="egg", actor="cleo")
        transfer_points(tx, member_id=ada, to_member_id=ben, points=5, source="present")
        record_loose_return(tx, brought=brought_back(ben, line(price=200), occurred_at=tx.now))
        load_gift_card(tx, gift_card_id="gc-1", amount_minor=5000, source="sale:1")
        pay_with_gift_card(tx, gift_card_id="gc-1", due_minor=100, source="sale:2")
        assert verify_books(tx) == ()
    return shop


@contextmanager
def unguarded(tx):
    """Do what the database otherwise refuses: change rows that are append-only or referred to."""
    if tx.dialect == "postgresql":
        tx.run(text("SET LOCAL session_replication_role = replica"))
        yield
        return
    names = tx.run(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        tx.run(text(f"DROP TRIGGER {name}"))
    tx.run(text("PRAGMA defer_foreign_keys = ON"))
    tx.run(text("PRAGMA ignore_check_constraints = ON"))
    yield


class Undo(Exception):
    """Ends a test's transaction without a trace."""


PLANTS = {
    "balance": ["UPDATE wallets SET balance = balance + 1"],
    "sequence": ["UPDATE wallets SET seq = seq + 1"],
    "running-balance": ["UPDATE postings SET balance = balance + 1 WHERE seq = 2"],
    "lifetime": ["UPDATE wallets SET lifetime_spent = lifetime_spent + 1"],
    "lots": ["UPDATE lots SET granted = granted + 1"],
    "grants-tile": ["UPDATE postings SET lot_lo = lot_lo + 1, lot_hi = lot_hi + 1 WHERE seq = 2"],
    "takes-tile": ["UPDATE takes SET lo = lo + 1, hi = hi + 1 WHERE lo > 0"],
    "provenance": ["DELETE FROM takes WHERE seq = 5"],
    "holds": ["UPDATE wallets SET held = held + 1"],
    "captures": ["UPDATE holds SET captured = captured + 1 WHERE state = 'captured'"],
    "reversals": [
        "UPDATE postings SET reverses_seq = 1 WHERE kind = 'reversal'",
    ],
    "purchase-totals": ["UPDATE purchase_lines SET paid_minor = paid_minor - 1"],
    "purchase-points": ["UPDATE purchase_earnings SET points = points + 1"],
    "postings-have-causes": ["UPDATE postings SET purchase_id = 'pur_none' WHERE seq = 1"],
    "return-points": ["UPDATE purchase_returns SET points_taken = points_taken - 1"],
    "loose-returns": ["UPDATE loose_returns SET points_taken = points_taken - 1"],
    "return-quantities": ["UPDATE return_lines SET quantity_milli = 2000"],
    "tier-credit": ["UPDATE tier_credits SET spend_minor = spend_minor - 1"],
    "tier-steps": ["UPDATE tier_changes SET to_level = 'platinum' WHERE seq = 1"],
    "voucher-progress": ["UPDATE voucher_progress SET issued = issued + 1"],
    "voucher-uses": ["UPDATE vouchers SET used_for = 'pur_none' WHERE state = 'used'"],
    "gift-cards": ["UPDATE gift_cards SET balance_minor = balance_minor + 1"],
    "redemptions": ["UPDATE redemptions SET points = points + 1"],
    "reward-stock": ["INSERT INTO reward_counters VALUES ('bread', 'stock', '', 1)"],
    "adjustments": ["UPDATE adjustments SET points = points + 1"],
    "transfers": ["UPDATE transfers SET points = points + 1"],
    "chain": ["UPDATE postings SET source = 'forged' WHERE seq = 2"],
    "chain-head": ["UPDATE wallets SET head = 'forged'"],
    "seal-leaves": ["UPDATE seal_leaves SET head = 'forged'"],
    "seal-days": ["UPDATE seal_days SET root = 'forged'"],
    "seal-records": ["UPDATE seal_records SET number = 7"],
    "sealed-rows": ["UPDATE purchases SET till = 't9'"],
    "sealed-stretches": ["UPDATE takes SET lo = lo + 1, hi = hi + 1"],
    "lot-ages": ["UPDATE lots SET earned_at = (SELECT MAX(posted_at) FROM postings)"],
    "adjusted-days": ["UPDATE adjustment_days SET used = used + 1"],
    "tier-level": ["UPDATE tier_standings SET level = 'platinum'"],
}


def planted(database, *changes):
    """What is found after ``changes`` bypassed every guard; they are undone."""
    with pytest.raises(Undo) as undone, database.begin(actor="intruder") as tx:
        with unguarded(tx):
            for change in changes:
                assert tx.run(text(change)).rowcount > 0, f"{change}: nothing was planted"
        raise Undo({one.rule: one for one in verify_books(tx)})
    found: dict[str, Finding] = undone.value.args[0]
    return found


def test_what_is_planted_is_found_and_its_row_is_named(busy, ada):
    for rule, changes in PLANTS.items():
        found = planted(busy, *changes)

        assert rule in found, f"{rule} was not found, only {sorted(found)}"
        assert found[rule].row, rule
        assert found[rule].detail, rule
    with busy.look() as tx:
        assert verify_books(tx) == (), "everything was undone"


def test_every_rule_has_its_plant():
    assert set(PLANTS) | set(WAITING) | {"overdue-lots", "challenge-awards"} == set(RULES)


WAITING = {
    "arrivals": ["DELETE FROM postings WHERE kind = 'activation' AND points > 0"],
    "waiting-debts": ["UPDATE wallets SET lifetime_spent = 1 WHERE unit = 'points~pending'"],
}


def test_points_that_arrive_have_left_where_they_waited(shop, ada, clock):
    document = preset_document("three-tier-grocer") | {"pending": {"days": 3}}
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=document)
        record_purchase(tx, keys=KEYS, sale=sale(ada, occurred_at=tx.now))
    clock.move(by=timedelta(days=3))
    with shop.begin(actor="test") as tx:
        assert release_pending(tx) == 2
        assert verify_books(tx) == ()
    for rule, changes in WAITING.items():
        assert rule in planted(shop, *changes)


CRIMES = [
    ("DELETE FROM postings WHERE seq = 3", {"sequence", "chain"}),
    ("UPDATE postings SET points = points + 1 WHERE seq = 1", {"balance", "chain"}),
    ("UPDATE postings SET reasons = '[]' WHERE seq = 1", {"chain"}),
    ("UPDATE postings SET hash = 'x' WHERE seq = 1", {"chain"}),
    ("DELETE FROM purchases WHERE points > 0", {"postings-have-causes", "tier-credit"}),
    ("DELETE FROM return_lines", {"return-quantities"}),
]


def test_other_crimes_are_found_too(busy, ada):
    for change, rules in CRIMES:
        assert rules <= set(planted(busy, change)), change


def test_a_lot_that_the_expiry_job_has_missed_is_found(busy, ada, clock):
    clock.move(by=timedelta(days=500))
    with busy.begin(actor="test") as tx:
        assert verify_books(tx) == (), "the job has not run: nothing was missed"
        tx.run(
            insert(JobLease),
            {"name": EXPIRY_JOB, "holder": "", "fence": 1, "finished_at": tx.now, "outcome": ""},
        )
        assert [one.rule for one in verify_books(tx)] == ["overdue-lots"]
        expire_lots(tx)
        assert verify_books(tx) == ()


def test_the_first_bad_posting_is_the_one_that_is_named(busy, ada):
    found = planted(busy, "UPDATE postings SET source = source || '!' WHERE seq IN (3, 4)")

    assert found["chain"].row == f"{ada}/points/3"


def test_progress_is_told_for_every_rule(busy):
    heard = set()
    with busy.look() as tx:
        verify_books(tx, progress=lambda rule, done, total: heard.add(rule))

    assert heard == set(RULES)
