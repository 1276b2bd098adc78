"""What a return takes back and gives back, and friends who are brought along."""

from __future__ import annotations

from loyalty.kernel.problems import N_
from loyalty.pages.wording.speech import Section, Speech
from loyalty.programme import (
    EarnedBack,
    LapsedLots,
    LoosePolicy,
    LooseRule,
    ShortBalance,
    SpentBack,
)
from loyalty.programme.challenges import Goal

_EARNED = {
    EarnedBack.PER_LINE: N_("What you bring back takes what it earned with it."),
    EarnedBack.PRO_RATA_AMOUNT: N_("What you bring back takes its share of what was earned."),
    EarnedBack.WHOLE_ONCE: N_("The first thing you bring back takes all that was earned."),
}
_SPENT = {
    SpentBack.PRO_RATA_AMOUNT: N_("{what} that paid for it come back to you."),
    SpentBack.WHOLE: N_("{what} that paid for the purchase all come back to you."),
}
_LAPSED = {
    LapsedLots.SAME_DATE: N_("They keep the day on which they expire."),
    LapsedLots.NEW_DATE: N_("If they have expired meanwhile, they begin anew."),
    LapsedLots.LOST: N_("If they have expired meanwhile, they are lost."),
}
_SHORT = {
    ShortBalance.ONLY_PENDING: N_("Only what still waits is taken back."),
    ShortBalance.WITHIN_BALANCE: N_("Never more is taken back than you have."),
    ShortBalance.UNLIMITED: N_("If you have spent it already, your balance falls below zero."),
}


_LOOSE = {
    LoosePolicy.TAKE_POINTS: N_("Without a receipt it takes what it earns today."),
    LoosePolicy.LEAVE_POINTS: N_("Without a receipt your points stay."),
    LoosePolicy.MANAGER: N_("Without a receipt, a manager has to agree."),
    LoosePolicy.REFUSED: N_("Without a receipt nothing can be brought back."),
}


def returning(speech: Speech) -> Section:
    """Return what a return takes back and gives back."""
    programme, rule = speech.programme, speech.programme.returns
    if not programme.wallets or not programme.earn:
        return speech.section(N_("When you bring something back"), [])
    sentences = [speech.say(_EARNED[rule.earned])]
    if rule.short_balance in _SHORT:
        sentences.append(speech.say(_SHORT[rule.short_balance]))
    if programme.redemption is not None or programme.rewards:
        sentences.append(speech.say(_SPENT[rule.spent], what=speech.what()))
        sentences.append(speech.say(_LAPSED[rule.lapsed_lots]))
    if rule.loose != LooseRule():
        sentences.append(speech.say(_LOOSE[rule.loose.policy]))
    return speech.section(N_("When you bring something back"), sentences)


def challenges(speech: Speech) -> Section:
    """Return what there is to reach by buying, and what it gives."""
    sentences = []
    for rule in speech.programme.challenges:
        for step in rule.steps:
            name = speech.name(rule.names, rule.id)
            gives = speech.quantity(step.points, step.wallet) if step.points else step.badge
            spend = rule.goal is Goal.SPEND
            at = speech.money(step.at) if spend else speech.number(step.at)
            sentence = N_("{name}: {what} from {target} on.")
            sentences.append(speech.say(sentence, name=name, what=gives, target=at))
    return speech.section(N_("Challenges"), sentences)


def friends(speech: Speech) -> Section:
    """Return what bringing a friend along gives to both."""
    rule = speech.programme.referral
    if rule is None:
        return speech.section(N_("Bring a friend along"), [])
    yours = ", ".join(speech.quantity(amount, name) for name, amount in rule.referrer.items())
    hers = ", ".join(speech.quantity(amount, name) for name, amount in rule.referee.items())
    sentences = [
        speech.say(
            N_("{yours} for you and {theirs} for your friend, after the first purchase."),
            yours=yours,
            theirs=hers,
        )
    ]
    if rule.minimum_minor:
        least = speech.money(rule.minimum_minor)
        sentences.append(speech.say(N_("It counts from {amount} on."), amount=least))
    return speech.section(N_("Bring a friend along"), sentences)
