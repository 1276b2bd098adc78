"""Who a campaign is for: the document, its words, and the members it finds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaigns.audience import Audience, AudienceMistake, explain, read_audience
from campaigns.queries import count_audience, sample_audience
from loyalty.commands import block_member, record_purchase
from loyalty.values import Purpose
from tests.campaigns.world import enrol
from tests.loyalty.world import line, sale

TIERS = {"gold": "Gold", "platinum": "Platinum"}
STORES = {"lyon-1": "Lyon Bellecour", "reunion-1": "Saint-Denis"}
WHOLE = {
    "tiers": ["gold", "platinum"],
    "last_visit": {"within_days": 30},
    "home_stores": ["lyon-1"],
    "consented": "email-marketing",
}


def buy(runtime, member_id, *, days_ago):
    at = runtime.database.clock() - timedelta(days=days_ago)
    with runtime.database.begin(actor="test") as tx:
        record_purchase(tx, keys=runtime.keys, sale=sale(member_id, line(), occurred_at=at))


def found(runtime, **document):
    today = runtime.database.clock().date()
    with runtime.database.look() as tx:
        audience = read_audience(document)
        members = sample_audience(tx, audience=audience, today=today, limit=100)
        assert count_audience(tx, audience=audience, today=today).members == len(members)
    return set(members)


def test_a_document_survives_being_read_and_written():
    assert read_audience(WHOLE).document() == WHOLE
    assert read_audience({}) == Audience()
    assert read_audience({"last_visit": {"more_than_days": 90}}).away_for_days == 90


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"tier": ["gold"]}, "tier"),
        ({"tiers": "gold"}, "tiers"),
        ({"tiers": [1]}, "tiers"),
        ({"tiers": ["Gold!"]}, "tiers"),
        ({"tiers": ["'; drop table members; --"]}, "tiers"),
        ({"tiers": ["gold"] * 201}, "tiers"),
        ({"home_stores": [None]}, "home_stores"),
        ({"last_visit": 30}, "last_visit"),
        ({"last_visit": {"within_days": 0}}, "last_visit"),
        ({"last_visit": {"within_days": True}}, "last_visit"),
        ({"last_visit": {"within_days": 1.5}}, "last_visit"),
        ({"last_visit": {"within_days": 4000}}, "last_visit"),
        ({"last_visit": {"within_days": 3, "more_than_days": 9}}, "last_visit"),
        ({"last_visit": {"sometime": 3}}, "last_visit"),
        ({"consented": "everything"}, "consented"),
    ],
)
def test_a_wrong_condition_is_named(document, path):
    with pytest.raises(AudienceMistake) as refused:
        read_audience(document)
    assert refused.value.path == path


def test_an_audience_is_said_in_words_in_both_languages():
    audience = read_audience(WHOLE)
    assert explain(audience, "en", tier_names=TIERS, store_names=STORES) == [
        "Active members",
        "whose level is Gold or Platinum",
        "whose last purchase is at most 30 days old",
        "whose store is Lyon Bellecour",
        "who agreed to marketing by e-mail",
    ]
    french = explain(audience, "fr", tier_names=TIERS, store_names=STORES)
    assert french[:3] == [
        "Membres actifs",
        "de niveau Gold ou Platinum",
        "dont le dernier achat date de 30 jours au plus",
    ]


def test_visits_are_counted_to_the_day(runtime):
    today, recent, long_ago, never = (
        enrol(runtime, name) for name in ("Ada", "Ben", "Cleo", "Dora")
    )
    buy(runtime, today, days_ago=0)
    buy(runtime, recent, days_ago=30)
    buy(runtime, long_ago, days_ago=31)
    assert found(runtime, last_visit={"within_days": 30}) == {today, recent}
    assert found(runtime, last_visit={"more_than_days": 30}) == {long_ago, never}
    assert found(runtime) == {today, recent, long_ago, never}


def test_level_store_consent_and_state_narrow_the_audience(runtime):
    ada = enrol(runtime, "Ada", purposes=(Purpose.EMAIL_MARKETING,))
    ben = enrol(runtime, "Ben", purposes=(Purpose.SMS_MARKETING, Purpose.PERSONAL_OFFERS))
    far = enrol(runtime, "Cleo", purposes=(), store="reunion-1")
    gone = enrol(runtime, "Dora")
    with runtime.database.begin(actor="test") as tx:
        block_member(tx, member_id=gone)
    assert found(runtime) == {ada, ben, far}
    assert found(runtime, consented="email-marketing") == {ada}
    assert found(runtime, consented="sms-marketing") == {ben}
    assert found(runtime, consented="personal-offers") == {ben}
    assert found(runtime, home_stores=["reunion-1"]) == {far}
    assert found(runtime, tiers=["base"]) == {ada, ben, far}
    assert found(runtime, tiers=["gold"]) == set()


def test_the_count_tells_whom_each_channel_reaches(runtime):
    enrol(runtime, "Ada", phone=None)
    enrol(runtime, "Ben", email=None)
    enrol(runtime, "Cleo", purposes=())
    with runtime.database.look() as tx:
        count = count_audience(tx, audience=Audience(), today=date(2026, 3, 10))
    assert (count.members, count.by_email, count.by_sms) == (3, 1, 1)
