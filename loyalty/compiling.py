"""From a programme's document to the programme: reads each switch, refuses what is not honoured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.expiry import Expiry
from loyalty.programme import (
    Basis,
    EarnRule,
    Filter,
    Level,
    Per,
    Programme,
    ProgrammeUnclear,
    Redemption,
    Rounding,
    RoundingPlan,
    ShortBalance,
    TierRule,
    VoucherRule,
    WalletRule,
    digits_of,
    money,
)
from loyalty.values import POINTS, LineKind, ProgrammeVersionId

Document = Mapping[str, Any]


def compile_programme(document: Document, *, version_id: ProgrammeVersionId) -> Programme:
    """Return the programme that ``document`` describes.

    Raises:
        ProgrammeUnclear: a switch is missing, contradicts another, or is not honoured here.
    """
    digits = digits_of(document)
    wallets = {key: _wallet(rule, f"wallets.{key}") for key, rule in document["wallets"].items()}
    if POINTS not in wallets:
        raise ProgrammeUnclear("wallets", f"a wallet named {POINTS!r} is needed")
    returns = document.get("returns", {})
    _only(returns, "returns", "earned", "pro_rata_amount")
    _only(document, "", "redeemed_amount_earns", True)  # noqa: FBT003 - the value of a switch
    short = ShortBalance(returns.get("short_balance", ShortBalance.WITHIN_BALANCE))
    return Programme(
        version_id=version_id,
        name=document.get("name", "programme"),
        currency=document.get("currency", "EUR"),
        minor_digits=digits,
        zone=_zone(document.get("zone", "Europe/Paris")),
        wallets=wallets,
        earn=_earn(document.get("earn", []), digits),
        basis=_basis(document.get("basis", {})),
        rounding=_rounding(document.get("rounding", "floor")),
        redemption=_redemption(document.get("redemption"), digits),
        short_balance=short,
        tiers=_tiers(document.get("tiers"), digits),
        vouchers=_vouchers(document.get("vouchers"), digits),
    )


def _only(document: Document, path: str, key: str, honoured: object) -> None:
    """Refuse any other value of a switch than the one that is honoured."""
    value = document.get(key, honoured)
    if value != honoured:
        where = f"{path}.{key}" if path else key
        raise ProgrammeUnclear(where, f"{value!r} is not honoured yet, only {honoured!r}")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ProgrammeUnclear("zone", f"{name!r} is not a time zone") from error


def _wallet(rule: Document, path: str) -> WalletRule:
    _only(rule, path, "decimals", 0)
    _only(rule, path, "consumption", "earliest_expiry")
    floor = rule.get("floor", "zero")
    return WalletRule(
        unit=rule.get("unit", "point"),
        expiry=_expiry(rule.get("expiry", "none")),
        last_day_usable=rule.get("expiry_end", "exclusive") == "inclusive",
        floor={"zero": 0, "unlimited": None}.get(floor) if isinstance(floor, str) else floor,
    )


def _expiry(rule: str | Document) -> Expiry:
    if isinstance(rule, str):
        return Expiry()
    return Expiry(
        after_days=rule.get("after_days"),
        after_months=rule.get("after_months"),
        end_of=rule.get("end_of"),
    )


def _earn(rules: list[Document], digits: int) -> tuple[EarnRule, ...]:
    ids = [rule["id"] for rule in rules]
    for number, rule_id in enumerate(ids):
        if rule_id in ids[:number]:
            raise ProgrammeUnclear(f"earn.{number}.id", f"{rule_id!r} is used twice")
    return tuple(
        _earn_rule(rule, f"earn.{number}", digits)
        for number, rule in enumerate(rules)
        if rule.get("enabled", True)
    )


def _earn_rule(rule: Document, path: str, digits: int) -> EarnRule:
    def amount(key: str) -> int | None:
        return money(rule[key], f"{path}.{key}", digits=digits) if key in rule else None

    return EarnRule(
        id=rule["id"],
        points=rule["points"],
        per=Per(rule["per"]),
        amount_minor=amount("amount") or 0,
        match=_filter(rule),
        exclude=_filter(rule.get("exclude", {})),
        minimum_basis_minor=amount("minimum_basis") or 0,
        maximum_basis_minor=amount("maximum_basis"),
        from_on=_day(rule.get("from")),
        until_on=_day(rule.get("until")),
    )


def _filter(rule: Document) -> Filter:
    def values(key: str) -> frozenset[str]:
        given = rule.get(key, [])
        return frozenset([given] if isinstance(given, str) else given)

    return Filter(values("article"), values("category"), values("brand"))


def _day(value: str | date | None) -> date | None:
    """Return a local day; YAML hands over dates, JSON text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _basis(rule: Document) -> Basis:
    kinds = {LineKind.ARTICLE}
    if rule.get("delivery", "excluded") == "included":
        kinds.add(LineKind.DELIVERY)
    if rule.get("fees", "excluded") == "included":
        kinds.add(LineKind.SERVICE_FEE)
    return Basis(
        tax_included=rule.get("tax", "included") == "included",
        kinds=frozenset(kinds),
        lowered_by_offers="offers" in rule.get("lowered_by", ["offers"]),
    )


def _rounding(rule: str | Document) -> RoundingPlan:
    if isinstance(rule, str):
        return RoundingPlan(per_order=Rounding(rule))
    stages = {stage: Rounding(mode) for stage, mode in rule.items()}
    plan = RoundingPlan(stages.get("per_line"), stages.get("per_rule"), stages.get("per_order"))
    if plan == RoundingPlan(None, None, None):
        raise ProgrammeUnclear("rounding", "points are whole: name a stage that rounds")
    return plan


def _redemption(rule: Document | None, digits: int) -> Redemption | None:
    if rule is None:
        return None
    return Redemption(
        points=rule["points"],
        value_minor=money(rule["value"], "redemption.value", digits=digits),
        minimum=rule.get("minimum", 0),
        step=rule.get("step", 1),
    )


def _tiers(rule: Document | None, digits: int) -> TierRule:
    if rule is None:
        return TierRule()
    levels = tuple(
        Level(
            id=level["id"],
            from_minor=money(level["from"], f"tiers.levels.{number}.from", digits=digits),
            names=dict(level.get("name", {})),
        )
        for number, level in enumerate(rule["levels"])
    )
    rising = [level.from_minor for level in levels]
    if rising != sorted(set(rising)):
        raise ProgrammeUnclear("tiers.levels", "each level must begin above the one before")
    return TierRule(levels)


def _vouchers(rule: Document | None, digits: int) -> VoucherRule | None:
    if rule is None:
        return None
    per_spend = money(rule["per_spend"], "vouchers.per_spend", digits=digits)
    if per_spend == 0:
        raise ProgrammeUnclear("vouchers.per_spend", "must be more than zero")
    return VoucherRule(
        per_spend_minor=per_spend,
        value_minor=money(rule["value"], "vouchers.value", digits=digits),
        carry_over=rule.get("carry_over", True),
        expiry=_expiry(rule.get("expiry", "none")),
    )
