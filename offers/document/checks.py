"""Contradictions: documents whose every key is right but which could never apply, or not so."""

from __future__ import annotations

from datetime import timedelta

from loyalty.kernel.problems import N_
from offers.document.reader import Reader
from offers.document.shape import WEEKDAYS, Amount, AppliesTo, Offer, OfferKind, PointsMultiplier


def note_contradictions(reader: Reader, offer: Offer) -> None:
    """Note every reason for which ``offer`` contradicts itself or could never apply."""
    _dates(reader, offer)
    _articles(reader, offer)
    _money(reader, offer)
    _limits(reader, offer)


def _dates(reader: Reader, offer: Offer) -> None:
    first, last = offer.from_on, offer.until_on
    if first and last and last < first:
        reader.refuse("until", N_("ends before it begins"), suggestion=first.isoformat())
        return
    if offer.hours and offer.hours[1] <= offer.hours[0]:
        reader.refuse("hours", N_("the second time must be later than the first"))
    if not (offer.weekdays and first and last):
        return
    days = (first + timedelta(days=n) for n in range(min((last - first).days + 1, 7)))
    if not any(WEEKDAYS[day.weekday()] in offer.weekdays for day in days):
        reader.refuse("weekdays", N_("none of these days lies between the two dates"))


def _articles(reader: Reader, offer: Offer) -> None:
    include, exclude = offer.include, offer.exclude
    pairs = (
        ("article", include.articles, exclude.articles),
        ("category", include.categories, exclude.categories),
        ("brand", include.brands, exclude.brands),
        ("label", include.labels, exclude.labels),
    )
    named = [(key, wanted, refused) for key, wanted, refused in pairs if refused]
    if named and all(wanted and wanted <= refused for _, wanted, refused in named):
        reader.refuse(f"exclude.{named[0][0]}", N_("leaves no eligible article"))
    narrowed = not include.is_empty or not exclude.is_empty
    if offer.applies_to is AppliesTo.BASKET and narrowed:
        reader.refuse(
            "applies_to",
            N_("a basket offer works on all goods; with filters write eligible_lines"),
            suggestion=AppliesTo.ELIGIBLE_LINES.value,
        )
    everything = isinstance(offer.benefit, PointsMultiplier) and offer.benefit.of_all_lines
    if everything and not exclude.is_empty:
        reader.refuse("of", N_("of all lines leaves nothing to exclude"), suggestion="own_lines")


def _money(reader: Reader, offer: Offer) -> None:
    budget = offer.budget.amount_minor
    if budget is None:
        return
    if budget == 0:
        reader.refuse("budget.amount", N_("a budget of zero gives nothing"))
    if offer.kind not in {OfferKind.PERCENT, OfferKind.AMOUNT}:
        reader.refuse(
            "budget.amount", N_("points are counted in uses, not money"), suggestion="uses"
        )
    if isinstance(offer.benefit, Amount) and budget < offer.benefit.amount_minor:
        reader.refuse("budget.amount", N_("is less than one use gives"))


def _limits(reader: Reader, offer: Offer) -> None:
    limit = offer.limit
    if limit.member and limit.offer and limit.member > limit.offer:
        reader.refuse("limit.member", N_("is more than the whole offer allows"))
    if limit.day and limit.offer and limit.day > limit.offer:
        reader.refuse("limit.day", N_("is more than the whole offer allows"))
    if limit.receipt and limit.member and limit.receipt > limit.member:
        reader.refuse("limit.receipt", N_("is more than one member is allowed"))
