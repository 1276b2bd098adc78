"""From a document to an offer: which keys each kind takes, and what each of them means."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from loyalty.kernel.problems import N_
from offers.document.checks import note_contradictions
from offers.document.reader import DocumentRefused, Fault, Reader
from offers.document.shape import (
    LANGUAGES,
    PPM,
    Amount,
    AppliesTo,
    Benefit,
    Budget,
    Conditions,
    Filter,
    Limit,
    Offer,
    OfferKind,
    Per,
    Percent,
    PointsBonus,
    PointsMultiplier,
    Weekday,
)

_COMMON = frozenset(
    {
        *("id", "name", "terms", "kind", "from", "until", "weekdays", "hours", "funded_by"),
        *("article", "category", "brand", "label", "exclude", "conditions", "limit", "budget"),
        *("exclusive_group", "activation", "granted_only", "created"),
    }
)
_OWN = {
    OfferKind.PERCENT: frozenset({"percent", "applies_to"}),
    OfferKind.AMOUNT: frozenset({"amount", "applies_to"}),
    OfferKind.POINTS_BONUS: frozenset({"points", "per", "amount", "wallet"}),
    OfferKind.POINTS_MULTIPLIER: frozenset({"multiply", "of", "wallet"}),
}
_FILTER_KEYS = ("article", "category", "brand", "label")
_ONCE_MILLI, _MOST_MULTIPLY_MILLI = 1_000, 100_000
_MOST_POINTS = 1_000_000


class _Of(StrEnum):
    """Which lines a multiplier counts."""

    ALL = "all"
    OWN_LINES = "own_lines"


def parse_offer(document: object, *, minor_digits: int = 2) -> Offer:
    """Return the offer that ``document`` describes.

    ``minor_digits`` are the decimals of the currency. Unknown keys are refused, and so are
    offers that contradict themselves or could never apply.

    Raises:
        DocumentRefused: with every fault found, each with its path and a suggestion.
    """
    if not isinstance(document, Mapping):
        raise DocumentRefused([Fault("", N_("an offer is a mapping of keys"))])
    reader = Reader(document, minor_digits)
    kind = reader.word("kind", OfferKind)
    if kind is None:
        if not reader.has("kind"):
            reader.refuse("kind", N_("this key is missing"))
        raise DocumentRefused(reader.faults)
    reader.only(_COMMON | _OWN[kind])
    offer = _offer(reader, kind)
    if not reader.faults:
        note_contradictions(reader, offer)
    if reader.faults:
        raise DocumentRefused(reader.faults)
    return offer


def _offer(reader: Reader, kind: OfferKind) -> Offer:
    """Read every key; faults are noted in the reader and stand-ins returned."""
    for key in ("id", "name"):
        if not reader.has(key):
            reader.refuse(key, N_("this key is missing"))
    excluded = reader.inner("exclude")
    excluded.only(_FILTER_KEYS)
    return Offer(
        slug=reader.slug("id"),
        names=_by_language(reader, "name"),
        terms=_by_language(reader, "terms"),
        kind=kind,
        benefit=_BENEFITS[kind](reader),
        include=_filter(reader),
        exclude=_filter(excluded),
        conditions=_conditions(reader.inner("conditions")),
        limit=_limit(reader.inner("limit")),
        budget=_budget(reader),
        weekdays=frozenset(reader.words("weekdays", Weekday)),
        hours=reader.hours("hours"),
        from_on=reader.day("from"),
        until_on=reader.day("until"),
        activation=reader.flag("activation"),
        granted_only=reader.flag("granted_only"),
        exclusive_group=reader.slug("exclusive_group") or None,
        funded_by=reader.text("funded_by"),
        created_on=reader.day("created"),
    )


def _by_language(reader: Reader, key: str) -> dict[str, str]:
    """Return a text by language; one text alone serves both."""
    if not isinstance(reader.source.get(key), Mapping):
        text = reader.text(key)
        return dict.fromkeys(LANGUAGES, text) if text else {}
    inner = reader.inner(key)
    inner.only(LANGUAGES)
    for language in LANGUAGES:
        if not inner.has(language):
            inner.refuse(language, N_("this key is missing"))
    return {language: inner.text(language) for language in LANGUAGES}


def _percent(reader: Reader) -> Benefit:
    rate = reader.scaled("percent", decimals=4)
    if rate is None:
        _missing(reader, "percent")
    elif not 0 < rate <= PPM:
        reader.refuse("percent", N_("more than 0 and at most 100"))
    applies_to = reader.word("applies_to", AppliesTo) or AppliesTo.LINE
    return Percent(rate_ppm=rate or 1, applies_to=applies_to)


def _amount(reader: Reader) -> Benefit:
    amount = reader.money("amount")
    if amount is None:
        _missing(reader, "amount")
    elif amount == 0:
        reader.refuse("amount", N_("an amount of zero gives nothing"))
    applies_to = reader.word("applies_to", AppliesTo)
    if applies_to is None:
        _missing(reader, "applies_to")
    return Amount(amount_minor=amount or 1, applies_to=applies_to or AppliesTo.LINE)


def _points_bonus(reader: Reader) -> Benefit:
    points = reader.whole("points", at_least=1, at_most=_MOST_POINTS)
    if points is None:
        _missing(reader, "points")
    per_minor = reader.money("amount")
    if per_minor == 0:
        reader.refuse("amount", N_("points cannot be counted per zero"))
    per = reader.word("per", Per) or (Per.AMOUNT if per_minor else Per.ORDER)
    if per is Per.AMOUNT and per_minor is None:
        _missing(reader, "amount")
    if per is not Per.AMOUNT and reader.has("amount"):
        reader.refuse("amount", N_("belongs to per: amount only"))
    return PointsBonus(
        points=points or 1, per=per, per_minor=per_minor or None, wallet=reader.text("wallet")
    )


def _points_multiplier(reader: Reader) -> Benefit:
    multiply = reader.scaled("multiply", decimals=3)
    if multiply is None:
        _missing(reader, "multiply")
    elif not _ONCE_MILLI < multiply <= _MOST_MULTIPLY_MILLI:
        reader.refuse("multiply", N_("more than 1 and at most 100"))
    of = reader.word("of", _Of) or _Of.OWN_LINES
    return PointsMultiplier(
        multiply_milli=multiply or 2_000,
        of_all_lines=of is _Of.ALL,
        wallet=reader.text("wallet"),
    )


_BENEFITS = {
    OfferKind.PERCENT: _percent,
    OfferKind.AMOUNT: _amount,
    OfferKind.POINTS_BONUS: _points_bonus,
    OfferKind.POINTS_MULTIPLIER: _points_multiplier,
}


def _missing(reader: Reader, key: str) -> None:
    """Note a missing key; a key that is there but wrong was already noted."""
    if not reader.has(key):
        reader.refuse(key, N_("this key is missing"))


def _filter(reader: Reader) -> Filter:
    articles, categories, brands, labels = (frozenset(reader.names(key)) for key in _FILTER_KEYS)
    return Filter(articles=articles, categories=categories, brands=brands, labels=labels)


def _conditions(reader: Reader) -> Conditions:
    reader.only(
        ("tier", "store", "members_only", "basket_at_least", "eligible_at_least", "quantity")
    )
    return Conditions(
        tiers=reader.names("tier"),
        stores=frozenset(reader.names("store")),
        members_only=reader.flag("members_only"),
        basket_at_least_minor=reader.money("basket_at_least") or 0,
        eligible_at_least_minor=reader.money("eligible_at_least") or 0,
        quantity=reader.whole("quantity", at_least=1, at_most=10_000) or 0,
    )


def _limit(reader: Reader) -> Limit:
    keys = ("member", "receipt", "day", "offer")
    reader.only(keys)
    member, receipt, day, offer = (reader.whole(key, at_least=1) for key in keys)
    return Limit(member=member, receipt=receipt, day=day, offer=offer)


def _budget(reader: Reader) -> Budget:
    inner = reader.inner("budget")
    inner.only(("amount", "uses"))
    if inner.has("amount") and inner.has("uses"):
        reader.refuse("budget", N_("a budget is money or uses, not both"))
    return Budget(amount_minor=inner.money("amount"), uses=inner.whole("uses", at_least=1))
