"""What an offer would have cost: on last month's baskets, to the cent."""

from __future__ import annotations

import pytest

from offers.errors import OfferRefused
from offers.queries import preview_cost
from tests.loyalty.world import enrol
from tests.offers.build import document
from tests.offers.world import buy


@pytest.fixture
def last_month(shop, ada, days_ago):
    """Eight purchases: coffee by Ada, by Ben and by a stranger, tea, and one too long ago."""
    with shop.begin(actor="till") as tx:
        ben = enrol(tx, "Ben").member_id
        for days in (29, 20, 10):
            buy(tx, ada, "espresso", "baguette", at=days_ago(days), price=405)
        buy(tx, ada, "mint", at=days_ago(4))
        buy(tx, ben, "espresso", "decaf", at=days_ago(7), price=300)
        buy(tx, None, "espresso", at=days_ago(6), store="paris")
        buy(tx, ada, "cod", at=days_ago(3), price=900)
        buy(tx, ada, "espresso", at=days_ago(40))
    return shop


def preview(database, **keys):
    with database.look() as tx:
        return preview_cost(tx, document=document(**keys))


def test_the_cost_is_what_the_till_would_have_given(last_month):
    found = preview(last_month)
    assert (found.baskets_looked_at, found.baskets, found.members) == (7, 5, 2)
    assert found.discount_minor == 3 * 81 + 2 * 60 + 80
    assert found.turnover_minor == 3 * 405 + 600 + 400
    assert not found.stopped_by_limit
    assert (found.until_on - found.since_on).days == 30


@pytest.mark.parametrize(
    ("keys", "baskets", "minor"),
    [
        ({"conditions": {"members_only": True}}, 4, 363),
        ({"conditions": {"store": "paris"}}, 1, 80),
        ({"conditions": {"tier": "gold"}}, 0, 0),
        ({"conditions": {"tier": "base"}}, 4, 363),
        ({"conditions": {"basket_at_least": "8.00"}}, 3, 243),
        ({"conditions": {"eligible_at_least": "6.00"}}, 1, 120),
        ({"conditions": {"quantity": 2}}, 1, 120),
        ({"limit": {"member": 1}}, 2, None),
        ({"limit": {"offer": 2}}, 2, None),
        ({"budget": {"uses": 4}}, 4, None),
        ({"budget": {"amount": "0.79"}}, 0, 0),
        ({"category": None, "brand": "maison"}, 7, 946),
        ({"category": None, "label": "bio"}, 6, 463),
        ({"applies_to": "basket", "category": None}, 7, 946),
        ({"exclude": {"article": "espresso"}}, 1, 60),
        ({"from": "2030-01-01"}, 5, 443),
        ({"activation": True}, 4, 363),
        ({"granted_only": True}, 4, 363),
    ],
)
def test_conditions_limits_and_filters_are_held(last_month, keys, baskets, minor):
    found = preview(last_month, **keys)
    assert found.baskets == baskets
    assert minor is None or found.discount_minor == minor
    assert found.stopped_by_limit is bool(keys.keys() & {"limit", "budget"})


def test_a_budget_is_never_passed(last_month):
    found = preview(last_month, budget={"amount": "2.00"})
    assert 0 < found.discount_minor <= 200
    assert found.stopped_by_limit


def test_points_are_previewed_as_points(last_month):
    found = preview(last_month, kind="points_bonus", points=50, category="tea")
    assert (found.baskets, found.points, found.discount_minor) == (1, 50, 0)
    double = preview(last_month, kind="points_multiplier", multiply=2, of="all")
    assert (double.baskets, double.points) == (6, 3 * 8 + 4 + 6 + 9)


def test_a_document_that_is_not_right_is_told(last_month):
    with pytest.raises(OfferRefused):
        preview(last_month, percent=101)
