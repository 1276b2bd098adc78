"""Events, birthdays, referrals and messages through their commands, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from loyalty.commands import (
    History,
    assign_level,
    birthdays,
    enrol_member,
    open_standing,
    publish_programme,
    record_event,
    record_purchase,
    record_return,
    review_tiers,
    settle_referrals,
    write_message,
)
from loyalty.errors import SelfReferral, SourceReused
from loyalty.presets import preset_document
from loyalty.queries import (
    balances_of,
    messages_of,
    purchases_before,
    referrals_of,
    tier_progress,
    tier_steps,
    verify_books,
)
from loyalty.values import Channel, Identity
from tests.loyalty.world import KEYS, enrol, line, returned, sale

LEVELS = [{"id": "base", "from": "0.00"}, {"id": "gold", "from": "300.00"}]


def publish(tx, **keys):
    publish_programme(tx, document=preset_document("three-tier-grocer") | keys)


def points(tx, member_id):
    return balances_of(tx, [member_id])[member_id]["points"].balance


def buy(tx, member_id, euros, *, at=None):
    one = sale(member_id, line(1, price=100 * euros), occurred_at=at or tx.now)
    return record_purchase(tx, keys=KEYS, sale=one)


def test_an_event_earns_once_by_its_source(shop):
    rule = {"id": "review", "points": 10, "per": "event", "event": "review"}
    with shop.begin(actor="test") as tx:
        publish(tx, earn=[rule | {"limit": {"day": 15}}])
        ada = enrol(tx, "Ada").member_id
        told = {"member_id": ada, "event": "review", "occurred_at": tx.now}
        first = record_event(tx, source="review:1", **told)
        again = record_event(tx, source="review:1", **told)
        more = [record_event(tx, source=f"review:{n}", **told).earned for n in (2, 3)]

        assert (first.earned, again.earned, again.replayed) == ({"points": 10}, first.earned, True)
        assert more == [{"points": 5}, {}]
        assert points(tx, ada) == 15
        with pytest.raises(SourceReused):
            record_event(tx, source="review:1", **told | {"event": "survey"})
        assert verify_books(tx) == ()


def test_a_birthday_is_once_a_year_and_the_leap_day_s_is_the_day_before(shop):
    rule = {"id": "cake", "points": 100, "per": "event", "event": "birthday"}
    with shop.begin(actor="test") as tx:
        publish(tx, earn=[rule])
        leap = enrol(tx, "Ada", born_on=date(1992, 2, 29)).member_id
        enrol(tx, "Ben", born_on=date(1992, 3, 1))
        eve = tx.now.replace(year=2027, month=2, day=28)
        done = [birthdays(tx, as_of=at) for at in (eve, eve, eve + timedelta(days=1))]

        assert (done, points(tx, leap)) == ([1, 0, 1], 100)
        assert birthdays(tx, as_of=eve.replace(year=2028)) == 0
        assert birthdays(tx, as_of=eve.replace(year=2028, day=29)) == 1


def test_a_referral_is_rewarded_after_its_days_and_reversed_by_a_return(shop):
    rule = {"referrer": {"points": 500}, "referee": {"points": 200}, "minimum": "20.00"}
    with shop.begin(actor="test") as tx:
        publish(tx, referral=rule | {"after_days": 14})
        ada = enrol(tx, "Ada", email="ada@gmail.com").member_id
        told: dict[str, Any] = {
            "keys": KEYS,
            "channel": Channel.STORE,
            "language": "en",
            "referrer": ada,
        }
        with pytest.raises(SelfReferral):
            enrol_member(tx, identity=Identity("Ida", email="A.Da+x@googlemail.com"), **told)
        ben = enrol_member(tx, identity=Identity("Ben", email="ben@gmail.com"), **told).member_id
        receipt = buy(tx, ben, 20)

        assert settle_referrals(tx, as_of=tx.now + timedelta(days=13)) == 0
        assert (referrals_of(tx, [ben]), points(tx, ada)) == ({ben: "pending"}, 0)
        assert settle_referrals(tx, as_of=tx.now + timedelta(days=14)) == 1
        assert (points(tx, ada), points(tx, ben)) == (500, 220)
        back = returned(receipt.purchase_id, (1, 1000), occurred_at=tx.now)
        record_return(tx, returned=back)
        assert (referrals_of(tx, [ben]), points(tx, ada)) == ({ben: "reversed"}, 0)
        assert points(tx, ben) == 0
        assert verify_books(tx) == ()


def test_the_highest_milestone_passed_is_told_and_caps_withhold(shop):
    stones = [{"points": 100, "message": "hundred"}, {"points": 10, "message": "ten"}]
    with shop.begin(actor="test") as tx:
        publish(
            tx,
            messages={"on_enrol": "hello", "milestones": stones},
            contact_caps={"email": 2, "rolling_days": 7},
        )
        ada = enrol(tx, "Ada").member_id
        buy(tx, ada, 120)
        status = [
            write_message(tx, member_id=ada, channel=channel, message="news").status
            for channel in ("email", "sms")
        ]

        assert status == ["withheld", "sent"]
        told = [(one.message, one.status) for one in messages_of(tx, [ada])[ada]]
        assert told[:3] == [("hello", "sent"), ("hundred", "sent"), ("news", "withheld")]


def test_other_windows_take_over_the_credits_of_whole_years(shop, ada):
    with shop.begin(actor="test") as tx:
        publish(tx, tiers={"levels": LEVELS})
        buy(tx, ada, 290)
        open_standing(tx, member_id=ada, on=date(2026, 3, 10), history=History(1500, purchases=2))
        assert (tier_progress(tx, ada).level, purchases_before(tx, ada)) == ("gold", 3)
        publish(tx, tiers={"window": {"rolling_months": 3}, "levels": LEVELS})
        buy(tx, ada, 1)
        assert tier_progress(tx, ada).spend_minor == 30_600
        assert verify_books(tx) == ()
        assert review_tiers(tx, as_of=tx.now + timedelta(days=100)) == 1
        assert [step.to_level for step in tier_steps(tx, ada)] == ["base", "gold"]


def test_a_review_takes_many_members_at_once_and_can_go_on(shop):
    with shop.begin(actor="test") as tx:
        publish(tx, tiers={"downgrade": "one_step", "metric": "earned", "levels": [
            {"id": "base", "from": 0}, {"id": "silver", "from": 10}, {"id": "gold", "from": 300},
        ]})  # fmt: skip
        members = [enrol(tx, name).member_id for name in ("Ada", "Ben", "Eve")]
        for member_id in members:
            buy(tx, member_id, 300)
        later = tx.now.replace(year=2028)
        done = [review_tiers(tx, limit=2, as_of=later) for _ in range(3)]

        assert done == [2, 1, 0]
        assert {tier_steps(tx, member_id)[0].to_level for member_id in members} == {"silver"}
        assert assign_level(tx, member_id=members[0], level="gold", by="cleo").tier.level == "gold"
