"""What each level takes, what it gives, and how long it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loyalty.kernel.i18n import ngettext
from loyalty.kernel.problems import N_
from loyalty.pages.wording.speech import Section, Speech
from loyalty.programme import Downgrade, Level, Metric, WindowKind

_WINDOWS = {
    WindowKind.CALENDAR_YEAR: N_("{level}: from {metric} in a calendar year."),
    WindowKind.MEMBERSHIP_ANNIVERSARY: N_("{level}: from {metric} in a year of membership."),
    WindowKind.TIER_ANNIVERSARY: N_("{level}: from {metric} in the year after a level."),
    WindowKind.LIFETIME: N_("{level}: from {metric}."),
}
_FALLS = {
    Downgrade.ONE_STEP: N_("Nobody falls more than one level at a time."),
    Downgrade.NEVER: N_("A level, once reached, is yours for good."),
}
_CLOSED = frozenset(
    {WindowKind.CALENDAR_YEAR, WindowKind.MEMBERSHIP_ANNIVERSARY, WindowKind.TIER_ANNIVERSARY}
)


def levels(speech: Speech) -> Section:
    """Return what each level takes, what it gives, and how long it is kept."""
    tiers = speech.programme.tiers
    sentences = [_takes(speech, level) for level in tiers.levels if level.from_minor > 0]
    if sentences:
        sentences += [
            speech.say(
                N_("{name}: {rule}"), name=level.name(speech.spoken), rule=_text(speech, one)
            )
            + "."
            for level in tiers.levels
            for one in level.benefits
        ]
        sentences += _kept(speech)
    return speech.section(N_("Levels"), sentences)


def _takes(speech: Speech, level: Level) -> str:
    """Return what a level takes."""
    tiers = speech.programme.tiers
    name, metric = level.name(speech.spoken), _metric(speech, level.from_minor)
    if tiers.metric is Metric.ACTIVE_BALANCE:
        return speech.say(N_("{level}: as long as you hold {metric}."), level=name, metric=metric)
    if tiers.window is WindowKind.ROLLING:
        span = speech.months(tiers.rolling_months)
        return speech.say(
            N_("{level}: from {metric} in the last {span}."), level=name, metric=metric, span=span
        )
    return speech.say(_WINDOWS[tiers.window], level=name, metric=metric)


def _metric(speech: Speech, amount: int) -> str:
    """Return an amount of what lifts a member."""
    tiers = speech.programme.tiers
    if tiers.metric is Metric.SPEND:
        return speech.say(N_("{amount} of purchases"), amount=speech.money(amount))
    if tiers.metric is Metric.VISITS:
        return ngettext(speech.spoken, "{count} visit", "{count} visits", amount)
    return speech.quantity(amount, tiers.wallet)


def _kept(speech: Speech) -> list[str]:
    """Return how long a level is kept and how a member falls."""
    tiers, said = speech.programme.tiers, []
    if tiers.downgrade is not Downgrade.NEVER and tiers.window in _CLOSED:
        said.append(speech.say(N_("A level is yours to the end of the following year.")))
    if tiers.only_at_review and tiers.review_on is not None:
        day = speech.day_of_year(tiers.review_on)
        said.append(speech.say(N_("Levels are reviewed once a year, on {day}."), day=day))
    if tiers.downgrade in _FALLS:
        said.append(speech.say(_FALLS[tiers.downgrade]))
    if tiers.grace_days:
        span = speech.days(tiers.grace_days)
        said.append(speech.say(N_("Before you fall, you keep it for another {span}."), span=span))
    if tiers.reset_after_review:
        said.append(speech.say(N_("After the review everybody starts again from zero.")))
    return said


def _text(speech: Speech, benefit: Any) -> str:
    return speech.name(benefit) if isinstance(benefit, Mapping) else str(benefit)
