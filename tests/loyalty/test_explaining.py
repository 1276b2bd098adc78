"""Why a purchase earned what it did: the shopper's text, the staff's, in both languages."""

from __future__ import annotations

from loyalty.commands import publish_programme, record_event
from loyalty.kernel.i18n import gettext
from loyalty.queries import explain_purchase, statement
from loyalty.values import SCRATCH, PurchaseId
from tests.loyalty.world import line, ring

RULES = {
    "programme": "explained",
    "currency": "EUR",
    "zone": "Europe/Paris",
    "wallets": {"points": {"unit": "point", "expiry": {"after_months": 12}}},
    "earn": [
        {"id": "base", "points": 1, "per": "amount", "amount": "1.00"},
        {"id": "big", "points": 20, "per": "order", "minimum_basis": "25.00",
         "name": {"en": "The big basket", "fr": "Le grand panier"}},
        {"id": "visit", "points": 5, "per": "event", "event": "visit"},
    ],
    "tiers": {"metric": "spend", "levels": [{"id": "gold", "from": "20.00"}]},
}  # fmt: skip


def test_a_purchase_is_explained_to_her_and_to_staff_in_both_languages(shop, ada):
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=RULES, proof=SCRATCH)
        bought = ring(tx, ada, line(1, price=2380))
        english = explain_purchase(tx, bought.purchase_id, language="en")
        french = explain_purchase(tx, bought.purchase_id, language="fr")
        assert english is not None
        assert french is not None

        (near,) = english.near
        assert (near.rule, near.why, near.missing_minor, near.points) == (
            "big", "below-minimum", 120, 20,
        )  # fmt: skip
        assert english.shopper[0] == "€1.20 more and The big basket gives 20 points."
        assert english.shopper[-1] == "With this purchase: gold."
        assert "Encore 1,20\xa0€ et Le grand panier donne 20 points." in french.shopper
        assert english.staff[0].startswith("Line 1, ")
        assert "Rounded: 23.8 became 23 points." in english.staff
        assert not any("gold" in one for one in english.rules)

        (newest,) = statement(tx, ada, language="en", limit=1).items
        assert "€1.20 more and The big basket gives 20 points." in newest.reasons
        assert len(set(newest.reasons)) == len(newest.reasons)


def test_what_nobody_earned_by_is_not_explained(shop):
    with shop.begin(actor="test") as tx:
        bought = ring(tx, None, line(1))

        assert explain_purchase(tx, bought.purchase_id, language="en") is None
        assert explain_purchase(tx, PurchaseId("pur_none"), language="en") is None


def test_points_for_an_event_are_not_called_a_purchase(shop, ada):
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=RULES, proof=SCRATCH)
        record_event(tx, member_id=ada, event="visit", source="door-1", occurred_at=tx.now)
        (newest,) = statement(tx, ada, language="fr", limit=1).items

        assert newest.title == gettext("fr", "Bonus points") == "Points offerts"
