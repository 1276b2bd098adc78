"""The sentences that explain a purchase: short for the shopper, complete for staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from loyalty.earning import Explained, LineEarning, Near, Rounded
from loyalty.expiry import NEVER
from loyalty.kernel.i18n import format_date, format_money, format_number, gettext
from loyalty.kernel.problems import N_
from loyalty.programme import EarnRule, Programme
from loyalty.queries.measuring import tier_amount
from loyalty.saying import quantity_text
from loyalty.values import SaleLine

_WHY = {
    "outside-dates": N_("{name}: not on this day or at this hour."),
    "code-missing": N_("{name}: its code was not given."),
    "other-tier": N_("{name}: only for {levels}."),
    "not-first-purchase": N_("{name}: only on a first purchase."),
    "nothing-eligible": N_("{name}: nothing that it looks at was bought."),
    "exclusive": N_("{name}: another rule stands alone."),
    "beaten": N_("{name}: another rule gives more."),
    "limit-reached": N_("{name}: it has given all that it may."),
}
_FOR_SHOPPERS = frozenset({"below-minimum", "other-tier", "limit-reached"})
_MOST_DIGITS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase that is explained, in a language; ``receipt`` is its stored document."""

    programme: Programme
    language: str
    on: date
    lines: Sequence[SaleLine]
    earned: Sequence[LineEarning]
    receipt: Mapping[str, Any]

    def say(self, message: str, **facts: Any) -> str:
        """Return a sentence in the reader's language."""
        return gettext(self.language, message, **facts)

    def money(self, minor: int) -> str:
        """Return an amount of money as people write it."""
        return format_money(self.language, minor, self.programme.currency)

    def quantity(self, grains: int, unit: str) -> str:
        """Return so much of a wallet with its unit."""
        return quantity_text(self.programme, self.language, grains, unit)

    def name_of(self, rule_id: str) -> str:
        """Return what a rule, or an offer, is called."""
        for one in self.receipt.get("fired", ()):
            if one["rule"] == rule_id and one.get("label"):
                return str(one["label"])
        rule = self.rule(rule_id)
        names: Mapping[str, str] = rule.names if rule is not None else {}
        return names.get(self.language) or names.get("en") or rule_id

    def rule(self, rule_id: str) -> EarnRule | None:
        """Return a rule of the programme."""
        return next((one for one in self.programme.earn if one.id == rule_id), None)

    @property
    def units(self) -> list[str]:
        """Return the wallets that the purchase filled."""
        return [unit for unit in dict.fromkeys(one.unit for one in self.earned) if self.whole(unit)]

    def whole(self, unit: str) -> int:
        """Return the grains that the purchase brought to a wallet."""
        return sum(one.points for one in self.earned if one.unit == unit)


def shopper_sentences(bought: Bought, found: Explained) -> tuple[str, ...]:
    """Return what concerns her: what was nearly hers, what was capped, when it lapses, her level.

    What each rule gave stands in her statement already.
    """
    near = (one for one in found.near if one.why in _FOR_SHOPPERS)
    return (
        *(_near(bought, one) for one in near),
        *_capped(bought, found),
        *_lasting(bought),
        *_level(bought),
    )


def rule_sentences(bought: Bought, found: Explained) -> tuple[str, ...]:
    """Return each rule on each line, every rule that did not fire, all caps and all rounding."""
    names = {line.line_no: line.name for line in bought.lines}
    return (
        *(_fired(bought, one, names) for one in bought.earned),
        *(_near(bought, one) for one in found.near),
        *_capped(bought, found),
        *(_rounded(bought, one) for one in found.rounded),
    )


def staff_sentences(bought: Bought, found: Explained) -> tuple[str, ...]:
    """Return everything: the rules, how long the points last, and what became of her level."""
    return (*rule_sentences(bought, found), *_lasting(bought), *_level(bought))


def _fired(bought: Bought, one: LineEarning, names: Mapping[int, str]) -> str:
    return bought.say(
        N_("Line {line}, {article}: {name} gave {points} on {basis}."),
        line=one.line_no,
        article=names.get(one.line_no, ""),
        name=bought.name_of(one.rule),
        points=bought.quantity(one.points, one.unit),
        basis=bought.money(one.basis_minor),
    )


def _near(bought: Bought, near: Near) -> str:
    """Return why a rule did not fire, and what would have let it."""
    name, rule = bought.name_of(near.rule), bought.rule(near.rule)
    if near.why == "below-minimum":
        unit = (rule.wallet if rule else "") or bought.programme.default_wallet
        missing = bought.money(near.missing_minor)
        if not near.points:
            return bought.say(N_("{missing} more and {name} counts."), missing=missing, name=name)
        return bought.say(
            N_("{missing} more and {name} gives {points}."),
            missing=missing,
            name=name,
            points=bought.quantity(near.points, unit),
        )
    tiers = sorted(rule.tiers) if rule is not None else []
    levels = ", ".join(bought.programme.level_name(one, bought.language) or one for one in tiers)
    return bought.say(_WHY.get(near.why, N_("{name} did not count.")), name=name, levels=levels)


def _capped(bought: Bought, found: Explained) -> Iterator[str]:
    for one in found.capped:
        yield bought.say(
            N_("{name} gives no more than {points} here; {withheld} were not given."),
            name=bought.name_of(one.rule),
            points=bought.quantity(one.given, one.unit),
            withheld=bought.quantity(one.withheld, one.unit),
        )


def _rounded(bought: Bought, one: Rounded) -> str:
    rule = bought.programme.wallets.get(one.unit) or bought.programme.points
    exact = Fraction(*one.exact) / 10**rule.decimals
    decimal = (Decimal(exact.numerator) / exact.denominator).quantize(_MOST_DIGITS).normalize()
    return bought.say(
        N_("Rounded: {exact} became {points}."),
        exact=format_number(bought.language, decimal),
        points=bought.quantity(one.whole, one.unit),
    )


def _lasting(bought: Bought) -> Iterator[str]:
    """Yield how long what was earned lasts, and whether it waits first."""
    waits: Mapping[str, int] = (bought.receipt.get("wallets") or {}).get("pending") or {}
    for unit in bought.units:
        if unit in waits:
            points = bought.quantity(waits[unit], unit)
            yield bought.say(N_("{points} have to wait before they count."), points=points)
            continue
        rule = bought.programme.wallets.get(unit)
        until = rule.expiry.expires_on(bought.on) if rule is not None else NEVER
        if until != NEVER:
            day = format_date(bought.language, until, style="long")
            yield bought.say(N_("To be used before {day}."), day=day)


def _level(bought: Bought) -> Iterator[str]:
    """Yield what the purchase did to her level, and what is missing to the next one."""
    tier = bought.receipt.get("tier")
    if not tier:
        return
    programme, language = bought.programme, bought.language
    before, level = bought.receipt.get("tier_before"), tier["level"]
    name = programme.level_name(level, language)
    if level != before and name:
        yield bought.say(N_("With this purchase: {level}."), level=name)
    following = tier.get("next_level")
    if following and tier["to_next_minor"] > 0:
        yield bought.say(
            N_("{amount} more to {level}."),
            amount=tier_amount(programme, tier["to_next_minor"], language),
            level=programme.level_name(following, language) or following,
        )
