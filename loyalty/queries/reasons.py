"""Why points moved, in sentences for the member."""

from __future__ import annotations

from typing import Any

from loyalty.errors import NoProgramme
from loyalty.kernel.i18n import format_date, format_money, gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.programme import EarnRule, Per, Programme
from loyalty.queries.programme import programme_of
from loyalty.saying import quantity_text
from loyalty.values import Fired
from loyalty.words import WITHOUT_RECEIPT, PostingKind

_TITLES = {
    PostingKind.EARN: N_("Purchase"),
    PostingKind.SPEND: N_("Points used"),
    PostingKind.RETURN: N_("Return"),
    PostingKind.REVERSAL: N_("Undone"),
    PostingKind.EXPIRY: N_("Points lapsed"),
    PostingKind.ADJUSTMENT: N_("Correction"),
    PostingKind.OPENING: N_("Points brought along"),
    PostingKind.PENDING: N_("Purchase, points on their way"),
    PostingKind.ACTIVATION: N_("Points that have arrived"),
    PostingKind.REDEEM: N_("Points used"),
    PostingKind.TENDER: N_("Paid with it"),
    PostingKind.TOP_UP: N_("Paid in"),
    PostingKind.TRANSFER: N_("Passed on"),
    PostingKind.MERGE: N_("Memberships joined"),
    PostingKind.RESET: N_("Begun anew"),
}


_EVENT = "event:"
"""How the source of points begins that something else than a purchase gave."""
_HAPPENED = {
    PostingKind.EARN: N_("Bonus points"),
    PostingKind.PENDING: N_("Bonus points on their way"),
}
_EVENTS = {
    "sign_up": N_("joining"),
    "birthday": N_("your birthday"),
    "review": N_("a review"),
    "survey": N_("a survey"),
    "referral": N_("somebody you brought along"),
    "visit": N_("a visit"),
}


def posting_title(posting: Any, language: str) -> str:
    """Return what a movement is called: a purchase, or points for something that happened."""
    if posting.source.startswith(_EVENT) and posting.kind in _HAPPENED:
        return gettext(language, _HAPPENED[posting.kind])
    return gettext(language, _TITLES[posting.kind])


def reason_texts(tx: Tx, posting: Any, fired: tuple[Fired, ...], language: str) -> tuple[str, ...]:
    """Return one sentence for each rule or offer that moved points, as of that posting's rules."""
    if posting.kind is PostingKind.EXPIRY:
        return (gettext(language, "Not used within their time."),)
    if posting.kind is PostingKind.RETURN and [one.rule for one in fired] == [WITHOUT_RECEIPT]:
        return (gettext(language, "Articles came back without a receipt, at what they earn now."),)
    if posting.kind is PostingKind.RETURN:
        return (gettext(language, "Articles came back, and their points with them."),)
    if posting.kind is PostingKind.REVERSAL:
        return (gettext(language, "Movement {seq} was undone.", seq=posting.reverses_seq),)
    try:
        programme = programme_of(tx, posting.programme_version_id)
    except NoProgramme:
        return ()
    rules = {rule.id: rule for rule in programme.earn}
    by_staff = posting.kind is PostingKind.ADJUSTMENT
    texts = [
        gettext(language, "“{reason}”.", reason=one.label)
        if by_staff
        else _reason(programme, rules.get(one.rule), one, language)
        for one in fired
    ]
    if posting.lot_on is not None and posting.lot_on.year < 9999:  # noqa: PLR2004 - lasts for ever
        day = format_date(language, posting.lot_on, style="long")
        texts.append(gettext(language, "To be used before {day}.", day=day))
    return tuple(texts)


def _reason(programme: Programme, rule: EarnRule | None, fired: Fired, language: str) -> str:
    """Return the sentence of one rule or offer."""
    points = quantity_text(programme, language, fired.points, fired.unit)
    if rule is None:
        name = fired.label or fired.rule
        for challenge in programme.challenges:
            if challenge.id == fired.rule:
                name = challenge.names.get(language) or name
                return gettext(
                    language, "{points} for the challenge {name}.", points=points, name=name
                )
        return gettext(language, "{points} with the offer {name}.", points=points, name=name)
    if rule.per is Per.AMOUNT:
        return gettext(
            language,
            "{points} on {basis}: {rate} for every {amount}.",
            points=points,
            basis=format_money(language, fired.basis_minor, programme.currency),
            rate=quantity_text(programme, language, rule.points, rule.wallet),
            amount=format_money(language, rule.amount_minor, programme.currency),
        )
    if rule.per is Per.UNIT:
        return gettext(
            language,
            "{points}: {rate} for each article.",
            points=points,
            rate=quantity_text(programme, language, rule.points, rule.wallet),
        )
    if rule.per is Per.EVENT:
        what = _EVENTS.get(rule.event)
        named = gettext(language, what) if what else rule.event
        return gettext(language, "{points} for: {what}.", points=points, what=named)
    return gettext(language, "{points} for this purchase.", points=points)
