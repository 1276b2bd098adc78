"""The browser till: enrolling a device, signing in, selling, taking back."""

from loyalty.kernel.plugin import NavItem
from loyalty.kernel.problems import N_

NAV = (
    NavItem("till", N_("Sell"), "till.sell", "basket", 10),
    NavItem("till", N_("Returns"), "till.returns", "return", 20),
    NavItem("till", N_("Join"), "till.join", "qr", 30),
)
"""The navigation of the till."""
