"""The till's question: answered in two statements at most; every refusal has its slug."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import event

from loyalty.values import LineKind
from offers.commands import activate_offer, grant_offer, use_offers
from tests.offers.build import basket, line
from tests.offers.world import applied, launch, price, reasons

COFFEE = basket(line())


def test_the_answer_holds_lines_shares_names_and_points(shop, ada):
    with shop.begin(actor="test") as tx:
        off = launch(tx)
        double = launch(tx, id="double", kind="points_multiplier", multiply=2, of="all")
        two = basket(
            line(1, quantity_milli=2000, unit_minor=405),
            line(2, sku="mint", category="tea", unit_minor=300),
        )
        priced = price(tx, two, ada, language="fr")
    assert [one.paid_minor for one in priced.lines] == [648, 300]
    (share,) = priced.lines[0].shares
    assert (share.offer_id, share.amount_minor, share.unit_shares) == (off, 162, (81, 81))
    assert (priced.total_minor, priced.discount_minor, priced.optimal) == (948, 162, True)
    first, second = priced.applied
    assert (first.offer_id, first.name, first.discount_minor, first.uses) == (
        *(off, "Une offre"),
        *(162, 1),
    )
    assert (second.offer_id, second.points, second.line_nos) == (double, 9, (1, 2))
    (effect,) = priced.points_effects
    assert (effect.offer_id, effect.points, effect.label) == (double, 9, "Une offre")


def test_a_price_costs_two_statements_at_most(shop, ada):
    with shop.begin(actor="test") as tx:
        for number in range(20):
            launch(
                tx,
                id=f"offer-{number}",
                percent=number + 1,
                limit={"member": 2, "day": 50, "offer": 500},
                budget={"amount": "900.00"},
                activation=number % 2 == 0,
            )
    with shop.look() as tx:
        price(tx, COFFEE, ada)  # compiles the offers
        seen: list[str] = []
        connection = tx.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
        priced = price(tx, COFFEE, ada)
    assert len([one for one in seen if "revisions" not in one]) == 2
    assert priced.discount_minor == 80


def test_without_any_limit_or_grant_no_statement_is_needed(shop):
    with shop.begin(actor="test") as tx:
        launch(tx)
    with shop.look() as tx:
        price(tx, COFFEE)
        seen: list[str] = []
        event.listen(
            tx.session.connection(), "before_cursor_execute", lambda *args: seen.append(args[2])
        )
        assert price(tx, COFFEE).discount_minor == 80
    assert [one for one in seen if "revisions" not in one] == []


@pytest.mark.parametrize(
    ("keys", "slug", "missing"),
    [
        ({"weekdays": ["sat"]}, "outside-dates", ""),
        ({"until": "2026-12-31", "from": "2026-03-07"}, "outside-dates", ""),
        ({"hours": ["17:00", "19:00"]}, "outside-dates", ""),
        ({"conditions": {"store": ["paris"]}}, "other-store", ""),
        ({"conditions": {"tier": ["gold"]}}, "other-tier", ""),
        ({"conditions": {"quantity": 3}}, "quantity-short", "2 more"),
        ({"conditions": {"quantity": 2}}, "quantity-short", "one more"),
        ({"conditions": {"basket_at_least": "6.40"}}, "below-minimum", "€2.40 more"),
        ({"conditions": {"eligible_at_least": "5.00"}}, "below-minimum", "€1.00 more"),
        ({"activation": True}, "not-activated", "activate it in the app first"),
        (
            {"kind": "amount", "amount": "0.50", "applies_to": "line", "budget": {"uses": 1}},
            None,
            "",
        ),
    ],
)
def test_every_refusal_has_its_slug_and_says_what_is_missing(
    small_shop, small_ada, keys, slug, missing
):
    with small_shop.begin(actor="test") as tx:
        launch(tx, **keys)
        priced = price(tx, COFFEE, small_ada)
    found = [(one.reason, one.missing) for one in priced.not_applied]
    assert found == ([(slug, missing)] if slug else [])
    assert bool(priced.applied) is (slug is None)


def test_somebody_without_a_card_is_told_what_the_card_would_give(small_shop):
    with small_shop.begin(actor="test") as tx:
        launch(tx, conditions={"members_only": True})
        priced = price(tx, COFFEE)
        french = price(tx, COFFEE, language="fr")
    assert [(one.reason, one.missing) for one in priced.not_applied] == [
        ("members-only", "with a card")
    ]
    assert french.not_applied[0].missing == "avec une carte"


def test_what_was_not_granted_stays_unsaid_until_it_is(shop, ada, ben):
    with shop.begin(actor="test") as tx:
        offer_id = launch(tx, granted_only=True, activation=True)
        assert price(tx, COFFEE, ada).not_applied == ()
        grant_offer(tx, member_id=ada, offer_id=offer_id)
        assert reasons(price(tx, COFFEE, ada)) == {"an-offer": "not-activated"}
        activate_offer(tx, member_id=ada, offer_id=offer_id)
        assert price(tx, COFFEE, ada).discount_minor == 80
        assert price(tx, COFFEE, ben).discount_minor == 0


def test_what_she_activated_but_left_on_the_shelf_is_mentioned(shop, ada):
    with shop.begin(actor="test") as tx:
        offer_id = launch(tx, activation=True)
        activate_offer(tx, member_id=ada, offer_id=offer_id)
        tea = basket(line(sku="mint", category="tea"))
        assert reasons(price(tx, tea, ada)) == {"an-offer": "nothing-eligible"}


def test_limits_and_budgets_that_are_used_up_are_said(shop, ada, ben, clock):
    with shop.begin(actor="test") as tx:
        once = launch(tx, id="once", limit={"member": 1})
        daily = launch(tx, id="daily", percent=19, limit={"day": 1})
        poor = launch(tx, id="poor", percent=18, budget={"amount": "1.00"})
        few = launch(tx, id="few", percent=17, budget={"uses": 1})
        for number, offer_id in enumerate((once, daily, poor, few)):
            use_offers(
                tx,
                member_id=ada,
                purchase_id=f"pur_{number}",
                applied=[applied(offer_id, 60)],
                at=clock(),
                business_on=COFFEE.business_on,
            )
        assert reasons(price(tx, COFFEE, ada)) == {
            "once": "limit-reached",
            "daily": "limit-reached",
            "poor": "budget-exceeded",
            "few": "budget-exceeded",
        }
        assert price(tx, COFFEE, ben).applied[0].slug == "once"
        small = basket(line(gross_minor=200, unit_minor=200))
        assert [one.slug for one in price(tx, small, ada).applied] == ["poor"]


def test_beaten_exclusive_and_nothing_left_name_what_stands_in_their_place(small_shop):
    with small_shop.begin(actor="test") as tx:
        launch(tx, id="best", name="Best", percent=50, exclusive_group="g")
        launch(tx, id="beaten", percent=10)
        launch(tx, id="shut-out", percent=40, exclusive_group="g")
        priced = price(tx, COFFEE)
        free = price(tx, basket(line(gross_minor=0, unit_minor=0)))
    assert {one.slug: (one.reason, one.beaten_by) for one in priced.not_applied} == {
        "beaten": ("beaten", "Best"),
        "shut-out": ("exclusive", "Best"),
    }
    assert set(reasons(free).values()) == {"nothing-left"}


def test_hours_follow_the_shops_wall_clock_or_else_now_in_the_programmes_zone(small_shop):
    """The test's clock stands at 10:30 in Paris."""
    with small_shop.begin(actor="test") as tx:
        launch(tx, hours=["10:00", "11:00"])
        assert price(tx, basket(line(), at=None)).discount_minor == 80
        assert price(tx, basket(line(), at=time(10, 59))).discount_minor == 80
        assert price(tx, basket(line(), at=time(11, 0))).discount_minor == 0


def test_a_basket_of_nothing_and_a_basket_of_deposits_cost_what_they_cost(small_shop):
    with small_shop.begin(actor="test") as tx:
        launch(tx)
        empty = price(tx, basket())
        deposits = price(tx, basket(line(kind=LineKind.DEPOSIT)))
    assert (empty.lines, empty.total_minor, empty.applied) == ((), 0, ())
    assert (deposits.total_minor, deposits.discount_minor) == (400, 0)


def test_what_she_used_up_or_what_is_over_is_not_missed_in_the_basket(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        used = launch(tx, id="used", activation=True, limit={"member": 1})
        over = launch(tx, id="over", activation=True, until="2026-03-10")
        for offer_id in (used, over):
            activate_offer(tx, member_id=ada, offer_id=offer_id)
        use_offers(tx, member_id=ada, purchase_id="pur_1", applied=[applied(used)], at=clock())
        tea = line(sku="mint", category="tea")
        tomorrow = replace(basket(tea), business_on=date(2026, 3, 11))
        assert price(tx, tomorrow, ada).not_applied == ()
        assert reasons(price(tx, COFFEE, ada)) == {"used": "limit-reached"}
