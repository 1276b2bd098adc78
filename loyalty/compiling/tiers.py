"""The stairs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from loyalty.compiling.parts import Document, read_names
from loyalty.programme import (
    Downgrade,
    Level,
    Manual,
    Metric,
    ProgrammeUnclear,
    TierRule,
    WalletRule,
    WindowKind,
    money,
    quantity,
)

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def read_tiers(
    rule: Document | None, digits: int, wallets: Mapping[str, WalletRule], default_wallet: str
) -> TierRule:
    """Return the levels, lowest first, and how members climb and fall."""
    if rule is None:
        return TierRule()
    metric = Metric(rule.get("metric", "spend"))
    wallet = rule.get("wallet", "")
    unit = wallets.get(wallet or default_wallet)
    if metric in {Metric.EARNED, Metric.ACTIVE_BALANCE} and unit is None:
        raise ProgrammeUnclear("tiers.wallet", f"there is no wallet {wallet or default_wallet!r}")
    levels = tuple(
        _level(level, f"tiers.levels.{number}", metric, digits, unit)
        for number, level in enumerate(rule["levels"])
    )
    _refuse_flat(levels)
    window, months = _window(rule.get("window", "calendar_year"))
    return TierRule(
        levels=levels,
        metric=metric,
        window=window,
        rolling_months=months,
        current_purchase_counts=rule.get("current_purchase_counts", True),
        downgrade=Downgrade(rule.get("downgrade", "requalify")),
        only_at_review=rule.get("downgrade_only_at_review", False),
        review_on=_month_day(rule.get("review_on"), "tiers.review_on"),
        grace_days=rule.get("grace_days", 0),
        reset_after_review=rule.get("reset_after_review", False),
        manual=Manual(rule.get("manual_assignment", "floor")),
        wallet=wallet,
    )


def _level(
    level: Document, path: str, metric: Metric, digits: int, unit: WalletRule | None
) -> Level:
    """Return one stair; its beginning is money, a quantity of the wallet, or visits."""
    begins = level["from"]
    if metric is Metric.SPEND:
        amount = money(begins, f"{path}.from", digits=digits)
    elif metric is Metric.VISITS or unit is None:
        amount = quantity(begins, f"{path}.from", decimals=0)
    else:
        amount = quantity(begins, f"{path}.from", decimals=unit.decimals)
    return Level(
        id=level["id"],
        from_minor=amount,
        names=read_names(level.get("name", {})),
        benefits=tuple(level.get("benefits", ())),
    )


def _refuse_flat(levels: tuple[Level, ...]) -> None:
    rising = [level.from_minor for level in levels]
    if rising != sorted(set(rising)):
        raise ProgrammeUnclear("tiers.levels", "each level must begin above the one before")
    ids = [level.id for level in levels]
    for number, level_id in enumerate(ids):
        if level_id in {*ids[:number], "none"}:
            raise ProgrammeUnclear(f"tiers.levels.{number}.id", f"{level_id!r} is taken")


def _window(given: str | Document) -> tuple[WindowKind, int]:
    """Return the kind of window and, of a rolling one, its months."""
    if isinstance(given, str):
        kind = WindowKind(given)
        if kind is WindowKind.ROLLING:
            raise ProgrammeUnclear("tiers.window", "say how many: {rolling_months: 12}")
        return kind, 0
    return WindowKind.ROLLING, int(given["rolling_months"])


def _month_day(given: object, path: str) -> tuple[int, int] | None:
    """Return a month and a day of it, from text like ``03-01``."""
    if given is None:
        return None
    found = _MONTH_DAY.fullmatch(str(given))
    if found is None or int(found[2]) > _LONGEST_MONTH.get(int(found[1]), 31):
        raise ProgrammeUnclear(path, f"{given!r} is not a month and a day, like '03-01'")
    return int(found[1]), int(found[2])
