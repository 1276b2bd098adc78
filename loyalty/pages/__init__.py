"""The shopper's app: the card, points and preferences. ``/app/`` in a browser, installable."""

from __future__ import annotations

from loyalty.kernel.plugin import NavItem
from loyalty.kernel.problems import N_
from loyalty.pages import (
    card,
    challenges,
    household,
    join,
    keeping,
    me,
    offline,
    points,
    poster,
    rewards,
    rules,
    sign_in,
    standing,
    surveys,
    vouchers,
)
from loyalty.pages.shopper import blueprint

NAV = (
    NavItem("app", N_("Card"), "shopper.card", "card", 10),
    NavItem("app", N_("Points"), "shopper.points", "history", 30),
    NavItem("app", N_("Me"), "shopper.me", "user", 40),
)
"""The tabs of the app. Offers put theirs between the card and the points."""

__all__ = [
    "NAV",
    "blueprint",
    "card",
    "challenges",
    "household",
    "join",
    "keeping",
    "me",
    "offline",
    "points",
    "poster",
    "rewards",
    "rules",
    "sign_in",
    "standing",
    "surveys",
    "vouchers",
]
