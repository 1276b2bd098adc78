"""What the back office brings."""

from __future__ import annotations

from admin.pages import blueprint
from admin.pages.entry import front
from loyalty.kernel.access.principals import Role
from loyalty.kernel.plugin import NavItem, Plugin
from loyalty.kernel.problems import N_

_SEE = tuple(
    role.value
    for role in (
        Role.SUPPORT,
        Role.STORE_MANAGER,
        Role.ADMIN,
        Role.DPO,
        Role.MARKETER,
        Role.AUDITOR,
    )
)

plugin = Plugin(
    name="admin",
    pages=(front, blueprint),
    nav=(
        NavItem("admin", N_("Home"), "admin.home", "home", 10),
        NavItem("admin", N_("Members"), "admin.members", "people", 20, _SEE),
        NavItem(
            "admin",
            N_("To approve"),
            "admin.approvals",
            "check-circle",
            25,
            ("support", "store_manager", "admin", "dpo"),
        ),
        NavItem(
            "admin",
            N_("Rewards"),
            "admin.catalogue",
            "gift",
            45,
            ("admin", "marketer", "analyst", "auditor", "support"),
        ),
        NavItem(
            "admin",
            N_("Programme"),
            "admin.programme_home",
            "stairs",
            50,
            ("admin", "marketer", "analyst", "auditor"),
        ),
        NavItem(
            "admin",
            N_("Surveys"),
            "admin.survey_list",
            "star",
            55,
            ("admin", "marketer", "analyst"),
        ),
        NavItem("admin", N_("Tills"), "admin.tills_list", "store", 60, ("admin", "store_manager")),
        NavItem("admin", N_("Staff"), "admin.staff_list", "user", 70, ("admin",)),
        NavItem("admin", N_("Books"), "admin.books", "shield", 80, ("admin", "auditor", "analyst")),
        NavItem("admin", N_("Owed"), "admin.owed", "euro", 85, ("admin", "auditor", "analyst")),
    ),
)
