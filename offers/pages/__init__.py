"""Pages: a member's offers at ``/app/offers``, the marketer's at ``/admin/offers``."""

from __future__ import annotations

from loyalty.kernel.access.principals import BACK_OFFICE
from loyalty.kernel.plugin import NavItem
from loyalty.kernel.problems import N_
from offers.pages import compose, marketer, shopper

BLUEPRINTS = (shopper.blueprint, marketer.blueprint)
NAV = (
    NavItem("app", N_("Offers"), "offers_app.mine", "tag", 20),
    NavItem(
        "admin",
        N_("Offers"),
        "offers_admin.list_",
        "tag",
        30,
        roles=tuple(sorted(role.value for role in BACK_OFFICE)),
    ),
)

__all__ = ["BLUEPRINTS", "NAV", "compose", "marketer", "shopper"]
