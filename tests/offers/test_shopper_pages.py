"""The member's page and API: reasons, one tap, its undo, with and without scripts."""

from __future__ import annotations

import pytest

from loyalty.commands import block_member
from loyalty.kernel.relay import drain
from offers.commands import end_offer, use_offers
from offers.plugin import plugin
from offers.queries import member_offers
from offers.values import GrantState
from tests.offers.build import TODAY
from tests.offers.world import applied, buy, launch


@pytest.fixture
def stocked(small_shop, small_ada, days_ago):
    """Three offers: one to tap, one that works by itself, one for Gold; Ada likes coffee."""
    with small_shop.begin(actor="till") as tx:
        tap = launch(
            tx,
            id="tap",
            name={"fr": "Le café à -20 %", "en": "Coffee & more: 20% off"},
            activation=True,
            until="2026-03-31",
            limit={"member": 2},
        )
        launch(tx, id="auto", name="By itself", category="tea")
        launch(tx, id="gold", name="Only gold", conditions={"tier": "gold"})
        for days in (20, 10):
            buy(tx, small_ada, "espresso", at=days_ago(days))
    drain(small_shop, plugin.subscriptions)
    return tap


def state_of(database, member_id):
    with database.look() as tx:
        return member_offers(tx, member_id, "en")[0].state


def test_the_list_says_what_why_and_until_when(hers, stocked):
    page = hers.open("/app/offers?lang=en")
    assert page.status_code == 200
    assert "Coffee &amp; more: 20% off" in page.text
    assert "You bought coffee 2 times since February" in page.text
    assert "Until 31 Mar 2026" in page.text
    assert "2 times per member." in page.text
    assert "By itself" in page.text
    assert "No tap needed" in page.text
    assert "Only gold" not in page.text


def test_the_list_speaks_french(hers, stocked):
    page = hers.open("/app/offers?lang=fr").text
    for words in (
        "Vos offres",
        "Le café à -20 %",
        "Café\u00a0: 2 achats depuis février",
        "Activer",
    ):
        assert words in page
    assert "Jusqu’au 31 mars 2026" in page


def test_without_scripts_a_form_activates_and_another_undoes(hers, stocked, small_shop, small_ada):
    tapped = hers.press("/app/offers?lang=en", f"/app/offers/{stocked}/activation")
    assert (tapped.status_code, tapped.location) == (303, f"/app/offers#o-{stocked}")
    assert state_of(small_shop, small_ada) is GrantState.ACTIVATED
    assert "offer--active" in hers.open("/app/offers").text

    undone = hers.press("/app/offers", f"/app/offers/{stocked}/activation/undo")
    assert undone.status_code == 303
    assert state_of(small_shop, small_ada) is GrantState.AVAILABLE
    assert "not active any more" in hers.open("/app/offers?lang=en").text


def test_with_scripts_the_api_does_the_same(hers, stocked, small_shop, small_ada, app):
    token = hers.form("/app/offers", f"/app/offers/{stocked}/activation").fields["csrf_token"]
    options = {"headers": {"X-CSRF-Token": token}}
    path = f"/api/v1/me/offers/{stocked}/activation"
    assert hers.client.put(path, **options).json == {
        "offer_id": stocked,
        "state": "activated",
        "changed": True,
    }
    assert hers.client.put(path, **options).json["changed"] is False
    listed = hers.open("/api/v1/me/offers").json["items"]
    assert (listed[0]["offer_id"], listed[0]["state"]) == (stocked, "activated")
    assert listed[0]["ends_on"] == "2026-03-31"
    assert hers.client.delete(path, **options).json["state"] == "available"
    assert hers.client.put(path).status_code == 403


def test_what_is_used_up_is_shown_last_and_cannot_be_tapped(hers, stocked, small_shop, small_ada):
    with small_shop.begin(actor="till") as tx:
        for number in range(2):
            use_offers(
                tx,
                member_id=small_ada,
                purchase_id=f"pur_{number}",
                applied=[applied(stocked)],
                at=tx.now,
                business_on=TODAY,
            )
    page = hers.open("/app/offers?lang=en").text
    assert "Offers you have used" in page
    assert f"/app/offers/{stocked}/activation" not in page


def test_an_offer_that_has_just_ended_says_so(hers, stocked, small_shop):
    form = hers.form("/app/offers", f"/app/offers/{stocked}/activation")
    with small_shop.begin(actor="staff:dora") as tx:
        end_offer(tx, offer_id=stocked)
    assert hers.send(form).status_code == 303
    page = hers.open("/app/offers?lang=en").text
    assert "The offer is not live any more." in page
    token = form.fields["csrf_token"]
    answer = hers.client.put(
        f"/api/v1/me/offers/{stocked}/activation", headers={"X-CSRF-Token": token}
    )
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/offer-not-live")


def test_without_consent_the_page_says_that_the_list_is_everybodys(app, small_shop, hers, stocked):
    from tests.offers.conftest import consent  # noqa: PLC0415 - only here

    with small_shop.begin(actor="member") as tx:
        ada = member_id_of(tx)
        assert "The same offers for everybody" not in hers.open("/app/offers?lang=en").text
        consent(tx, ada, granted=False)
    drain(small_shop, plugin.subscriptions)
    page = hers.open("/app/offers?lang=en").text
    assert "The same offers for everybody" in page
    assert "You bought" not in page


def member_id_of(tx):
    from loyalty.queries import audience_members  # noqa: PLC0415 - only here

    return audience_members(tx).items[0].member_id


def test_without_any_offer_the_page_is_still_kind(hers):
    assert "No offer at the moment" in hers.open("/app/offers?lang=en").text


def test_a_stranger_is_sent_to_sign_in_and_a_blocked_member_told(app, hers, small_shop, small_ada):
    assert app.test_client().get("/api/v1/me/offers").status_code == 401
    with small_shop.begin(actor="staff:sam") as tx:
        block_member(tx, member_id=small_ada)
    assert hers.open("/app/offers").status_code == 409
