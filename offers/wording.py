"""What an offer is called, is worth and why, in the words of the person who reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date as babel_date

from loyalty.kernel.i18n import format_money, format_points, gettext, ngettext
from loyalty.kernel.problems import N_
from offers.document import Amount, Offer, Percent, PointsBonus
from offers.document.shape import PPM, Per
from offers.eligibility import Missing, Why
from offers.scoring import Reason, ReasonCode

MINUS = "\N{MINUS SIGN}\N{WORD JOINER}"
_MOST_DAYS_UNNAMED = 300
"""Days after which a month needs its year to be understood."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who is spoken to: language and currency; ``names`` translate subjects (``category:tea``)."""

    language: str
    currency: str
    names: Mapping[str, str]
    today_on: date


def value_text(offer: Offer, language: str, currency: str) -> str:
    """Return what an offer gives, as short as it fits on a badge: ``-20 %``, ``+50 points``."""
    benefit = offer.benefit
    if isinstance(benefit, Percent):
        percent = _decimal(Decimal(benefit.rate_ppm) * 100 / PPM, language)
        return MINUS + gettext(language, N_("{percent}%"), percent=percent)
    if isinstance(benefit, Amount):
        return MINUS + _short_money(benefit.amount_minor, language, currency)
    if isinstance(benefit, PointsBonus):
        points = format_points(language, benefit.points)
        text = ngettext(
            language, "+{points} point", "+{points} points", benefit.points, points=points
        )
        return f"{text} {_per(benefit, language, currency)}".rstrip()
    times = _decimal(Decimal(benefit.multiply_milli) / 1000, language)
    return gettext(language, N_("×{times} points"), times=times)


def reason_text(reason: Reason, voice: Voice) -> str:
    """Return why a member is shown an offer; empty when there is nothing to say."""
    text = _reason(reason, voice)
    return text[:1].upper() + text[1:]


def _reason(reason: Reason, voice: Voice) -> str:
    name = voice.names.get(reason.subject, "")
    if reason.code is ReasonCode.BOUGHT and name and not reason.times:
        return gettext(voice.language, N_("You used to buy {name}"), name=name)
    if reason.code is ReasonCode.BOUGHT and name and reason.since_on:
        return ngettext(
            voice.language,
            "You bought {name} once since {month}",
            "You bought {name} {count} times since {month}",
            reason.times,
            name=name,
            month=_month(reason.since_on, voice),
        )
    if reason.code is ReasonCode.NEAR and name:
        return gettext(voice.language, N_("Something new beside {name}"), name=name)
    if reason.code is ReasonCode.TIER:
        if name:
            return gettext(voice.language, N_("For your new tier, and you like {name}"), name=name)
        return gettext(voice.language, N_("For your new tier"))
    return ""


def missing_text(why: Why, missing: Missing | None, language: str, currency: str) -> str:
    """Return what would make an offer work; empty when nothing the shopper does would."""
    if why is Why.BELOW_MINIMUM and missing:
        return gettext(
            language, N_("{money} more"), money=format_money(language, missing.minor, currency)
        )
    if why is Why.QUANTITY_SHORT and missing:
        return ngettext(language, "one more", "{count} more", missing.units)
    hints = {
        Why.MEMBERS_ONLY: N_("with a card"),
        Why.NOT_ACTIVATED: N_("activate it in the app first"),
        Why.NOTHING_ELIGIBLE: N_("none of its articles is in the basket"),
    }
    return gettext(language, hints[why]) if why in hints else ""


def plain_terms(offer: Offer, language: str, currency: str) -> str:
    """Return the offer's own terms, or else its conditions in a sentence."""
    own = offer.term(language)
    if own:
        return own
    wanted = offer.conditions
    sentences = []
    if wanted.basket_at_least_minor:
        money = format_money(language, wanted.basket_at_least_minor, currency)
        sentences.append(gettext(language, N_("From {money} of purchases."), money=money))
    if wanted.eligible_at_least_minor:
        money = format_money(language, wanted.eligible_at_least_minor, currency)
        sentences.append(gettext(language, N_("From {money} of these articles."), money=money))
    if wanted.quantity > 1:
        sentences.append(
            gettext(language, N_("From {count} of these articles."), count=wanted.quantity)
        )
    if offer.limit.member:
        sentences.append(
            ngettext(language, "Once per member.", "{count} times per member.", offer.limit.member)
        )
    return " ".join(sentences)


def _short_money(minor: int, language: str, currency: str) -> str:
    """Return an amount without idle cents: ``€5``, but ``€2.50``."""
    text = format_money(language, minor, currency)
    return re.sub(r"[.,]0+(?=\D*$)", "", text)


def _decimal(number: Decimal, language: str) -> str:
    """Return a number without idle zeros, with the language's decimal mark."""
    text = f"{number.normalize():f}"
    return text.replace(".", ",") if language == "fr" else text


def _per(benefit: PointsBonus, language: str, currency: str) -> str:
    if benefit.per is Per.AMOUNT and benefit.per_minor:
        money = format_money(language, benefit.per_minor, currency)
        return gettext(language, N_("per {money}"), money=money)
    words = {Per.UNIT: N_("per unit"), Per.LINE: N_("per article")}
    return gettext(language, words[benefit.per]) if benefit.per in words else ""


def _month(since_on: date, voice: Voice) -> str:
    """Return the month by name, with its year when it is long ago."""
    long_ago = (voice.today_on - since_on).days > _MOST_DAYS_UNNAMED
    return babel_date(since_on, "LLLL y" if long_ago else "LLLL", locale=voice.language)
