"""Wallets, and what waits before it counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from loyalty.compiling.parts import Document, read_names
from loyalty.expiry import FOREVER, Expiry, MonthDay, Purge
from loyalty.programme import (
    Consumption,
    PendingRule,
    ProgrammeUnclear,
    ReturnRule,
    ShortBalance,
    WalletRule,
    quantity,
)
from loyalty.values import POINTS

_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_A_LEAP_YEAR = 2024


def default_wallet_of(document: Document) -> str:
    """Return the wallet that rules pay into when they name none: points, else the first one.

    Empty when there is no wallet. The document has to be as it was read: once it was stored, the
    order of its wallets may be lost.
    """
    names = list(document.get("wallets") or {})
    return POINTS if POINTS in names else next(iter(names), "")


def read_wallets(
    document: Document, digits: int, returns: ReturnRule, *, first: str
) -> dict[str, WalletRule]:
    """Return the wallets of a programme by name, the ``first`` before the others in their order.

    A wallet in the currency keeps no finer amounts than the currency has ``digits``. Where returns
    may take without limit, nothing stops a balance on its way down.
    """
    given = document.get("wallets") or {}
    rules = {
        key: _wallet(given[key] or {}, f"wallets.{key}", digits)
        for key in sorted(given, key=lambda key: (key != first, key))
    }
    if returns.short_balance is ShortBalance.UNLIMITED:
        return {key: replace(rule, hard_floor=None) for key, rule in rules.items()}
    return rules


def read_pending(document: Document) -> PendingRule | None:
    """Return how long points of a purchase wait: some days, or until an event."""
    rule = document.get("pending")
    if rule is None:
        return None
    if not isinstance(rule, Mapping) or len(rule.keys() & {"days", "until"}) != 1:
        raise ProgrammeUnclear("pending", "give either 'days' or 'until'")
    if "until" in rule:
        return PendingRule(until_event=rule["until"])
    days = rule["days"]
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        raise ProgrammeUnclear("pending.days", f"{days!r} is not a number of days")
    return PendingRule(days=days)


def _wallet(rule: Document, path: str, digits: int) -> WalletRule:
    decimals = rule.get("decimals", 0)
    unit = rule.get("unit", "point")
    if unit == "currency" and decimals > digits:
        reason = f"the currency has {digits} digits, so {decimals} are too many"
        raise ProgrammeUnclear(f"{path}.decimals", reason)
    floor = _floor(rule.get("floor", "zero"), f"{path}.floor", decimals)
    return WalletRule(
        unit=unit,
        expiry=_expiry(rule.get("expiry", "none"), f"{path}.expiry"),
        last_day_usable=rule.get("expiry_end", "exclusive") == "inclusive",
        floor=floor,
        hard_floor=None if floor is None else min(0, floor),
        decimals=decimals,
        consumption=Consumption(rule.get("consumption", "earliest_expiry")),
        tender=rule.get("tender", False),
        top_up_first=rule.get("top_up_usable_in_same_purchase", False),
        names=read_names(rule.get("name", {})),
    )


def _floor(floor: object, path: str, decimals: int) -> int | None:
    if floor in {"zero", "unlimited"}:
        return {"zero": 0, "unlimited": None}[str(floor)]
    return quantity(floor, path, decimals=decimals, signed=True)


def _expiry(rule: str | Document, path: str) -> Expiry:
    if isinstance(rule, str):
        return FOREVER
    alone = {"yearly_purge", "inactive_months"} & rule.keys()
    if alone and len(rule) > 1:
        raise ProgrammeUnclear(path, f"{min(alone)!r} stands alone")
    purge = rule.get("yearly_purge")
    return Expiry(
        after_days=rule.get("after_days"),
        after_months=rule.get("after_months"),
        end_of=rule.get("end_of"),
        inactive_months=rule.get("inactive_months"),
        purge=None if purge is None else _purge(purge, f"{path}.yearly_purge"),
    )


def _purge(rule: Document, path: str) -> Purge:
    day = _month_day(rule.get("day"), f"{path}.day")
    return Purge(day, _month_day(rule.get("earned_before", rule["day"]), f"{path}.earned_before"))


def _month_day(text: object, path: str) -> MonthDay:
    """Return a day of the year; 29 February stands for the last of February."""
    match = _MONTH_DAY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ProgrammeUnclear(path, f"{text!r} is not a month and a day, like '02-28'")
    day = MonthDay(int(match[1]), int(match[2]))
    try:
        exists = day.of(_A_LEAP_YEAR).day == day.day
    except ValueError:
        exists = False
    if not exists:
        raise ProgrammeUnclear(path, f"there is no day {text!r}")
    return day
