"""The blueprint that every page of the back office hangs on, and what its templates may ask."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from loyalty.kernel.web.context import maybe_principal
from loyalty.kernel.web.guard import policy_of

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

LANGUAGE_NAMES = (("fr", "Français"), ("en", "English"))


def may(endpoint: str, method: str = "GET") -> bool:
    """Tell whether the caller may call a route: what she may not do is not shown to her.

    The route's own policy decides, so that a button and its door cannot disagree.
    """
    policy = policy_of(current_app, endpoint, method)
    return policy is not None and policy.admits(maybe_principal())


@blueprint.context_processor
def _helpers() -> dict[str, Any]:
    """Give the templates of this blueprint ``may`` and the languages to choose from."""
    return {"may": may, "languages": LANGUAGE_NAMES}
