"""The marketer's pages: compose with the cost beside it, launch, look at results, end."""

from __future__ import annotations

import pytest

from loyalty.kernel.access.principals import Role
from offers.commands import use_offers
from offers.pages.compose import decimal, slug_of
from offers.queries import list_offers, offer_detail
from offers.values import OfferState
from tests.offers.build import TODAY
from tests.offers.world import applied, buy, launch

TYPED = {
    "name_fr": "Le café à moitié prix",
    "name_en": "Coffee at half price",
    "kind": "percent",
    "value": "50",
    "applies_to": "line",
    "category": "coffee",
    "audience": "everybody",
}


def newest(database):
    with database.look() as tx:
        items = list_offers(tx, language="en").items
        return offer_detail(tx, items[0].offer_id, "en") if items else None


def send(phone, step, **typed):
    return phone.press("/admin/offers/new?lang=en", "/admin/offers/new", **TYPED | typed, step=step)


def test_an_offer_is_composed_previewed_and_launched(desk, small_shop, small_ada, days_ago):
    with small_shop.begin(actor="till") as tx:
        for days in (3, 2):
            buy(tx, small_ada, "espresso", "baguette", at=days_ago(days))
    dora = desk()
    previewed = send(dora, "preview")
    assert previewed.status_code == 200
    assert "€4.00" in previewed.text
    assert 'value="Coffee at half price"' in previewed.text
    assert newest(small_shop) is None

    launched = send(dora, "launch")
    offer = newest(small_shop)
    assert offer.summary.state is OfferState.LIVE
    assert launched.location == f"/admin/offers/{offer.summary.offer_id}"
    assert offer.document == {
        "id": "coffee-at-half-price",
        "name": {"fr": "Le café à moitié prix", "en": "Coffee at half price"},
        "kind": "percent",
        "percent": "50",
        "applies_to": "line",
        "category": "coffee",
    }
    page = dora.open("/admin/offers?lang=en").text
    assert "Coffee at half price" in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (
            {"kind": "amount", "value": "2,50 €", "applies_to": "eligible_lines", "minimum": "10"},
            {"amount": "2.50", "conditions": {"eligible_at_least": "10"}},
        ),
        (
            {"kind": "amount", "value": "5", "applies_to": "basket", "minimum": "80"},
            {"applies_to": "basket", "conditions": {"basket_at_least": "80"}, "category": None},
        ),
        (
            {"kind": "points_bonus", "value": "100", "budget": "9"},
            {"points": "100", "per": "order", "budget": {"uses": "9"}},
        ),
        ({"kind": "points_multiplier", "value": "2"}, {"multiply": "2", "of": "own_lines"}),
        (
            {"kind": "points_multiplier", "value": "1,5", "category": ""},
            {"multiply": "1.5", "of": "all"},
        ),
        (
            {"audience": "gold", "activation": "1", "granted_only": "1"},
            {
                "conditions": {"tier": ["gold", "platinum"]},
                "activation": True,
                "granted_only": True,
            },
        ),
        ({"audience": "members"}, {"conditions": {"members_only": True}}),
        (
            {
                "from_on": "2026-03-10",
                "until_on": "2026-04-10",
                "weekdays": ["fri", "sat"],
                "per_member": "2",
                "budget": "100",
                "article": "espresso, decaf",
                "terms_fr": "Deux fois.",
            },
            {
                "from": "2026-03-10",
                "until": "2026-04-10",
                "weekdays": ["fri", "sat"],
                "limit": {"member": "2"},
                "budget": {"amount": "100"},
                "article": ["espresso", "decaf"],
                "terms": {"fr": "Deux fois.", "en": "Deux fois."},
            },
        ),
    ],
)
def test_what_is_typed_becomes_the_document(desk, small_shop, typed, found):
    answer = send(desk(), "draft", **typed)
    assert answer.status_code == 303, answer.text
    document = newest(small_shop).document
    assert {key: document.get(key) for key in found} == found
    assert newest(small_shop).summary.state is OfferState.DRAFT


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"value": "120"}, "more than 0 and at most 100"),
        ({"value": "abc"}, "a number is wanted here"),
        ({"value": ""}, "This cannot be empty."),
        ({"name_fr": ""}, "This cannot be empty."),
        ({"from_on": "2026-04-10", "until_on": "2026-04-01"}, "ends before it begins"),
        ({"category": "cofee"}, "did you mean coffee?"),
        ({"audience": "golden"}, "there is no golden"),
        ({"article": "espreso"}, "did you mean espresso?"),
        ({"until_on": "2026-03-01"}, "this day has passed"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_launched(
    desk, small_shop, typed, sentence
):
    answer = send(desk(), "launch", **typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    kept = newest(small_shop)
    assert kept is None


def test_the_preview_alone_follows_the_form(desk, small_shop, small_ada, days_ago):
    with small_shop.begin(actor="till") as tx:
        buy(tx, small_ada, "espresso", at=days_ago(3))
    dora = desk()
    token = dora.form("/admin/offers/new?lang=en", "/admin/offers/new").fields["csrf_token"]

    def panel(**typed):
        data = TYPED | typed | {"csrf_token": token}
        return dora.client.post("/admin/offers/preview", data=data).text

    assert "€2.00" in panel()
    assert "<html" not in panel()
    assert "more than 0 and at most 100" in panel(value="0")
    assert "Fill in names" in panel(name_en="")
    assert "No basket would have had it" in panel(category="fish")


def test_an_offers_page_shows_results_and_ends_it_with_a_reason(desk, small_shop, small_ada):
    with small_shop.begin(actor="till") as tx:
        off = launch(tx, name="Half price", conditions={"tier": ["gold"]})
        use_offers(
            tx,
            member_id=small_ada,
            purchase_id="pur_1",
            applied=[applied(off, 240)],
            at=tx.now,
            business_on=TODAY,
        )
    dora = desk()
    page = dora.open(f"/admin/offers/{off}?lang=en").text
    assert "€2.40" in page
    assert "Gold" in page
    ended = dora.press(
        f"/admin/offers/{off}", f"/admin/offers/{off}/state", state="ended", reason="too dear"
    )
    assert ended.status_code == 303
    page = dora.open(f"/admin/offers/{off}?lang=en").text
    assert "too dear" in page
    assert "/state" not in page


def test_a_draft_is_launched_from_its_page_or_told_why_not(desk, small_shop):
    dora = desk()
    send(dora, "draft")
    good = newest(small_shop).summary.offer_id
    dora.press(f"/admin/offers/{good}", f"/admin/offers/{good}/state", state="live")
    assert newest(small_shop).summary.state is OfferState.LIVE

    send(dora, "draft", category="cofee")
    with small_shop.look() as tx:
        (bad,) = [one.offer_id for one in list_offers(tx, language="en").items if one.version == 2]
    page = dora.press(f"/admin/offers/{bad}", f"/admin/offers/{bad}/state", state="live")
    assert page.status_code == 303
    assert "there is no cofee" in dora.open(f"/admin/offers/{bad}?lang=en").text


def test_launching_beside_a_live_version_says_so(desk, small_shop):
    dora = desk()
    send(dora, "launch")
    answer = send(dora, "launch", value="40")
    assert answer.status_code == 422
    assert "End the live version" in answer.text


def test_the_pages_speak_french(desk, small_shop):
    with small_shop.begin(actor="staff:dora") as tx:
        off = launch(tx)
    dora = desk()
    for path, words in (
        ("/admin/offers", "Ce que les caisses accordent"),
        ("/admin/offers?state=draft", "Aucun brouillon"),
        ("/admin/offers?state=ended", "Aucune offre n’est encore terminée"),
        ("/admin/offers/new", "Sur les paniers du mois passé"),
        (f"/admin/offers/{off}", "Ce qu’elle a fait"),
    ):
        joint = "&" if "?" in path else "?"
        assert words in dora.open(f"{path}{joint}lang=fr").text


def test_a_list_that_is_long_has_pages(desk, small_shop):
    with small_shop.begin(actor="staff:dora") as tx:
        for number in range(51):
            launch(tx, id=f"offer-{number}")
    page = desk().open("/admin/offers?lang=en").text
    assert 'rel="next"' in page


def test_those_who_may_only_look_get_no_buttons_and_no_writes(desk, small_shop):
    with small_shop.begin(actor="staff:dora") as tx:
        off = launch(tx)
    analyst = desk(Role.ANALYST)
    assert "/admin/offers/new" not in analyst.open("/admin/offers").text
    assert "data-dialog-open" not in analyst.open(f"/admin/offers/{off}").text
    assert analyst.open("/admin/offers/new").status_code == 403
    assert desk(Role.CASHIER).open("/admin/offers").status_code == 403


def test_names_for_machines_and_numbers_are_read_kindly():
    assert slug_of("Gold: 20% off Café & thé!") == "gold-20-off-cafe-the"
    assert slug_of("…") == "offer"
    assert [decimal(text) for text in ("2,50 €", " 20 %", "1.5")] == ["2.50", "20", "1.5"]
