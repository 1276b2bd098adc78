"""The JSON API of the offers: for staff under ``/offers``, for members under ``/me/offers``."""

from __future__ import annotations

from offers.api.me import blp as me_blueprint
from offers.api.staff import blp as staff_blueprint

BLUEPRINTS = (staff_blueprint, me_blueprint)

__all__ = ["BLUEPRINTS", "me_blueprint", "staff_blueprint"]
