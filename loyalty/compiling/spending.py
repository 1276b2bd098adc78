"""Redemption, rewards, and vouchers for cumulated spend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loyalty.compiling.parts import Document, read_expiry, read_filter
from loyalty.programme import (
    ProgrammeUnclear,
    Redemption,
    RewardKind,
    RewardRule,
    VoucherRule,
    WalletRule,
    WhenShort,
    money,
    quantity,
    ratio,
)

Wallets = Mapping[str, WalletRule]
_NEEDS = {
    RewardKind.PERCENT: ("percent",),
    RewardKind.AMOUNT: ("amount",),
    RewardKind.ARTICLE: ("article",),
    RewardKind.AMOUNT_PER_POINT: ("amount", "per_points"),
    RewardKind.VOUCHER: ("amount",),
}


def read_redemption(
    document: Document, digits: int, *, wallets: Wallets, default: str
) -> Redemption | None:
    """Return what points are worth at the till."""
    rule = document.get("redemption")
    if rule is None:
        return None
    wallet = _wallet(rule, "redemption", wallets, default)

    def grains(key: str) -> int | None:
        if key not in rule:
            return None
        return quantity(rule[key], f"redemption.{key}", decimals=wallets[wallet].decimals)

    points, share = grains("points"), rule.get("maximum_share")
    if not points:
        raise ProgrammeUnclear("redemption.points", "must be more than zero")
    if share is not None and _above(ratio(share, "redemption.maximum_share"), 100):
        raise ProgrammeUnclear("redemption.maximum_share", "is at most 100 percent")
    return Redemption(
        points=points,
        value_minor=money(rule["value"], "redemption.value", digits=digits),
        minimum=grains("minimum") or 0,
        step=grains("step") or 1,
        value_is_net=rule.get("value_is", "gross") == "net",
        maximum=grains("maximum"),
        maximum_share=None if share is None else _percent(share, "redemption.maximum_share"),
        current_purchase_usable=rule.get("current_purchase_points", "not_usable") == "usable",
        when_short=WhenShort(rule.get("when_short", "refuse")),
        refuse_other_cost=_refuses_other_cost(document),
        wallet=wallet,
    )


def read_rewards(
    document: Document, digits: int, *, wallets: Wallets, default: str
) -> tuple[RewardRule, ...]:
    """Return the catalogue of rewards, in the order of the document."""
    refuse = _refuses_other_cost(document)
    seen: set[str] = set()
    rewards = []
    for number, rule in enumerate(document.get("rewards", ())):
        path = f"rewards.{number}"
        if rule["id"] in seen:
            raise ProgrammeUnclear(f"{path}.id", f"{rule['id']!r} is used twice")
        seen.add(rule["id"])
        wallet = _wallet(rule, path, wallets, default)
        rewards.append(_reward(rule, path, digits, wallet, wallets[wallet].decimals, refuse=refuse))
    return tuple(rewards)


def read_vouchers(rule: Document | None, digits: int) -> VoucherRule | None:
    """Return the vouchers that cumulated spend entitles to."""
    if rule is None:
        return None
    per_spend = money(rule["per_spend"], "vouchers.per_spend", digits=digits)
    if per_spend == 0:
        raise ProgrammeUnclear("vouchers.per_spend", "must be more than zero")
    return VoucherRule(
        per_spend_minor=per_spend,
        value_minor=money(rule["value"], "vouchers.value", digits=digits),
        carry_over=rule.get("carry_over", True),
        expiry=read_expiry(rule.get("expiry", "none")),
        keeps_leftover=rule.get("leftover", "lost") == "kept",
    )


def _reward(
    rule: Document, path: str, digits: int, wallet: str, decimals: int, *, refuse: bool
) -> RewardRule:
    def grains(key: str) -> int:
        return quantity(rule.get(key, 0), f"{path}.{key}", decimals=decimals)

    kind = RewardKind(rule["kind"])
    for key in _NEEDS[kind]:
        if not rule.get(key):
            raise ProgrammeUnclear(f"{path}.{key}", f"a reward of the kind {kind} needs it")
    amount = money(rule["amount"], f"{path}.amount", digits=digits) if "amount" in rule else 0
    if amount == 0 and "amount" in _NEEDS[kind]:
        raise ProgrammeUnclear(f"{path}.amount", "must be more than zero")
    return RewardRule(
        id=rule["id"],
        kind=kind,
        cost=grains("cost"),
        percent=ratio(rule.get("percent", 0), f"{path}.percent"),
        amount_minor=amount,
        article=rule.get("article", "") if kind is RewardKind.ARTICLE else "",
        quantity=rule.get("quantity", 1),
        applies_to=rule.get("applies_to", "basket"),
        match=read_filter({} if kind is RewardKind.ARTICLE else rule),
        exclude=read_filter(rule.get("exclude", {})),
        per_points=grains("per_points"),
        step=grains("step") or 1,
        as_many_as_fit=rule.get("claims", "one") == "as_many_as_fit",
        refuse_part_claim=rule.get("part_claim", "charged_whole") == "refused",
        stock=rule.get("stock"),
        limit=_limit(rule.get("limit", {})),
        names=_names(rule),
        expiry=read_expiry(rule.get("expiry", "none")),
        wallet=wallet,
        refuse_other_cost=refuse,
    )


def _wallet(rule: Document, path: str, wallets: Wallets, default: str) -> str:
    """Return the wallet that pays; the default one unless another is named."""
    named: str = rule.get("wallet", default)
    if named not in wallets:
        reason = f"there is no wallet {named!r}" if named else "needs a wallet"
        raise ProgrammeUnclear(f"{path}.wallet", reason)
    return named


def _refuses_other_cost(document: Document) -> bool:
    rule = document.get("redemption") or {}
    return bool(rule.get("cost", "recomputed") == "refused_if_different")


def _percent(given: object, path: str) -> tuple[int, int]:
    """Return a percentage as a fraction of one."""
    number, below = ratio(given, path)
    return number, below * 100


def _above(fraction: tuple[int, int], most: int) -> bool:
    return fraction[0] > most * fraction[1]


def _limit(rule: Document) -> dict[str, int]:
    return {scope: int(most) for scope, most in rule.items()}


def _names(rule: Document) -> dict[str, Any]:
    name = rule.get("name", {})
    return {"en": name, "fr": name} if isinstance(name, str) else dict(name)
