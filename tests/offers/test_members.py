"""What a member sees and does: her list, one tap, its undo, and what belongs to other tiers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from loyalty.events import TierReached
from loyalty.kernel.outbox import OutboxEvent
from loyalty.kernel.relay import drain
from loyalty.queries import tier_progress
from offers.commands import (
    activate_offer,
    deactivate_offer,
    end_offer,
    grant_offer,
    rank_offers,
    refresh_affinities,
    use_offers,
)
from offers.errors import OfferNotForMember, OfferNotLive, OfferUsedUp, UnknownOffer
from offers.plugin import plugin
from offers.queries import affinities_of, member_offers, members_with_offer
from offers.subscribers import celebrate_tier
from offers.values import GrantState, OfferId
from tests.offers.build import TODAY, basket, line
from tests.offers.conftest import consent
from tests.offers.world import applied, buy, launch, price

GOLD = {"conditions": {"tier": ["gold", "platinum"]}, "granted_only": True, "activation": True}


def relay(shop):
    """Deliver every event to the offers' subscribers."""
    return drain(shop, plugin.subscriptions)


def slugs(tx, member_id):
    """Return the names of a member's offers, best first."""
    return [one.name for one in member_offers(tx, member_id, "en")]


def test_one_tap_makes_it_work_at_the_till_and_another_undoes_it(shop, ada):
    with shop.begin(actor="member") as tx:
        off = launch(tx, activation=True)
        assert price(tx, basket(line()), ada).discount_minor == 0

        first = activate_offer(tx, member_id=ada, offer_id=off)
        again = activate_offer(tx, member_id=ada, offer_id=off)
        assert (first.state, first.changed, again.changed) == (GrantState.ACTIVATED, True, False)
        assert price(tx, basket(line()), ada).discount_minor == 80
        assert member_offers(tx, ada, "en")[0].state is GrantState.ACTIVATED
        assert members_with_offer(tx, off, state=GrantState.ACTIVATED) == [ada]

        undone = deactivate_offer(tx, member_id=ada, offer_id=off)
        again = deactivate_offer(tx, member_id=ada, offer_id=off)
        assert (undone.state, undone.changed, again.changed) == (GrantState.AVAILABLE, True, False)
        assert price(tx, basket(line()), ada).discount_minor == 0


def test_activating_announces_once(shop, ada):
    with shop.begin(actor="member") as tx:
        off = launch(tx, activation=True)
        activate_offer(tx, member_id=ada, offer_id=off)
        activate_offer(tx, member_id=ada, offer_id=off)
        names = tx.run(select(OutboxEvent.name).where(OutboxEvent.name == "OfferActivated"))
        assert len(names.all()) == 1


def test_what_is_used_up_can_neither_be_activated_nor_undone(shop, ada):
    with shop.begin(actor="member") as tx:
        off = launch(tx, activation=True, limit={"member": 1})
        activate_offer(tx, member_id=ada, offer_id=off)
        use_offers(
            tx,
            member_id=ada,
            purchase_id="pur_1",
            applied=[applied(off)],
            at=tx.now,
            business_on=TODAY,
        )
        for command in (activate_offer, deactivate_offer):
            with pytest.raises(OfferUsedUp):
                command(tx, member_id=ada, offer_id=off)


def test_what_works_by_itself_needs_no_tap(shop, ada):
    with shop.begin(actor="member") as tx:
        off = launch(tx)
        assert not activate_offer(tx, member_id=ada, offer_id=off).changed
        assert price(tx, basket(line()), ada).discount_minor == 80


def test_what_is_over_or_unknown_or_another_tiers_cannot_be_activated(shop, ada, clock):
    with shop.begin(actor="member") as tx:
        over = launch(tx, id="over", activation=True)
        end_offer(tx, offer_id=over)
        short = launch(tx, id="short", activation=True, until="2026-03-10")
        gold = launch(tx, id="gold", activation=True, conditions={"tier": "gold"})
        hidden = launch(tx, id="hidden", activation=True, granted_only=True)
        for offer_id, refusal in (
            (over, OfferNotLive),
            (OfferId("off_nobody"), UnknownOffer),
            (gold, OfferNotForMember),
            (hidden, OfferNotForMember),
        ):
            with pytest.raises(refusal):
                activate_offer(tx, member_id=ada, offer_id=offer_id)
        assert activate_offer(tx, member_id=ada, offer_id=short).changed
    clock.move(by=timedelta(days=1))
    with shop.begin(actor="member") as tx, pytest.raises(OfferNotLive):
        activate_offer(tx, member_id=ada, offer_id=short)


def test_a_list_shows_what_is_open_to_her_today(shop, ada):
    with shop.begin(actor="member") as tx:
        launch(tx, id="now", name="now")
        launch(tx, id="later", name="later", **{"from": "2026-04-01"})
        launch(tx, id="gold", name="gold", conditions={"tier": "gold"})
        given = launch(tx, id="given", name="given", granted_only=True)
        launch(tx, id="hidden", name="hidden", granted_only=True)
        grant_offer(tx, member_id=ada, offer_id=given)
        assert sorted(slugs(tx, ada)) == ["given", "now"]


def test_granting_twice_gives_once_and_announces_once(shop, ada):
    with shop.begin(actor="staff:dora") as tx:
        off = launch(tx, granted_only=True)
        gold = launch(tx, id="gold", granted_only=True, conditions={"tier": "gold"})
        assert grant_offer(tx, member_id=ada, offer_id=off).changed
        assert not grant_offer(tx, member_id=ada, offer_id=off).changed
        with pytest.raises(OfferNotForMember):
            grant_offer(tx, member_id=ada, offer_id=gold)
        rows = tx.run(select(OutboxEvent.body).where(OutboxEvent.name == "OfferGranted"))
        assert [row.body for row in rows] == [{"member_id": ada, "offer_id": off, "cause": "staff"}]


def test_with_consent_the_list_follows_what_she_buys_and_says_why(shop, ada, days_ago):
    with shop.begin(actor="till") as tx:
        launch(tx, id="tea", name="tea", category="tea")
        launch(tx, id="coffee", name="coffee")
        launch(tx, id="bread", name="bread", category="bread", until="2026-03-20")
        for days in (120, 20, 13, 6):
            buy(tx, ada, "espresso", "espresso", at=days_ago(days))
        buy(tx, ada, "mint", at=days_ago(3))
    assert relay(shop) > 0
    with shop.look() as tx:
        english = member_offers(tx, ada, "en")
        french = member_offers(tx, ada, "fr")
        known = affinities_of(tx, ada)
    assert [one.name for one in english] == ["coffee", "tea", "bread"]
    assert [one.reason for one in english] == [
        "You bought coffee 4 times since November",
        "You bought tea once since March",
        "",
    ]
    assert french[0].reason == "Café\u00a0: 4 achats depuis novembre"
    assert (known[0].subject, known[0].times) == ("brand:maison", 5)


def test_without_consent_nobody_looks_and_everybody_gets_the_same_list(shop, ada, ben, days_ago):
    with shop.begin(actor="till") as tx:
        launch(tx, id="coffee", name="coffee")
        launch(tx, id="tea", name="tea", category="tea", until="2026-03-20")
        for member in (ada, ben):
            buy(tx, member, "espresso", at=days_ago(2))
    relay(shop)
    with shop.look() as tx:
        assert affinities_of(tx, ben) == []
        assert slugs(tx, ada) == ["coffee", "tea"]
        assert slugs(tx, ben) == ["tea", "coffee"]
        assert {one.reason for one in member_offers(tx, ben, "en")} == {""}


def test_withdrawing_consent_forgets_what_was_learned(shop, ada, days_ago):
    with shop.begin(actor="till") as tx:
        launch(tx, id="coffee", name="coffee")
        launch(tx, id="tea", name="tea", category="tea", until="2026-03-20")
        buy(tx, ada, "espresso", at=days_ago(2))
    relay(shop)
    with shop.begin(actor="member") as tx:
        assert affinities_of(tx, ada)
        consent(tx, ada, granted=False)
    relay(shop)
    with shop.look() as tx:
        assert affinities_of(tx, ada) == []
        assert slugs(tx, ada) == ["tea", "coffee"]


def test_ranking_again_changes_nothing_and_keeps_what_she_activated(shop, ada, days_ago):
    with shop.begin(actor="till") as tx:
        off = launch(tx, id="coffee", name="coffee", activation=True)
        launch(tx, id="tea", name="tea", category="tea")
        buy(tx, ada, "mint", at=days_ago(1))
        activate_offer(tx, member_id=ada, offer_id=off)
        refresh_affinities(tx, member_id=ada)
        first = rank_offers(tx, member_id=ada)
        before = member_offers(tx, ada, "en")
        assert rank_offers(tx, member_id=ada) == first
        assert member_offers(tx, ada, "en") == before
    assert (first.offers, first.personal) == (2, True)
    assert [(one.name, one.state) for one in before] == [
        ("tea", GrantState.AVAILABLE),
        ("coffee", GrantState.ACTIVATED),
    ]


def test_what_has_ended_leaves_the_list(shop, ada):
    with shop.begin(actor="till") as tx:
        off = launch(tx, id="coffee", name="coffee")
        rank_offers(tx, member_id=ada)
        end_offer(tx, offer_id=off)
        assert slugs(tx, ada) == []
        rank_offers(tx, member_id=ada)
        assert members_with_offer(tx, off) == []


def test_reaching_gold_gives_the_gold_offer_that_suits_her_history(shop, ada, ben, days_ago):
    with shop.begin(actor="till") as tx:
        launch(tx, id="gold-tea", name="gold tea", category="tea", **GOLD)
        coffee = launch(tx, id="gold-coffee", name="gold coffee", **GOLD)
        launch(tx, id="gold-fish", name="gold fish", category="fish", until="2026-03-12", **GOLD)
        for days in (40, 20, 10):
            buy(tx, ada, "espresso", at=days_ago(days))
        buy(tx, ada, "cod", at=days_ago(5), price=310_000)
        assert tier_progress(tx, ada).level == "gold"
        buy(tx, ben, "cod", at=days_ago(5), price=310_000)
    relay(shop)
    with shop.begin(actor="relay") as tx:
        (gold,) = [one for one in member_offers(tx, ada, "en") if one.tier]
        assert (gold.name, gold.tier, gold.state) == ("gold coffee", "gold", GrantState.AVAILABLE)
        assert gold.reason == "For your new tier, and you like coffee"
        assert slugs(tx, ben) == ["gold fish"]

        celebrate_tier(tx, TierReached(ada, "gold", "base"))
        assert members_with_offer(tx, coffee) == [ada]

        activate_offer(tx, member_id=ada, offer_id=coffee)
        assert price(tx, basket(line()), ada, level="gold").discount_minor == 80


def test_an_offer_of_her_tier_stops_working_when_she_falls_back(shop, ada, days_ago):
    with shop.begin(actor="till") as tx:
        off = launch(tx, **GOLD)
        buy(tx, ada, "cod", at=days_ago(5), price=310_000)
    relay(shop)
    with shop.begin(actor="till") as tx:
        activate_offer(tx, member_id=ada, offer_id=off)
        priced = price(tx, basket(line()), ada, level="base")
    assert [one.reason for one in priced.not_applied] == ["other-tier"]


def test_a_late_event_does_not_grant_what_she_no_longer_is(shop, ada):
    with shop.begin(actor="relay") as tx:
        off = launch(tx, **GOLD)
        celebrate_tier(tx, TierReached(ada, "gold", "base"))
        assert members_with_offer(tx, off) == []


def test_an_old_habit_is_told_as_one(shop, ada, days_ago):
    with shop.begin(actor="till") as tx:
        launch(tx)
        for days in (350, 340):
            buy(tx, ada, "espresso", at=days_ago(days))
    relay(shop)
    with shop.look() as tx:
        (offer,) = member_offers(tx, ada, "en")
        assert offer.reason == "You used to buy coffee"
        assert date(2025, 4, 4) == affinities_of(tx, ada)[0].last_on
