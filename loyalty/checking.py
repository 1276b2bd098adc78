"""What is wrong with a programme although every key of it is right: promises it cannot keep.

Pure: it looks at the compiled programme and, when it is told, at the names of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import Fault
from loyalty.programme import EarnRule, Metric, Per, Programme, RewardKind, RewardRule
from loyalty.programme.amounts import Ratio
from loyalty.values import NO_TIER

HIGHEST_BALANCE = 10**9
"""Units of a wallet that nobody ever comes near."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The names that goods have; a kind of names that is empty is not looked at."""

    article: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    brand: frozenset[str] = frozenset()
    label: frozenset[str] = frozenset()


NO_CATALOGUE = Catalogue()


def check_programme(
    programme: Programme, document: Document, catalogue: Catalogue = NO_CATALOGUE
) -> tuple[Fault, ...]:
    """Return every promise of ``programme`` that could never be kept, or never be paid.

    ``document`` is what it was compiled from; faults name its paths.
    """
    checks = (_levels(document), _earning(programme, document), _tiers(programme, document))
    more = (_rewards(programme, document), _circles(programme), _names(document, catalogue))
    return tuple(fault for found in (*checks, *more) for fault in found)


def check_document(document: Document) -> tuple[Fault, ...]:
    """Return what can be told before the document is compiled: levels that do not rise."""
    return tuple(_levels(document))


def _fault(keys: tuple[str | int, ...], message: str, meant: str = "", **facts: str) -> Fault:
    return Fault(keys, 0, message, facts, meant)


def _levels(document: Document) -> Iterator[Fault]:
    """Find levels that begin no higher than the one below: nobody would ever stand there."""
    highest = Decimal(-1)
    below = ""
    for number, level in enumerate((document.get("tiers") or {}).get("levels", ())):
        try:
            begins = Decimal(str(level["from"]))
        except (ArithmeticError, KeyError):
            return
        if begins <= highest:
            yield _fault(
                ("tiers", "levels", number, "from"),
                N_("nobody ever stands on {level}: {below} begins at {from_}"),
                _higher(level["from"], highest),
                level=str(level["id"]),
                below=below,
                from_=str(highest),
            )
        highest, below = max(highest, begins), str(level["id"])


def _higher(given: Any, highest: Decimal) -> str:
    """Return the lowest threshold above ``highest``, written as ``given`` is."""
    if isinstance(given, int):
        return str(highest + 1)
    digits = -int(Decimal(given).as_tuple().exponent)
    return f'"{highest + Decimal(1).scaleb(-digits)}"'


def _earning(programme: Programme, document: Document) -> Iterator[Fault]:
    """Find rules that never fire, and multipliers beyond the programme's own limits."""
    places = {rule["id"]: number for number, rule in enumerate(document.get("earn", ()))}
    known = [level.id for level in programme.tiers.levels] + [NO_TIER]
    limits = programme.promotion_limits
    for rule in programme.earn:
        keys = ("earn", places[rule.id])
        if rule.from_on and rule.until_on and rule.until_on < rule.from_on:
            meant = rule.from_on.isoformat()
            yield _fault((*keys, "until"), N_("ends before it begins"), meant)
        for level in sorted(rule.tiers - set(known)):
            meant = _near(level, known)
            yield _fault((*keys, "tier"), N_("there is no level {level}"), meant, level=level)
        if rule.multiply is None:
            continue
        most = limits.multiplier_at_most
        if most is not None and _above(rule.multiply, most):
            yield _fault((*keys, "multiply"), N_("more than promotion_limits allow"), _text(most))
        digits = limits.multiplier_decimals
        if digits is not None and (rule.multiply[0] * 10**digits) % rule.multiply[1]:
            yield _fault(
                (*keys, "multiply"),
                N_("at most {most} decimals, say promotion_limits"),
                most=str(digits),
            )


def _tiers(programme: Programme, document: Document) -> Iterator[Fault]:
    """Find levels that nobody can reach: what lifts to them is given only on them, or capped."""
    tiers = programme.tiers
    if tiers.metric not in {Metric.EARNED, Metric.ACTIVE_BALANCE} or not programme.earn:
        return
    wallet = tiers.wallet or programme.default_wallet
    paying = [rule for rule in _grants(programme) if _wallet(rule, programme) == wallet]
    if not paying or _paid_otherwise(programme, wallet):
        return
    places = {rule["id"]: number for number, rule in enumerate(document.get("earn", ()))}
    reached = {NO_TIER} | {level.id for level in tiers.levels if level.from_minor <= 0}
    for number, level in enumerate(tiers.levels):
        if level.id in reached:
            continue
        usable = [rule for rule in paying if not rule.tiers or rule.tiers & reached]
        if not usable:
            rule = paying[0]
            yield _fault(
                ("earn", places[rule.id], "tier"),
                N_("goes in a circle: only {level} earns here, and only who earns gets there"),
                next(iter(sorted(reached - {NO_TIER})), ""),
                level=", ".join(sorted(rule.tiers)),
            )
            return
        cap = _cap(usable)
        if cap is not None and level.from_minor > cap:
            yield _fault(
                ("tiers", "levels", number, "from"),
                N_("nobody ever reaches {level}: the rules give at most {most} to a member"),
                str(cap),
                level=level.id,
                most=str(cap),
            )
            continue
        reached.add(level.id)


def _rewards(programme: Programme, document: Document) -> Iterator[Fault]:
    """Find rewards that cost more than a member can ever have."""
    del document
    for number, reward in enumerate(programme.rewards):
        wallet = reward.wallet or programme.default_wallet
        rule = programme.wallets.get(wallet)
        most = HIGHEST_BALANCE * 10 ** (rule.decimals if rule else 0)
        paying = [one for one in _grants(programme) if _wallet(one, programme) == wallet]
        cap = None if _paid_otherwise(programme, wallet) or not paying else _cap(paying)
        most = most if cap is None else min(most, cap)
        if _cost(reward) > most:
            yield _fault(
                ("rewards", number, "cost" if reward.cost else "step"),
                N_("dearer than any balance: nobody ever has more than {most}"),
                str(most) if most else "",
                most=str(most),
            )
    redemption = programme.redemption
    if redemption is None or redemption.maximum is None:
        return
    for key, value in (("minimum", redemption.minimum), ("step", redemption.step)):
        if value > redemption.maximum:
            yield _fault(
                ("redemption", key),
                N_("is more than the maximum, {most}"),
                str(redemption.maximum),
                most=str(redemption.maximum),
            )


def _circles(programme: Programme) -> Iterator[Fault]:
    """Find what pays for itself: points or vouchers that buy at least as much of themselves."""
    vouchers = programme.vouchers
    if vouchers is not None and vouchers.value_minor >= vouchers.per_spend_minor:
        yield _fault(("vouchers", "value"), N_("goes in a circle: a voucher pays for the next one"))
    redemption = programme.redemption
    if redemption is None or not programme.redeemed_amount_earns:
        return
    wallet = redemption.wallet or programme.default_wallet
    for number, rule in enumerate(programme.earn):
        whole = rule.per is Per.AMOUNT and rule.match.is_open and not rule.tiers
        if not whole or rule.multiply is not None or _wallet(rule, programme) != wallet:
            continue
        capped = rule.limits.member is not None or rule.limits.programme is not None
        back = redemption.value_minor * rule.points
        if rule.amount_minor and not capped and back >= redemption.points * rule.amount_minor:
            yield _fault(
                ("earn", number, "points"),
                N_("goes in a circle: what points pay for earns as many points again"),
                "redeemed_amount_earns: false",
            )


def _names(document: Document, catalogue: Catalogue) -> Iterator[Fault]:
    """Find filters that name goods which the catalogue does not have."""
    for part in ("earn", "rewards"):
        for number, rule in enumerate(document.get(part, ())):
            only_filters = not (part == "rewards" and rule.get("kind") == RewardKind.ARTICLE)
            for keys, found in (((), rule), (("exclude",), rule.get("exclude") or {})):
                for kind in ("article", "category", "brand", "label"):
                    if kind == "article" and not only_filters and not keys:
                        continue
                    yield from _unknown(
                        kind, found.get(kind, ()), (part, number, *keys, kind), catalogue
                    )


_NO_SUCH = {
    "article": N_("there is no article {name} in the catalogue"),
    "category": N_("there is no category {name} in the catalogue"),
    "brand": N_("there is no brand {name} in the catalogue"),
    "label": N_("there is no label {name} in the catalogue"),
}


def _unknown(
    kind: str, given: Any, keys: tuple[str | int, ...], catalogue: Catalogue
) -> Iterator[Fault]:
    known: frozenset[str] = getattr(catalogue, kind)
    for name in [given] if isinstance(given, str) else given:
        if known and name not in known:
            yield _fault(keys, _NO_SUCH[kind], _near(name, known), name=name)


def _grants(programme: Programme) -> list[EarnRule]:
    return [rule for rule in programme.earn if rule.multiply is None and rule.points]


def _wallet(rule: EarnRule, programme: Programme) -> str:
    return rule.wallet or programme.default_wallet


def _paid_otherwise(programme: Programme, wallet: str) -> bool:
    """Tell whether a wallet also fills without any rule: by referral, or with money."""
    referral = programme.referral
    referred = referral is not None and wallet in {*referral.referrer, *referral.referee}
    rule = programme.wallets.get(wallet)
    return referred or (rule is not None and (rule.tender or rule.unit == "currency"))


def _cap(rules: list[EarnRule]) -> int | None:
    """Return the most that ``rules`` together ever give to one member; ``None`` without limit."""
    total = 0
    for rule in rules:
        most = rule.limits.member if rule.limits.member is not None else rule.limits.programme
        if most is None:
            return None
        total += most
    return total


def _cost(reward: RewardRule) -> int:
    if reward.kind is RewardKind.AMOUNT_PER_POINT:
        return max(reward.step, reward.cost)
    return reward.cost


def _above(one: Ratio, other: Ratio) -> bool:
    return one[0] * other[1] > other[0] * one[1]


def _text(ratio: Ratio) -> str:
    return format((Decimal(ratio[0]) / Decimal(ratio[1])).normalize(), "f")


def _near(name: str, known: Any) -> str:
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""
