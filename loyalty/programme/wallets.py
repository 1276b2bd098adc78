"""How the units of value behave: expiry, order of use, floor, and what waits before it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from loyalty.expiry import FOREVER, Expiry


class Consumption(StrEnum):
    """Which lot is used first."""

    EARLIEST_EXPIRY = "earliest_expiry"
    FIRST_EARNED = "first_earned"


@dataclass(frozen=True, slots=True)
class WalletRule:
    """How one unit of value behaves. Amounts of it are grains: 10**-decimals units.

    ``floor`` is the lowest balance that adjustments and take-backs may reach; ``None`` sets none.
    ``tender`` lets it pay at the till; ``top_up_first`` lets a top-up pay in the same purchase.
    """

    unit: str = "point"
    expiry: Expiry = FOREVER
    last_day_usable: bool = False
    floor: int | None = 0
    decimals: int = 0
    consumption: Consumption = Consumption.EARLIEST_EXPIRY
    tender: bool = False
    top_up_first: bool = False


@dataclass(frozen=True, slots=True)
class PendingRule:
    """How long points of a purchase wait: ``days`` local days, or until an event."""

    days: int | None = None
    until_event: str = ""
