"""What points are worth, what they buy, and vouchers."""

from __future__ import annotations

from decimal import Decimal

from loyalty.expiry import FOREVER, Expiry
from loyalty.kernel.problems import N_
from loyalty.pages.wording.speech import Section, Speech
from loyalty.programme import Redemption, RewardKind, RewardRule

HUNDRED = 100


def worth(speech: Speech) -> Section:
    """Return what points are worth and what they buy."""
    programme = speech.programme
    sentences = [] if programme.redemption is None else _redemption(speech, programme.redemption)
    sentences += [f"{costs(speech, reward)}." for reward in programme.rewards]
    for name, wallet in programme.wallets.items():
        if wallet.tender:
            own_name = speech.name(wallet.names) or speech.what(name)
            sentences.append(
                speech.say(N_("{wallet}: pays at the till like money."), wallet=own_name)
            )
    return speech.section(N_("How you spend"), sentences)


def worth_short(speech: Speech, redemption: Redemption) -> str:
    """Return what points are worth as an equation."""
    return speech.say(N_("{points} = {amount}"), **_worth(speech, redemption))


def costs(speech: Speech, reward: RewardRule) -> str:
    """Return what a reward is and what it costs."""
    name = speech.name(reward.names) or _reward(speech, reward)
    if reward.kind is RewardKind.AMOUNT_PER_POINT:
        price = speech.quantity(reward.per_points, reward.wallet)
    else:
        price = speech.quantity(reward.cost, reward.wallet)
    return speech.say(N_("{name}: {price}"), name=name, price=price)


def vouchers(speech: Speech) -> Section:
    """Return when a voucher is given and how long it can be used."""
    rule = speech.programme.vouchers
    if rule is None:
        return speech.section(N_("Vouchers"), [])
    sentences = [f"{voucher_short(speech)}."]
    if rule.carry_over:
        sentences.append(speech.say(N_("What is left over counts towards the next one.")))
    else:
        sentences.append(speech.say(N_("Each purchase stands for itself.")))
    sentences.append(voucher_lasting(speech, rule.expiry))
    return speech.section(N_("Vouchers"), sentences)


def voucher_short(speech: Speech) -> str:
    """Return for how much spend a voucher is given."""
    rule = speech.programme.vouchers
    assert rule is not None, "asked only of programmes with vouchers"
    return speech.say(
        N_("a {value} voucher for every {amount} of purchases"),
        value=speech.money(rule.value_minor),
        amount=speech.money(rule.per_spend_minor),
    )


def voucher_lasting(speech: Speech, expiry: Expiry) -> str:
    """Return how long a voucher can be used."""
    if expiry == FOREVER:
        return speech.say(N_("Vouchers do not expire."))
    return speech.say(N_("Vouchers can be used for {span}."), span=speech.span(expiry))


def redemption_terms(speech: Speech) -> list[str]:
    """Return how points pay at the till: their worth, from how many on, in which steps."""
    rule = speech.programme.redemption
    return [] if rule is None else _redemption(speech, rule)


def _redemption(speech: Speech, rule: Redemption) -> list[str]:
    said = [speech.say(N_("{points} are worth {amount}."), **_worth(speech, rule))]
    if rule.minimum > max(rule.step, 1):
        least = speech.quantity(rule.minimum, rule.wallet)
        said.append(speech.say(N_("You can use them from {points} on."), points=least))
    if rule.step > 1 and rule.step != rule.points:
        step = speech.quantity(rule.step, rule.wallet)
        said.append(speech.say(N_("They are used in steps of {points}."), points=step))
    if rule.maximum is not None:
        most = speech.quantity(rule.maximum, rule.wallet)
        said.append(speech.say(N_("At most {points} at a time."), points=most))
    if rule.maximum_share is not None:
        part = Decimal(rule.maximum_share[0]) / Decimal(rule.maximum_share[1])
        share = speech.percent(part / HUNDRED if part > 1 else part)
        said.append(speech.say(N_("They pay at most {percent} of a basket."), percent=share))
    if rule.current_purchase_usable:
        said.append(speech.say(N_("What a purchase earns may pay for it at once.")))
    return said


def _worth(speech: Speech, rule: Redemption) -> dict[str, str]:
    points = speech.quantity(rule.points, rule.wallet)
    return {"points": points, "amount": speech.money(rule.value_minor)}


def _reward(speech: Speech, reward: RewardRule) -> str:
    """Return what a reward without a name is."""
    amount = speech.money(reward.amount_minor)
    if reward.kind is RewardKind.PERCENT:
        part = Decimal(reward.percent[0]) / Decimal(reward.percent[1]) / HUNDRED
        return speech.say(N_("{percent} off"), percent=speech.percent(part))
    if reward.kind is RewardKind.ARTICLE:
        return f"{reward.quantity} × {reward.article}"
    if reward.kind is RewardKind.VOUCHER:
        return speech.say(N_("a voucher of {amount}"), amount=amount)
    return speech.say(N_("{amount} off"), amount=amount)
