"""Who among the staff may do what with members, over the API and on the pages alike."""

from __future__ import annotations

from loyalty.kernel.access.principals import Role

LOOKING = (Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN, Role.DPO)
"""Who may see personal data."""
WRITING = (Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN)
"""Who looks after members: cards, points, vouchers, rewards."""
DEEPLY = (Role.SUPPORT, Role.ADMIN)
"""Who may join memberships, and give a level by hand."""
