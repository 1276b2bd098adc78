"""The browser till: enrolling a device, signing in, selling, taking back."""

from loyalty.kernel.plugin import NavItem
from loyalty.kernel.problems import N_

NAV = (
    NavItem("till", N_("Sell"), "till.sell", "basket", 10),
    NavItem("till", N_("Returns"), "till.returns", "return", 20),
    NavItem("till", N_("Join"), "till.join", "qr", 30),
    NavItem(
        "admin",
        N_("Missing purchases"),
        "claims_admin.waiting",
        "receipt",
        25,
        ("admin", "store_manager", "support"),
    ),
)
"""The navigation of the till, and where staff look at claims."""
