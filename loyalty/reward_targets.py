"""What a reward works on: units of lines as the offers left them, and the lines lowered by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loyalty.kernel.values import split_evenly
from loyalty.programme import RewardKind, RewardRule
from loyalty.values import LineKind, OfferShare, RewardShare, RewardUse, SaleLine, ShareScope

MILLI = 1000
MOST_UNITS = 1_000_000
GOODS = frozenset({LineKind.ARTICLE})
_KINDS = {
    "delivery": frozenset({LineKind.DELIVERY}),
    "basket_and_delivery": frozenset({LineKind.ARTICLE, LineKind.DELIVERY}),
}


@dataclass(slots=True)
class Target:
    """Units of one line that a reward works on; ``units`` are positions in the line."""

    line_no: int
    values: list[int]
    units: list[int]

    @property
    def left(self) -> int:
        """Return what these units are still worth."""
        return sum(self.values[unit] for unit in self.units)


def targets_of(rule: RewardRule, lines: Sequence[SaleLine]) -> list[Target]:
    """Return the units that a reward looks at, in the order of the basket."""
    kinds = _KINDS.get(rule.applies_to, GOODS)
    found = [
        Target(line.line_no, values := units_left(line), list(range(len(values))))
        for line in lines
        if line.kind in kinds and _eligible(rule, line)
    ]
    found = _within_limits(rule, found)
    if rule.kind is RewardKind.ARTICLE:
        return found
    worth = [target for target in found if target.left > 0]
    if rule.applies_to == "cheapest" and worth:
        value, target, unit = min(
            ((one.values[unit], one, unit) for one in worth for unit in one.units),
            key=lambda each: (each[0] == 0, each[0]),
        )
        return [Target(target.line_no, target.values, [unit])] if value else []
    if rule.applies_to == "cheapest_line" and worth:
        prices = {line.line_no: line.unit_price_minor for line in lines}
        return [min(worth, key=lambda one: prices[one.line_no])]
    return worth


def _within_limits(rule: RewardRule, found: list[Target]) -> list[Target]:
    """Leave out the units that are too many, from the end of each line and of the basket."""
    per_line = rule.limit.get("units_per_line", MOST_UNITS)
    room = rule.limit.get("units", MOST_UNITS)
    kept = []
    for target in found:
        units = target.units[: min(per_line, room)]
        room -= len(units)
        if units:
            kept.append(Target(target.line_no, target.values, units))
    return kept


def _eligible(rule: RewardRule, line: SaleLine) -> bool:
    if rule.kind is RewardKind.ARTICLE:
        return line.sku == rule.article
    return rule.match.matches(line) and (rule.exclude.is_open or not rule.exclude.touches(line))


def pieces_of(rule: RewardRule, targets: Sequence[Target]) -> list[list[Target]]:
    """Return what each single reduction is taken from: units, lines, or everything together."""
    if rule.applies_to == "unit":
        return [[Target(one.line_no, one.values, [unit])] for one in targets for unit in one.units]
    if rule.applies_to == "line":
        return [[one] for one in targets]
    return [list(targets)] if targets else []


def with_reward(lines: Sequence[SaleLine], use: RewardUse) -> tuple[SaleLine, ...]:
    """Return ``lines`` lowered by a reward's shares, each under the reward's own id."""
    by_line = {share.line_no: share for share in use.shares}
    return tuple(
        _lowered(line, use.reward_id, by_line[line.line_no]) if line.line_no in by_line else line
        for line in lines
    )


def with_added(lines: Sequence[SaleLine], use: RewardUse, article: SaleLine) -> list[SaleLine]:
    """Return ``lines`` and, at the end, the article that a reward gives, free of charge.

    ``article`` is one unit at its price; it takes the next line number.
    """
    assert use.added is not None, "the reward adds an article"
    units, price = use.added.units, article.unit_price_minor
    free = replace(
        article,
        line_no=max((line.line_no for line in lines), default=0) + 1,
        quantity_milli=units * MILLI,
        gross_minor=units * price,
        paid_minor=0,
        shares=_free(use.reward_id, units, price),
    )
    return [*lines, free]


def _free(reward_id: str, units: int, price: int) -> tuple[OfferShare, ...]:
    """Return the share of a reward that gives units of one price away."""
    if not price:
        return ()
    return (OfferShare(reward_id, units * price, (price,) * units, ShareScope.REWARD),)


def units_left(line: SaleLine) -> list[int]:
    """Return what the offers left of each unit of a line, in minor units."""
    whole, rest = divmod(line.quantity_milli, MILLI)
    number = whole if rest == 0 and whole > 0 else 1
    if line.unit_price_minor * number == line.gross_minor:
        values = [line.unit_price_minor] * number
    else:
        values = split_evenly(line.gross_minor, [1] * number)
    for share in line.shares:
        parts = share.unit_shares or tuple(split_evenly(share.amount_minor, values))
        values = [value - part for value, part in zip(values, parts, strict=True)]
    return values


def spread(reduction: int, targets: Sequence[Target], taken: dict[int, list[int]]) -> None:
    """Share a reduction over lines and their units, by largest remainder over what is left."""
    shares = split_evenly(reduction, [one.left for one in targets])
    for one, share in zip(targets, shares, strict=True):
        parts = split_evenly(share, [one.values[unit] for unit in one.units])
        for unit, part in zip(one.units, parts, strict=True):
            taken[one.line_no][unit] += part


def as_shares(taken: dict[int, list[int]]) -> list[RewardShare]:
    """Return what is taken off each unit of each line as shares; an untouched line has none."""
    return [
        RewardShare(line_no, sum(units), tuple(units))
        for line_no, units in taken.items()
        if any(units)
    ]


def _lowered(line: SaleLine, reward_id: str, share: RewardShare) -> SaleLine:
    off = OfferShare(reward_id, share.amount_minor, share.unit_shares, ShareScope.REWARD)
    return replace(
        line, paid_minor=line.paid_minor - share.amount_minor, shares=(*line.shares, off)
    )
