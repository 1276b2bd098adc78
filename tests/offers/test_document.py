"""The offer document: every key means one thing, and what cannot be meant is refused."""

from __future__ import annotations

from datetime import date, time

import pytest

from offers.document import (
    Amount,
    AppliesTo,
    DocumentRefused,
    Percent,
    PointsBonus,
    PointsMultiplier,
    Weekday,
    parse_offer,
)
from offers.document.shape import Per
from tests.offers.build import document, offer


def faults(**keys):
    """Return {path: (message, suggestion)} of a document that is refused."""
    with pytest.raises(DocumentRefused) as refused:
        parse_offer(document(**keys))
    return {one.path: (one.sentence, one.suggestion) for one in refused.value.faults}


def test_a_percentage_is_kept_in_parts_per_million():
    assert offer(percent=20).benefit == Percent(200_000, AppliesTo.LINE)
    assert offer(percent="5.5", applies_to="unit").benefit == Percent(55_000, AppliesTo.UNIT)
    assert offer(percent="33.3333").benefit == Percent(333_333, AppliesTo.LINE)


def test_money_is_text_in_the_currencys_digits():
    keys = {"kind": "amount", "applies_to": "line"}
    assert offer(amount="1.50", **keys).benefit == Amount(150, AppliesTo.LINE)
    assert offer(amount="2", **keys).benefit == Amount(200, AppliesTo.LINE)
    yen = parse_offer(document(amount="150", **keys), minor_digits=0)
    assert yen.benefit == Amount(150, AppliesTo.LINE)
    assert faults(amount=150, **keys)["amount"][0] == 'money is written as text, such as "5.00"'
    assert faults(amount="1.505", **keys)["amount"][0] == "more decimals than the currency has"
    assert "amount" in faults(amount="0.00", **keys)
    assert "amount" in faults(amount="-1.00", **keys)


def test_points_come_by_order_line_unit_or_amount():
    def bonus(**keys):
        return offer(kind="points_bonus", **keys).benefit

    assert bonus(points=50) == PointsBonus(50, Per.ORDER)
    assert bonus(points=5, per="unit") == PointsBonus(5, Per.UNIT)
    assert bonus(points=1, amount="2.00") == PointsBonus(1, Per.AMOUNT, per_minor=200)
    assert faults(kind="points_bonus", points=5, per="unit", amount="1.00").keys() == {"amount"}
    assert faults(kind="points_bonus", points=5, per="amount").keys() == {"amount"}
    assert faults(kind="points_bonus").keys() == {"points"}


def test_a_multiplier_counts_its_own_lines_unless_told_otherwise():
    double = offer(kind="points_multiplier", multiply=2, category="coffee")
    assert double.benefit == PointsMultiplier(2000, of_all_lines=False)
    all_lines = offer(kind="points_multiplier", multiply="1.5", of="all")
    assert all_lines.benefit == PointsMultiplier(1500, of_all_lines=True)
    assert faults(kind="points_multiplier", multiply=1)["multiply"][0] == (
        "more than 1 and at most 100"
    )


def test_everything_else_is_read_as_the_vocabulary_says():
    full = offer(
        **{"from": "2026-03-01", "until": date(2026, 3, 31)},
        name="Café du vendredi",
        terms={"fr": "Hors promotions.", "en": "Not with others."},
        category=["coffee", "tea"],
        brand="maison",
        exclude={"article": ["espresso"], "label": "clearance"},
        conditions={
            "tier": ["gold", "platinum"],
            "store": "lyon",
            "members_only": True,
            "basket_at_least": "30.00",
            "eligible_at_least": "5.00",
            "quantity": 2,
        },
        limit={"member": 2, "receipt": 1, "day": 100, "offer": 1000},
        budget={"amount": "500.00"},
        weekdays=["fri", "sat"],
        hours=["17:00", "19:30"],
        activation=True,
        granted_only=True,
        exclusive_group="spring",
        funded_by="brand",
    )
    assert full.names == {"fr": "Café du vendredi", "en": "Café du vendredi"}
    assert full.term("fr") == "Hors promotions."
    assert full.include.categories == {"coffee", "tea"}
    assert full.include.brands == {"maison"}
    assert full.exclude.articles == {"espresso"}
    assert full.exclude.labels == {"clearance"}
    assert full.conditions.tiers == ("gold", "platinum")
    assert full.conditions.stores == {"lyon"}
    assert (full.conditions.basket_at_least_minor, full.conditions.quantity) == (3000, 2)
    assert (full.limit.member, full.limit.receipt, full.limit.day, full.limit.offer) == (
        *(2, 1, 100),
        1000,
    )
    assert full.budget.amount_minor == 50_000
    assert full.weekdays == {Weekday.FRI, Weekday.SAT}
    assert full.hours == (time(17), time(19, 30))
    assert (full.from_on, full.until_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert full.activation
    assert full.granted_only
    assert full.exclusive_group == "spring"
    assert full.for_members


def test_an_unknown_key_is_refused_with_its_path_and_what_was_meant():
    assert faults(categry="coffee")["categry"] == ("unknown key", "category")
    assert faults(conditions={"stores": ["lyon"]})["conditions.stores"][1] == "store"
    assert faults(limit={"members": 1})["limit.members"][1] == "member"
    assert faults(exclude={"sku": "a"}).keys() == {"exclude.sku"}
    assert faults(multiply=2)["multiply"][0] == "unknown key"


def test_all_faults_are_told_at_once():
    wrong = faults(percent=120, until="31/03/2026", limit={"member": 0}, weekdays=["friday"])
    assert wrong.keys() == {"percent", "until", "limit.member", "weekdays"}
    assert wrong["weekdays"][1] == "fri"


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"percent": 0}, "percent"),
        ({"percent": "100.01"}, "percent"),
        ({"percent": 12.5}, "percent"),
        ({"percent": True}, "percent"),
        ({"percent": None}, "percent"),
        ({"kind": "discount"}, "kind"),
        ({"kind": None}, "kind"),
        ({"id": None}, "id"),
        ({"id": "Café"}, "id"),
        ({"name": None}, "name"),
        ({"name": {"fr": "Une offre"}}, "name.en"),
        ({"name": "x" * 401}, "name"),
        ({"kind": "amount", "amount": "1.00"}, "applies_to"),
        ({"kind": "amount", "applies_to": "line"}, "amount"),
        ({"applies_to": "delivery"}, "applies_to"),
        ({"from": "2026-03-31", "until": "2026-03-30"}, "until"),
        ({"from": "2026-13-01"}, "from"),
        ({"hours": ["19:00", "17:00"]}, "hours"),
        ({"hours": ["25:00", "26:00"]}, "hours"),
        ({"hours": "17:00"}, "hours"),
        ({"weekdays": []}, "weekdays"),
        ({"from": "2026-03-02", "until": "2026-03-04", "weekdays": ["sun"]}, "weekdays"),
        ({"category": []}, "category"),
        ({"category": [1]}, "category"),
        ({"exclude": {"category": ["coffee", "tea"]}}, "exclude.category"),
        ({"exclude": "coffee"}, "exclude"),
        ({"applies_to": "basket"}, "applies_to"),
        ({"activation": "yes"}, "activation"),
        ({"budget": {"amount": "10.00", "uses": 5}}, "budget"),
        ({"budget": {"amount": "0.00"}}, "budget.amount"),
        ({"budget": {"uses": 0}}, "budget.uses"),
        ({"limit": {"member": 5, "offer": 3}}, "limit.member"),
        ({"limit": {"day": 5, "offer": 3}}, "limit.day"),
        ({"limit": {"receipt": 2, "member": 1}}, "limit.receipt"),
        ({"limit": {"member": 1.5}}, "limit.member"),
        ({"kind": "points_bonus", "points": 5, "budget": {"amount": "9.00"}}, "budget.amount"),
        (
            {
                "kind": "amount",
                "amount": "5.00",
                "applies_to": "line",
                "budget": {"amount": "4.99"},
            },
            "budget.amount",
        ),
        (
            {"kind": "points_multiplier", "multiply": 2, "of": "all", "exclude": {"brand": "a"}},
            "of",
        ),
    ],
)
def test_what_contradicts_itself_or_could_never_apply_is_refused_at_its_key(keys, path):
    assert path in faults(**keys)


def test_an_exclusion_that_leaves_something_is_no_contradiction():
    some = offer(category=["coffee", "tea"], exclude={"category": "tea"})
    narrow = offer(category="coffee", exclude={"category": "coffee", "brand": "lux"})
    assert some.exclude.categories == {"tea"}
    assert narrow.exclude.brands == {"lux"}


@pytest.mark.parametrize("nonsense", [None, [], "offer", 5])
def test_what_is_no_mapping_is_refused(nonsense):
    with pytest.raises(DocumentRefused):
        parse_offer(nonsense)


def test_an_hour_may_end_the_day():
    offer = parse_offer(
        {"id": "late", "name": "Late", "kind": "percent", "percent": 5, "hours": ["20:00", "24:00"]}
    )

    assert offer.hours == (time(20), time.max)
