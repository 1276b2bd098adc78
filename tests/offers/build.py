"""Baskets, lines and offers for the tests of the offers package, in few words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from hypothesis import strategies as st

from loyalty.values import LineKind, Sku
from offers.combining import Choice, choose
from offers.document import Offer, parse_offer
from offers.eligibility import LiveOffer, build_index, candidates
from offers.pricing import EarnRate
from offers.values import Basket, BasketLine

TODAY = date(2026, 3, 6)  # a Friday
RATE = EarnRate(points=1, per_minor=100, worth_micro=500_000)


def document(**keys: Any) -> dict[str, Any]:
    """Return an offer document: 20 % off coffee, unless told otherwise."""
    base: dict[str, Any] = {"id": "an-offer", "name": {"fr": "Une offre", "en": "An offer"}}
    if "kind" not in keys:
        base |= {"kind": "percent", "percent": 20, "category": "coffee"}
    chosen = base | keys
    return {key: value for key, value in chosen.items() if value is not None}


def offer(**keys: Any) -> Offer:
    """Return the parsed offer of ``document(**keys)``."""
    return parse_offer(document(**keys))


def live(offer_id: str, **keys: Any) -> LiveOffer:
    """Return a launched offer."""
    return LiveOffer(offer_id, offer(**keys))


def line(
    line_no: int = 1,
    *,
    sku: str = "espresso",
    category: str = "coffee",
    unit_minor: int = 400,
    quantity_milli: int = 1000,
    gross_minor: int | None = None,
    brand: str = "maison",
    labels: tuple[str, ...] = (),
    kind: LineKind = LineKind.ARTICLE,
) -> BasketLine:
    """Return a line; its price is units times unit price unless it is given."""
    gross = unit_minor * quantity_milli // 1000 if gross_minor is None else gross_minor
    return BasketLine(
        line_no=line_no,
        sku=Sku(sku),
        name=sku.title(),
        category=category,
        brand=brand,
        labels=labels,
        kind=kind,
        quantity_milli=quantity_milli,
        unit_price_minor=unit_minor,
        gross_minor=gross,
        tax_bp=550,
    )


def basket(*lines: BasketLine, store: str = "lyon", at: time | None = time(10, 0)) -> Basket:
    """Return a basket of today in Lyon."""
    return Basket(store_id=store, business_on=TODAY, lines=lines, local_time=at)


def chosen(lines: list[BasketLine], offers: list[LiveOffer], *, steps: int = 100_000) -> Choice:
    """Return the choice among all of ``offers`` that have an eligible line."""
    found = candidates(build_index(offers), lines)
    return choose(lines, found, rate=RATE, steps=steps)


def discounts(choice: Choice) -> dict[str, int]:
    """Return the money each offer takes off."""
    return {one.live.id: one.discount_minor for one in choice.worked if one.discount_minor}


CATEGORIES = ("coffee", "tea", "bread")


@st.composite
def some_lines(draw: st.DrawFn, *, at_most: int = 4) -> list[BasketLine]:
    """Draw a basket of few lines: counted, weighed, free, and prices that do not divide."""
    count = draw(st.integers(1, at_most))
    return [
        line(
            number + 1,
            sku=f"sku-{draw(st.integers(0, 3))}",
            category=draw(st.sampled_from(CATEGORIES)),
            unit_minor=draw(st.integers(0, 700)),
            quantity_milli=draw(st.sampled_from([1000, 2000, 3000, 437])),
            gross_minor=draw(st.one_of(st.none(), st.integers(0, 1500))),
            kind=draw(st.sampled_from([LineKind.ARTICLE] * 7 + [LineKind.DEPOSIT])),
        )
        for number in range(count)
    ]


@st.composite
def money_offer(draw: st.DrawFn, number: int, *, groups: bool = True) -> LiveOffer:
    """Draw a percentage or an amount, on units, lines, eligible lines or the basket."""
    applies_to = draw(st.sampled_from(["unit", "line", "eligible_lines", "basket"]))
    keys: dict[str, Any] = {"applies_to": applies_to}
    if draw(st.booleans()):
        keys |= {"kind": "percent", "percent": draw(st.sampled_from([1, 7, 10, 33, 50, 100]))}
    else:
        minor = draw(st.integers(1, 900))
        keys |= {"kind": "amount", "amount": f"{minor // 100}.{minor % 100:02d}"}
    if applies_to != "basket":
        keys |= draw(_filters())
    if groups:
        keys["exclusive_group"] = draw(st.sampled_from([None, None, "a", "b"]))
    return live(f"off_{number}", id=f"offer-{number}", **keys)


@st.composite
def bonus_offer(draw: st.DrawFn, number: int) -> LiveOffer:
    """Draw points per order, line or unit."""
    keys = draw(_filters())
    per = draw(st.sampled_from(["order", "line", "unit"]))
    points = draw(st.integers(1, 60))
    group = draw(st.sampled_from([None, "a"]))
    return live(
        f"off_{number}", kind="points_bonus", points=points, per=per, exclusive_group=group, **keys
    )


def money_offers(*, at_most: int = 4, groups: bool = True) -> st.SearchStrategy[list[LiveOffer]]:
    """Draw a few money offers with different ids."""
    return st.integers(1, at_most).flatmap(
        lambda count: st.tuples(*(money_offer(n, groups=groups) for n in range(count))).map(list)
    )


@st.composite
def _filters(draw: st.DrawFn) -> Mapping[str, Any]:
    chosen_filters: dict[str, Any] = {}
    if draw(st.booleans()):
        names = draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2, unique=True))
        chosen_filters["category"] = names
    elif draw(st.booleans()):
        chosen_filters["article"] = [f"sku-{draw(st.integers(0, 3))}"]
    return chosen_filters
