"""How far members are in challenges, and the badges they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from admin.examples.compare import Named
from admin.examples.stage import View
from loyalty.queries.challenges import badges_of, challenges_of


def challenges(view: View, wanted: Any) -> Any:
    """Return how far each named member is, by challenge."""
    return {name: _progress(view, name) for name in wanted}


def badges(view: View, wanted: Any) -> Any:
    """Return the badges of each named member."""
    return {name: list(badges_of(view.tx, view.stage.member_id(name))) for name in wanted}


def _progress(view: View, name: str) -> Any:
    found = challenges_of(view.tx, view.stage.member_id(name), "en")
    values = {one.challenge: view.cash(one.value) if one.is_money else one.value for one in found}
    return Named(values, 0)


CHALLENGES: dict[str, Callable[[View, Any], Any]] = {"challenges": challenges, "badges": badges}
