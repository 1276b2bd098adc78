"""Points against money: every limit, in the order in which it is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.programme import Redemption, WhenShort
from loyalty.redemption import settle_redemption
from loyalty.values import Asked, Payable, Redeemed, Refusal

RULE: dict[str, Any] = {"points": 200, "value_minor": 100}
"""200 points are worth 1.00."""


def settle(asked, *, usable=10_000, total=10_000, due=None, net=0, earned=None, **rule):
    """Settle what is asked: a number of points, or ``all``."""
    wanted = Asked(all_points=True) if asked == "all" else Asked(points=asked)
    more = {} if earned is None else {"earned": earned}
    return settle_redemption(
        Redemption(**{**RULE, **rule}),
        wanted,
        usable=usable,
        payable=Payable(total, total if due is None else due, net),
        **more,
    )


CLAMP = WhenShort.CLAMP
TABLE = [
    # asked, facts, what is used and worth, or why not
    (1000, {}, (1000, 500)),
    (1000, {"usable": 950, "step": 200}, "not-enough-points"),
    (1000, {"usable": 950, "step": 200, "when_short": CLAMP}, (800, 400)),
    (1000, {"usable": 950, "when_short": CLAMP}, (950, 475)),
    ("all", {"usable": 950}, (950, 475)),
    ("all", {"usable": 950, "step": 200}, (800, 400)),
    ("all", {"usable": 150, "minimum": 200}, "below-minimum"),
    ("all", {"usable": 0}, (0, 0)),
    (100, {"minimum": 200}, "below-minimum"),
    (200, {"minimum": 200}, (200, 100)),
    (300, {"minimum": 200, "usable": 150, "when_short": CLAMP}, "below-minimum"),
    (250, {"step": 100}, "not-a-step"),
    (250, {"step": 100, "when_short": CLAMP}, "not-a-step"),
    (300, {"step": 100, "when_short": CLAMP, "usable": 250}, (200, 100)),
    (500, {"maximum": 400}, "above-maximum"),
    (400, {"maximum": 400}, (400, 200)),
    (500, {"maximum": 400, "when_short": CLAMP}, "above-maximum"),
    (500, {"maximum": 400, "when_short": CLAMP, "usable": 50}, "above-maximum"),
    (1002, {"total": 1000, "maximum_share": (1, 2), "when_short": CLAMP}, "above-maximum"),
    ("all", {"maximum": 400}, (400, 200)),
    (1000, {"total": 1000, "maximum_share": (1, 2)}, (1000, 500)),
    (1002, {"total": 1000, "maximum_share": (1, 2)}, "above-maximum"),
    ("all", {"total": 999, "maximum_share": (1, 2)}, (999, 499)),
    (4000, {"total": 1000}, (2000, 1000)),
    (4000, {"total": 1230, "step": 200}, (2400, 1200)),
    (4000, {"total": 1000, "due": 250}, (500, 250)),
    (2461, {"total": 1230}, (2461, 1230)),
    ("all", {"total": 1230}, (2460, 1230)),
    (200, {"total": 50, "minimum": 200}, "below-minimum"),
    # a point is worth net money: 1.00 net at 20 % takes 1.20 off what is due
    (200, {"total": 2400, "net": 2000, "value_is_net": True}, (200, 120)),
    ("all", {"total": 2400, "net": 2000, "value_is_net": True}, (4000, 2400)),
    (200, {"total": 2400, "net": 2000, "value_is_net": False}, (200, 100)),
]


@pytest.mark.parametrize(("asked", "facts", "wanted"), TABLE)
def test_what_points_pay(asked, facts, wanted):
    got = settle(asked, **facts)
    if isinstance(wanted, str):
        assert isinstance(got, Refusal)
        assert got.slug == wanted
    else:
        assert got == Redeemed(*wanted)


def test_points_of_the_purchase_itself_pay_only_where_the_programme_lets_them():
    facts = {"usable": 0, "step": 10, "points": 10, "value_minor": 10, "earned": lambda _: 35}
    assert settle("all", current_purchase_usable=True, **facts) == Redeemed(30, 30)
    assert settle("all", current_purchase_usable=False, **facts) == Redeemed(0, 0)
    assert settle(30, current_purchase_usable=True, **facts) == Redeemed(30, 30)
    assert settle(40, current_purchase_usable=True, **facts).slug == "not-enough-points"


def test_what_points_pay_may_lower_what_the_purchase_earns():
    """A basket of 10.00 earns 10 points, and less for what points pay: 5 and 5 meet."""
    got = settle(
        "all",
        usable=0,
        points=1,
        value_minor=100,
        total=1000,
        current_purchase_usable=True,
        earned=lambda value: (1000 - value) // 100,
    )
    assert got == Redeemed(5, 500)


@pytest.mark.parametrize(
    ("till_cost", "refuse", "wanted"),
    [(None, True, 500), (500, True, 500), (400, False, 500), (400, True, "cost-different")],
)
def test_the_tills_figure_is_ignored_or_held_against_ours(till_cost, refuse, wanted):
    rule = Redemption(**RULE, refuse_other_cost=refuse)
    got = settle_redemption(rule, Asked(points=500, till_cost=till_cost), usable=500)
    assert (got.slug if isinstance(got, Refusal) else got.points) == wanted


def test_outside_a_sale_nothing_is_due_and_the_other_limits_hold():
    rule = Redemption(**RULE, step=200, minimum=400)
    assert settle_redemption(rule, Asked(points=800), usable=800) == Redeemed(800, 400)
    assert settle_redemption(rule, Asked(points=200), usable=800) == Refusal("below-minimum", 400)
