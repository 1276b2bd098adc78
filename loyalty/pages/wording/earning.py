"""How members earn, what does not earn, and how long it lasts."""

from __future__ import annotations

from decimal import Decimal

from loyalty.expiry import FOREVER
from loyalty.kernel.i18n import format_date
from loyalty.kernel.problems import N_
from loyalty.pages.wording.speech import Section, Speech
from loyalty.programme import EarnRule, Per, Rounding
from loyalty.values import LineKind

_PER = {
    Per.AMOUNT: N_("{quantity} for every {amount}"),
    Per.UNIT: N_("{quantity} for every article"),
    Per.LINE: N_("{quantity} for every product"),
    Per.ORDER: N_("{quantity} for every purchase"),
}
_EVENTS = {
    "sign_up": N_("{quantity} when you join"),
    "birthday": N_("{quantity} for your birthday"),
    "review": N_("{quantity} for a review"),
    "survey": N_("{quantity} for a survey"),
    "referral": N_("{quantity} for a friend you bring along"),
    "visit": N_("{quantity} for every visit"),
}
_ROUNDED = {
    Rounding.FLOOR: N_("What is less than a whole one does not count."),
    Rounding.HALF_UP: N_("Half a one or more counts as a whole one."),
    Rounding.CEILING: N_("What is begun counts as a whole one."),
}


def earning(speech: Speech) -> Section:
    """Return how points are earned, what does not earn, and when they end."""
    programme = speech.programme
    sentences = [f"{earns(speech, rule)}." for rule in programme.earn]
    if programme.earn:
        sentences += _basis(speech)
    if programme.wallets:
        sentences += _waiting(speech)
        sentences.append(lasting(speech))
        sentences += _others_lasting(speech)
    return speech.section(N_("How you earn"), sentences)


def earns(speech: Speech, rule: EarnRule) -> str:
    """Return what one rule gives."""
    text = _grant(speech, rule) if rule.multiply is None else _multiplied(speech, rule)
    for sentence, value in _limits(speech, rule):
        text = speech.say(sentence, rule=text, value=value)
    name = speech.name(rule.names)
    return speech.say(N_("{name}: {rule}"), name=name, rule=text) if name else text


def lasting(speech: Speech, wallet: str = "") -> str:
    """Return how long what a wallet holds can be used."""
    rule, what = speech.wallet(wallet), speech.what(wallet)
    expiry = rule.expiry
    if expiry == FOREVER:
        return speech.say(N_("{what} do not expire."), what=what)
    if expiry.inactive_months:
        span = speech.months(expiry.inactive_months)
        return speech.say(
            N_("{what} are gone after {span} without a purchase."), what=what, span=span
        )
    if expiry.purge is not None:
        day = speech.day_of_year(expiry.purge.on)
        limit = speech.day_of_year(expiry.purge.earned_before)
        return speech.say(
            N_("{what} from before {limit} are gone on the next {day}."),
            what=what,
            limit=limit,
            day=day,
        )
    sentence = N_("{what} can be used for {span}.")
    if rule.last_day_usable:
        sentence = N_("{what} can be used for {span}, the last day included.")
    return speech.say(sentence, what=what, span=speech.span(expiry))


def _grant(speech: Speech, rule: EarnRule) -> str:
    """Return how much a rule gives, and for what."""
    quantity = speech.quantity(rule.points, rule.wallet)
    if rule.per is Per.EVENT:
        known = _EVENTS.get(rule.event)
        return speech.say(known, quantity=quantity) if known else quantity
    if rule.per is Per.ORDER and rule.names:
        return quantity
    wallet = speech.wallet(rule.wallet)
    if rule.per is Per.AMOUNT and wallet.unit == "currency" and rule.amount_minor:
        return speech.say(
            N_("{percent} of what you buy, back for you"), percent=_share(speech, rule)
        )
    amount = speech.money(rule.amount_minor)
    return speech.say(_PER[rule.per], quantity=quantity, amount=amount)


def _share(speech: Speech, rule: EarnRule) -> str:
    """Return which part of the amount comes back in the same currency."""
    earned = Decimal(rule.points).scaleb(-speech.wallet(rule.wallet).decimals)
    spent = Decimal(rule.amount_minor).scaleb(-speech.programme.minor_digits)
    return speech.percent(earned / spent)


def _multiplied(speech: Speech, rule: EarnRule) -> str:
    """Return how often points count, and for whom."""
    numerator, denominator = rule.multiply or (1, 1)
    times = speech.number(Decimal(numerator) / Decimal(denominator))
    what = speech.what(rule.wallet)
    text = speech.say(N_("{what} count {times} times"), what=what, times=times)
    tiers = speech.programme.tiers
    names = [one.name(speech.spoken) for one in tiers.levels if one.id in rule.tiers]
    if not names:
        return text
    return speech.say(N_("with {level}, {rule}"), level=", ".join(names), rule=_small(text))


def _limits(speech: Speech, rule: EarnRule) -> list[tuple[str, str]]:
    """Return what a rule asks for, as sentences around it."""
    found = []
    if not rule.match.is_open and not rule.names:
        found.append((N_("{rule}, on chosen articles"), ""))
    if not rule.exclude.is_open:
        found.append((N_("{rule}, except on some articles"), ""))
    if rule.minimum_basis_minor > 1:
        found.append((N_("{rule}, from {value} on"), speech.money(rule.minimum_basis_minor)))
    if rule.maximum_basis_minor is not None:
        found.append((N_("{rule}, up to {value}"), speech.money(rule.maximum_basis_minor)))
    if rule.first_purchase:
        found.append((N_("{rule}, the first time"), ""))
    if rule.code:
        found.append((N_("{rule}, with the code {value}"), rule.code))
    if rule.until_on is not None:
        day = format_date(speech.spoken, rule.until_on)
        found.append((N_("{rule}, until {value}"), day))
    return found


def _basis(speech: Speech) -> list[str]:
    """Return what does not earn, and what becomes of fractions."""
    programme, said = speech.programme, []
    basis = programme.basis
    by_amount = any(rule.per is Per.AMOUNT and rule.multiply is None for rule in programme.earn)
    if not by_amount:
        return [speech.say(N_("What is free earns nothing."))] if _asks_for_money(speech) else []
    if not basis.tax_included:
        said.append(speech.say(N_("Prices count without tax.")))
    if LineKind.DELIVERY not in basis.kinds:
        said.append(speech.say(N_("Delivery and gift cards earn nothing.")))
    if basis.lowered_by_offers and basis.lowered_by_till:
        said.append(speech.say(N_("What an offer or the till takes off earns nothing.")))
    elif basis.lowered_by_offers:
        said.append(speech.say(N_("What an offer takes off earns nothing.")))
    if programme.redemption is not None or programme.rewards:
        sentence = N_("What you pay with {what} earns nothing.")
        if programme.redeemed_amount_earns:
            sentence = N_("What you pay with {what} earns too.")
        said.append(speech.say(sentence, what=_small(speech.what())))
    if programme.rounding.per_order is not None and speech.wallet().unit != "currency":
        said.append(speech.say(_ROUNDED[programme.rounding.per_order]))
    return said


def _asks_for_money(speech: Speech) -> bool:
    return any(rule.minimum_basis_minor == 1 for rule in speech.programme.earn)


def _waiting(speech: Speech) -> list[str]:
    """Return how long what was earned waits."""
    pending = speech.programme.pending
    if pending is None or pending.days == 0:
        return []
    if pending.days is None:
        return [speech.say(N_("What you earn waits until the purchase is complete."))]
    return [
        speech.say(N_("What you earn can be used after {span}."), span=speech.days(pending.days))
    ]


def _others_lasting(speech: Speech) -> list[str]:
    """Return how long the other wallets of the programme last, those with a name of their own."""
    said = []
    for name, wallet in speech.programme.wallets.items():
        own_name = speech.name(wallet.names)
        spans = wallet.expiry != FOREVER and wallet.expiry.purge is None
        if own_name and spans and name != speech.programme.default_wallet:
            span = speech.span(wallet.expiry)
            said.append(speech.say(N_("{name}: {rule}"), name=own_name, rule=f"{span}."))
    return said


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
