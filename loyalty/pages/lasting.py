"""The last day on which something can be used, as people say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.expiry import NEVER
from loyalty.programme import Programme
from loyalty.queries import Balance
from loyalty.saying import is_plain, quantity_text

NEAR = timedelta(days=30)
"""From how long before their end on points are pointed out first."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """Points that end together: how many, the last day of their use, and whether that is near.

    ``said`` says how many of what where they are not simply points.
    """

    points: int
    last_on: date
    soon: bool
    said: str = ""


def next_lapse(
    programme: Programme, held: Balance, *, today: date, language: str, wallet: str = ""
) -> Lapse | None:
    """Return what ends next in a wallet, the default one without a name; ``None``: nothing does."""
    rule = programme.wallets.get(wallet) or programme.points
    if held.lapsing_on is None or held.lapsing_points <= 0:
        return None
    last_on = last_usable_day(held.lapsing_on, inclusive=rule.last_day_usable)
    if last_on is None:
        return None
    points = held.lapsing_points
    plain = is_plain(programme) and rule is programme.points
    said = "" if plain else quantity_text(programme, language, points, wallet)
    return Lapse(points, last_on, soon=last_on - today <= NEAR, said=said)


def last_usable_day(expires_on: date, *, inclusive: bool) -> date | None:
    """Return the last day of use of what ``expires_on``; ``None`` for what never expires.

    ``inclusive`` means that the day of expiry itself may still be used.
    """
    if expires_on >= NEVER:
        return None
    return expires_on if inclusive else expires_on - timedelta(days=1)
