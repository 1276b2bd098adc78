"""A small retailer in whose books a little of everything has happened, sealed twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from loyalty.commands import (
    History,
    OpeningLot,
    adjust_points,
    attach_purchase,
    capture_hold,
    claim_reward,
    decide_adjustment,
    draw_points,
    earn_points,
    enrol_member,
    erase_member,
    expire_lots,
    file_claim,
    form_pool,
    join_pool,
    leave_pool,
    load_gift_card,
    merge_members,
    open_balances,
    open_standing,
    pay_with_gift_card,
    place_hold,
    pool_points,
    publish_programme,
    record_consent,
    record_event,
    record_loose_return,
    record_return,
    redeem_points,
    release_hold,
    release_pending,
    reverse_posting,
    seal_ledger,
    settle_referrals,
    spend_points,
    transfer_points,
    unmerge_members,
)
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.presets import preset_document
from loyalty.values import (
    Channel,
    ConsentGiven,
    Identity,
    MemberId,
    OfferShare,
    PurchaseId,
    Purpose,
    ReceiptNamed,
)
from tests.loyalty.world import KEYS, brought_back, enrol, give_back, line, returned, ring

DOCUMENT = preset_document("three-tier-grocer") | {
    "pending": {"days": 3},
    "earn": [
        {"id": "base", "points": 1, "per": "amount", "amount": "1.00"},
        {"id": "note", "points": 10, "per": "event", "event": "review"},
    ],
    "rewards": [
        {"id": "bread", "kind": "article", "article": "bread", "cost": 300, "stock": 9},
        {"id": "five", "kind": "voucher", "amount": "5.00", "cost": 400, "limit": {"member": 5}},
    ],
    "referral": {
        "referrer": {"points": 500},
        "referee": {"points": 200},
        "minimum": "20.00",
        "after_days": 0,
    },
    "challenges": [
        {
            "id": "ten-breads",
            "name": {"fr": "Dix pains", "en": "Ten breads"},
            "metric": "units",
            "article": "bread",
            "target": 3,
            "repeats": 2,
            "window": "month",
            "reward": {"points": 50, "badge": "baker"},
            "on_return": "take_back",
        }
    ],
    "household": {"exit": "contributed"},
    "adjustment_limits": {"four_eyes_above": 80},
}


@dataclass(frozen=True, slots=True)
class House:
    """The cast: their ids by name; and purchases that are spoken of later."""

    cast: dict[str, MemberId]
    bought: dict[str, PurchaseId] = field(default_factory=dict)


def build_house(database: Database, clock: MovableClock) -> House:
    """Fill a database in which the stores exist; seal it at the end of three days."""
    with database.begin(actor="test") as tx:
        publish_programme(tx, document=DOCUMENT)
    house = House(_enrol(database))
    _first_day(database, house)
    _sleep(database, clock, days=32)
    _second_day(database, house)
    _sleep(database, clock, days=1)
    _third_day(database, house)
    _sleep(database, clock, days=1)
    return house


def _sleep(database: Database, clock: MovableClock, *, days: int) -> None:
    """Let a night pass: what waits arrives, what lapses goes, and everything is sealed."""
    clock.move(by=timedelta(days=days))
    with database.begin(actor="test") as tx:
        release_pending(tx)
        expire_lots(tx)
        settle_referrals(tx)
    clock.move(by=timedelta(hours=3))
    with database.begin(actor="test") as tx:
        while seal_ledger(tx, limit=20):
            pass


def _enrol(database: Database) -> dict[str, MemberId]:
    with database.begin(actor="test") as tx:
        names = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Fay")
        cast = {name: enrol(tx, name).member_id for name in names}
        cast["Gus"] = enrol_member(
            tx,
            keys=KEYS,
            identity=Identity(given_name="Gus", email="gus@example.org"),
            channel=Channel.STORE,
            language="en",
            referrer=cast["Ada"],
        ).member_id
        open_standing(
            tx,
            member_id=cast["Dan"],
            on=date(2026, 3, 10),
            level="gold",
            history=History(spend_minor=350_000, purchases=12),
        )
        lots = [
            OpeningLot(
                cast["Dan"], "points", 900, earned_on=date(2026, 1, day), lot_id=f"old-{day}"
            )
            for day in (3, 9)
        ]
        open_balances(tx, lots=lots, source="card-file")
        yes = ConsentGiven(
            Purpose.EMAIL_MARKETING,
            granted=True,
            wording="Write to me.",
            wording_version=1,
            language="en",
        )
        for answer in (yes, replace(yes, granted=False)):
            record_consent(
                tx, member_id=cast["Ada"], given=answer, channel=Channel.STORE, source="till"
            )
    return cast


def _first_day(database: Database, house: House) -> None:
    ada, ben, cleo, dan, eva = (house.cast[name] for name in ("Ada", "Ben", "Cleo", "Dan", "Eva"))
    shares = (OfferShare("off_1", 500, (250, 250)),)
    with database.begin(actor="test") as tx:
        for member_id in (ada, ben, cleo):
            earn_points(tx, member_id=member_id, points=2000, source="gift")
        ring(tx, ada, line(1, price=200_000, quantity_milli=2000, shares=shares), line(2))
        two = ring(tx, ben, line(1, price=15_000), line(2, quantity_milli=3000))
        nobody = ring(tx, None, line(1, price=300), line(2, sku="pot"))
        house.bought["nobody's"] = nobody.purchase_id
        ring(tx, house.cast["Gus"], line(1, price=9000))
        ring(tx, eva, line(1, price=33_000))
        give_back(tx, two, (2, 1000))
        spend_points(tx, member_id=ada, points=30, source="reward")
        load_gift_card(tx, gift_card_id="gc-1", amount_minor=5000, source="sale:1")
        pay_with_gift_card(tx, gift_card_id="gc-1", due_minor=100, source="sale:2")
        record_event(tx, member_id=ada, event="review", source="r1", occurred_at=tx.now)
        place_hold(tx, member_id=ben, points=40, source="basket:1", seconds=30 * 86_400)
        release_hold(
            tx,
            member_id=ben,
            hold_id=place_hold(tx, member_id=ben, points=10, source="basket:2").hold_id,
        )
        adjust_points(tx, member_id=dan, points=90, reason="sorry", source="big", actor="cleo")
        adjust_points(tx, member_id=dan, points=-7, reason="typo", source="small", actor="cleo")
        claim_reward(tx, keys=KEYS, member_id=ada, reward_id="five", source="five:1")


def _second_day(database: Database, house: House) -> None:
    ada, ben, cleo, dan = (house.cast[name] for name in ("Ada", "Ben", "Cleo", "Dan"))
    with database.begin(actor="test") as tx:
        held = place_hold(tx, member_id=ada, points=20, source="basket:3")
        capture_hold(tx, member_id=ada, hold_id=held.hold_id, points=15)
        seq = spend_points(tx, member_id=ben, points=30, source="reward").seq
        reverse_posting(tx, member_id=ben, seq=seq, points=10, source="undo")
        redeem_points(tx, member_id=ada, points=200, source="pays")
        asked = adjust_points(
            tx, member_id=dan, points=95, reason="lost", source="second", actor="cleo"
        )
        decide_adjustment(
            tx, member_id=dan, adjustment_id=asked.adjustment_id, approve=True, actor="dora"
        )
        earn_points(tx, member_id=house.cast["Eva"], points=25, source="later")
        transfer_points(tx, member_id=ada, to_member_id=ben, points=55, source="present")
        pool = form_pool(tx, owner_id=cleo, source="family").pool_id
        join_pool(tx, pool_id=pool, member_id=dan)
        join_pool(tx, pool_id=pool, member_id=ben)
        pool_points(tx, member_id=cleo, points=300, source="in")
        pool_points(tx, member_id=dan, points=100, source="in")
        draw_points(tx, member_id=dan, points=20, source="out")
        leave_pool(tx, member_id=ben, source="bye")
        merge = merge_members(tx, survivor_id=ada, other_id=house.cast["Eva"], source="m1")
        unmerge_members(tx, merge_id=merge.merge_id)
        house.cast["pool"] = pool


def _third_day(database: Database, house: House) -> None:
    ada, ben, dan = (house.cast[name] for name in ("Ada", "Ben", "Dan"))
    with database.begin(actor="test") as tx:
        merge_members(tx, survivor_id=ada, other_id=house.cast["Eva"], source="m2")
        ring(tx, dan, line(1, price=70_000), line(2, price=900))
        three = ring(tx, ben, line(1, price=12_000))
        four = ring(tx, ben, line(1, price=2000))
        give_back(tx, three, (1, 1000))
        some = returned(four.purchase_id, occurred_at=tx.now)
        record_return(tx, returned=replace(some, amount_minor=500))
        record_loose_return(tx, brought=brought_back(ben, line(price=200), occurred_at=tx.now))
        claim_reward(tx, keys=KEYS, member_id=ada, reward_id="bread", source="bread:1")
        attach_purchase(tx, keys=KEYS, member_id=dan, purchase_id=house.bought["nobody's"])
        lost = ReceiptNamed(bought_on=date(2026, 3, 10), total_minor=1300, number=9)
        file_claim(tx, member_id=ben, receipt=lost, source="claim:1")
        erase_member(tx, member_id=house.cast["Fay"], reason="asked")
