"""Drafted, launched, ended: what can never apply does not get to a till."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty.kernel.audit import AuditEntry
from loyalty.kernel.outbox import OutboxEvent
from offers.commands import draft_offer, end_offer, end_past_offers, launch_offer
from offers.errors import OfferAlreadyLive, OfferNotDraft, OfferRefused, UnknownOffer
from offers.queries import list_offers, live_offers, offer_detail
from offers.values import OfferId, OfferState
from tests.offers.build import basket, document, line
from tests.offers.world import launch, price


def test_a_draft_is_kept_once_and_a_change_is_the_next_version(shop):
    with shop.begin(actor="staff:dora") as tx:
        first = draft_offer(tx, document=document())
        again = draft_offer(tx, document=document())
        second = draft_offer(tx, document=document(percent=25))
    assert again == first
    assert (first.version, second.version) == (1, 2)
    assert first.slug == second.slug == "an-offer"


def test_a_draft_does_nothing_at_the_till_and_a_live_offer_works_at_once(shop):
    with shop.begin(actor="staff:dora") as tx:
        drafted = draft_offer(tx, document=document())
    with shop.look() as tx:
        assert price(tx, basket(line())).discount_minor == 0
    with shop.begin(actor="staff:dora") as tx:
        assert launch_offer(tx, offer_id=drafted.offer_id).changed
        assert not launch_offer(tx, offer_id=drafted.offer_id).changed
    with shop.look() as tx:
        assert price(tx, basket(line())).discount_minor == 80
    with shop.begin(actor="staff:dora") as tx:
        assert end_offer(tx, offer_id=drafted.offer_id, reason="enough").changed
        assert not end_offer(tx, offer_id=drafted.offer_id).changed
    with shop.look() as tx:
        assert price(tx, basket(line())).discount_minor == 0


def test_launching_and_ending_are_in_the_audit_trail(shop):
    with shop.begin(actor="staff:dora") as tx:
        offer_id = launch(tx)
        end_offer(tx, offer_id=offer_id, reason="enough")
        rows = tx.run(
            select(AuditEntry.action, AuditEntry.subject)
            .where(AuditEntry.actor == "staff:dora")
            .order_by(AuditEntry.seq)
        ).all()
        events = tx.run(select(OutboxEvent.name)).scalars().all()
    assert rows == [("launch-offer", offer_id), ("end-offer", offer_id)]
    assert "OfferLaunched" in events


@pytest.mark.parametrize(
    ("keys", "path", "suggestion"),
    [
        ({"category": "cofee"}, "category", "coffee"),
        ({"category": None, "article": "espreso"}, "article", "espresso"),
        ({"category": None, "brand": "Maison"}, "brand", "maison"),
        ({"category": None, "label": "organic"}, "label", ""),
        ({"exclude": {"article": "decaff"}}, "exclude.article", "decaf"),
        ({"conditions": {"tier": "golden"}}, "conditions.tier", "gold"),
        ({"conditions": {"store": "lion"}}, "conditions.store", "lyon"),
        ({"until": "2026-03-09"}, "until", ""),
    ],
)
def test_what_names_nothing_known_or_is_over_cannot_be_launched(small_shop, keys, path, suggestion):
    with small_shop.begin(actor="staff:dora") as tx:
        drafted = draft_offer(tx, document=document(**keys))
        with pytest.raises(OfferRefused) as refused:
            launch_offer(tx, offer_id=drafted.offer_id)
    assert [(one["path"], one["suggestion"]) for one in refused.value.faults] == [
        (path, suggestion)
    ]


def test_a_document_that_is_no_offer_is_not_kept(small_shop):
    with small_shop.begin(actor="staff:dora") as tx:
        with pytest.raises(OfferRefused) as refused:
            draft_offer(tx, document=document(percent=120))
        assert refused.value.facts()["faults"][0]["path"] == "percent"
        assert list_offers(tx, language="en").items == ()


def test_one_version_is_live_at_a_time(shop):
    with shop.begin(actor="staff:dora") as tx:
        first = launch(tx)
        second = draft_offer(tx, document=document(percent=25))
        with pytest.raises(OfferAlreadyLive):
            launch_offer(tx, offer_id=second.offer_id)
        end_offer(tx, offer_id=first)
        launch_offer(tx, offer_id=second.offer_id)
        with pytest.raises(OfferNotDraft):
            launch_offer(tx, offer_id=first)
        with pytest.raises(UnknownOffer):
            launch_offer(tx, offer_id=OfferId("off_nobody"))


def test_lists_and_details_are_in_the_language_of_the_reader(shop):
    with shop.begin(actor="staff:dora") as tx:
        offer_id = launch(tx, limit={"member": 1}, conditions={"tier": ["platinum", "gold"]})
        french = offer_detail(tx, offer_id, "fr")
        english = offer_detail(tx, offer_id, "en")
        page = list_offers(tx, language="fr", state=OfferState.LIVE)
    assert (french.summary.name, french.terms) == ("Une offre", "Une fois par membre.")
    assert (english.summary.name, english.terms) == ("An offer", "Once per member.")
    assert french.summary.value == "\u2212\u206020\u00a0%"
    assert english.summary.value == "\u2212\u206020%"
    assert french.summary.tier == "gold"
    assert [one.offer_id for one in page.items] == [offer_id]
    with pytest.raises(UnknownOffer), shop.look() as tx:
        offer_detail(tx, OfferId("off_nobody"), "en")


def test_a_long_list_comes_in_pages(small_shop):
    with small_shop.begin(actor="staff:dora") as tx:
        for number in range(5):
            draft_offer(tx, document=document(id=f"offer-{number}"))
        first = list_offers(tx, language="en", limit=3)
        rest = list_offers(tx, language="en", limit=3, after=first.after)
    assert len(first.items) == 3
    assert rest.after is None
    assert {one.slug for one in (*first.items, *rest.items)} == {f"offer-{n}" for n in range(5)}


def test_live_offers_are_those_of_the_day_and_the_tier(small_shop, clock):
    with small_shop.begin(actor="staff:dora") as tx:
        launch(tx, id="march", until="2026-03-31")
        launch(tx, id="april", **{"from": "2026-04-01"})
        launch(tx, id="gold", conditions={"tier": ["gold", "platinum"]})
        names = {
            tier: [one.slug for one in live_offers(tx, language="en", tier=tier)]
            for tier in (None, "base", "gold")
        }
    assert names == {None: ["march", "gold"], "base": ["march"], "gold": ["march", "gold"]}
    clock.move(by=timedelta(days=30))
    with small_shop.look() as tx:
        found = live_offers(tx, language="en", tier="base")
    assert [one.slug for one in found] == ["april"]


def test_what_is_over_is_ended_by_the_job_a_day_later(small_shop, clock):
    with small_shop.begin(actor="staff:dora") as tx:
        offer_id = launch(tx, until="2026-03-10")
    for days, ended in ((1, 0), (1, 1), (1, 0)):
        clock.move(by=timedelta(days=days))
        with small_shop.begin(actor="job:end-offers") as tx:
            assert end_past_offers(tx) == ended
    with small_shop.look() as tx:
        assert offer_detail(tx, offer_id, "en").summary.state is OfferState.ENDED


def test_the_same_change_drafted_and_launched_at_once_goes_live_once(shop):
    """Ten marketers press the button: one version is live, every other press is told why not."""
    with shop.begin(actor="staff:dora") as tx:
        for percent in range(10, 20):
            draft_offer(tx, document=document(percent=percent))
        ids = [one.offer_id for one in list_offers(tx, language="en").items]

    def press(offer_id):
        try:
            with shop.begin(actor="staff:dora") as tx:
                return launch_offer(tx, offer_id=offer_id).changed
        except OfferAlreadyLive:
            return False

    with ThreadPoolExecutor(max_workers=10) as pool:
        assert sorted(pool.map(press, ids)) == [False] * 9 + [True]


def test_drafting_at_once_numbers_the_versions_one_by_one(shop):
    def draft(percent):
        with shop.begin(actor="staff:dora") as tx:
            return draft_offer(tx, document=document(percent=percent)).version

    with ThreadPoolExecutor(max_workers=10) as pool:
        assert sorted(pool.map(draft, range(1, 11))) == list(range(1, 11))
