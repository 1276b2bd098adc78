"""How the units of value behave: expiry, order of use, floor, and what waits before it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from loyalty.expiry import FOREVER, NEVER, Expiry, lapse_day


class Consumption(StrEnum):
    """Which lot is used first."""

    EARLIEST_EXPIRY = "earliest_expiry"
    FIRST_EARNED = "first_earned"


@dataclass(frozen=True, slots=True)
class WalletRule:
    """How one unit of value behaves. Amounts of it are grains: 10**-decimals units.

    ``floor`` is the lowest balance that adjustments and take-backs may reach; ``None`` sets none.
    ``hard_floor`` is what nothing at all may pass: returns may be allowed to go below ``floor``.
    ``idle_from`` is since when being idle counts: a rule that is new finds nobody idle.
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
    hard_floor: int | None = 0
    idle_from: date | None = None
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def individual(self) -> bool:
        """Tell whether each grant has a lot of its own instead of sharing its day's pool."""
        return self.consumption is Consumption.FIRST_EARNED

    def lapse_day(self, today: date, active_on: date | None) -> date:
        """Return the latest ``expires_on`` that is gone on ``today``; all of them when idle."""
        last = self.gone_day(today)
        return NEVER if self.idle_on(active_on) <= last else last

    def gone_day(self, today: date) -> date:
        """Return the latest ``expires_on`` that is gone on ``today``, idle or not."""
        return lapse_day(today, inclusive=self.last_day_usable)

    def idle_on(self, active_on: date | None) -> date:
        """Return the first day on which a wallet is cleared that was last active then."""
        if active_on is None or self.idle_from is None:
            return self.expiry.idle_on(active_on)
        return self.expiry.idle_on(max(active_on, self.idle_from))

    def idle_since(self, gone_day: date) -> date:
        """Return the latest ``active_on`` of the wallets that are cleared by ``gone_day``."""
        if self.idle_from is not None and self.expiry.idle_on(self.idle_from) > gone_day:
            return date.min
        return self.expiry.idle_since(gone_day)


@dataclass(frozen=True, slots=True)
class PendingRule:
    """How long points of a purchase wait: ``days`` local days, or until an event."""

    days: int | None = None
    until_event: str = ""


NO_WALLET = "~none"
"""The hidden wallet of members of a programme without wallets: there to be locked."""
NO_RULE = WalletRule()
"""How a wallet behaves of which no version of the programme speaks."""
PENDING_SHADOW = "~pending"
"""What follows the name of a wallet in the name of the one where its waiting points lie."""
WAITING = WalletRule(consumption=Consumption.FIRST_EARNED)
"""How a shadow behaves: a lot for each purchase; its ``expires_on`` is the day it is due."""


def shadow_of(unit: str) -> str:
    """Return the name of the wallet where points of ``unit`` wait."""
    return f"{unit}{PENDING_SHADOW}"


def is_hidden(unit: str) -> bool:
    """Tell a wallet of the machinery from one that a member sees."""
    return "~" in unit
