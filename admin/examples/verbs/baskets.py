"""From the lines of a step to the basket that a till would send."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from admin.examples.amounts import milli
from admin.examples.stage import DEFAULT_STORE, DEFAULT_TILL, NotHonouredYet, Stage
from admin.examples.story import Plain, Step
from admin.examples.taxes import UNTAXED_KINDS, Listed, Taxes, gross_of, taxes_of
from admin.examples.world import tax_bp
from loyalty.values import LineKind, SaleKey, Sku, StoreId
from pos_adapter.values import (
    BasketClaim,
    CardShown,
    EntryMode,
    OwnFacts,
    TillLine,
    Trust,
)

APART = 1_000_000
"""How far the sequences of simultaneous requests lie apart."""


def till_of(stage: Stage, asked: Plain) -> tuple[StoreId, str]:
    """Return the store and the till that a step speaks of."""
    till = str(asked.get("till", DEFAULT_TILL))
    if "store" in asked:
        return StoreId(str(asked["store"])), till
    for store, facts in stage.story.stores.items():
        if till in (facts or {}).get("tills", ()):
            return StoreId(store), till
    stores = tuple(stage.story.stores)
    return StoreId(stores[0] if stores else DEFAULT_STORE), till


def key_of(stage: Stage, step: Step, asked: Plain, nth: int) -> SaleKey:
    """Return the till's identity of a request: the step's own, or that of its source."""
    store, till = till_of(stage, asked)
    day = stage.day(step.occurred_at)
    if step.source is None:
        return SaleKey(store, till, day, step.number + nth * APART)
    number = int(hashlib.sha256(step.source.encode()).hexdigest()[:8], 16) % APART + APART
    return stage.cast.keys.setdefault(step.source, SaleKey(store, till, day, number))


def basket_of(stage: Stage, step: Step, asked: Plain) -> BasketClaim:
    """Return the basket of a purchase or quote."""
    store, _ = till_of(stage, asked)
    return BasketClaim(
        store_id=store,
        business_on=stage.day(step.occurred_at),
        currency=stage.story.currency.code,
        lines=tuple(till_lines(stage, lines_of(asked))),
        card=shown(stage, asked.get("card") or asked.get("member")),
        codes=tuple(code_of(stage, one) for one in asked.get("coupons", ())),
    )


def shown(stage: Stage, named: Any) -> CardShown | None:
    """Return the card that is meant: a member's own, one by name, with how far it is trusted."""
    if named in (None, "none"):
        return None
    facts = named if isinstance(named, dict) else {"id": named}
    name = str(facts.get("id") or facts.get("member"))
    known = stage.cast.things.get(f"card:{name}")
    code = known[2] if known is not None else stage.cast.cards[name]
    return CardShown(code, EntryMode.QR, Trust(str(facts.get("trust", Trust.SPEND))))


def buyer_of(stage: Stage, asked: Plain) -> str | None:
    """Return the name of the member whose card is shown."""
    named = asked.get("card") or asked.get("member")
    if isinstance(named, dict):
        named = named.get("id") or named.get("member")
    if named in (None, "none"):
        return None
    known = stage.cast.things.get(f"card:{named}")
    return str(known[0] if known is not None else named)


def code_of(stage: Stage, coupon: Any) -> str:
    """Return the code of a coupon: as written, or of the one that a purchase gave."""
    if isinstance(coupon, dict):
        return str(stage.cast.things.get(f"coupon:{coupon['of']}", coupon["of"]))
    return str(coupon)


def lines_of(asked: Plain) -> list[Plain]:
    """Return the lines of a basket, delivery last."""
    lines = list(asked.get("lines", ()))
    delivery = asked.get("delivery")
    if delivery is not None:
        facts = dict(delivery) if isinstance(delivery, dict) else {"price": delivery}
        lines.append({"kind": "delivery", **facts})
    return lines


def till_lines(stage: Stage, lines: Sequence[Plain]) -> list[TillLine]:
    """Return the lines as the till sends them, numbered from 1."""
    grosses = _grosses(stage, lines)
    return [_line(stage, number, line, grosses) for number, line in enumerate(lines, start=1)]


def name_of(number: int, line: Plain) -> str:
    """Return the name by which expectations mean a line."""
    return str(line.get("article") or line.get("sku") or line.get("kind") or f"line-{number}")


def _grosses(stage: Stage, lines: Sequence[Plain]) -> dict[int, int]:
    """Return what lines come to that are listed without tax, by the file's ``tax_rounding``."""
    parts: list[Listed] = []
    for number, line in enumerate(lines, start=1):
        taxes = line_taxes(stage, line)
        if not taxes.is_plain and line.get("kind") != "discount_of_the_till":
            price = abs(stage.minor(facts_of(stage, line).get("price", "0")))
            parts.append(Listed(number, price, milli(line.get("quantity", 1)), taxes))
    return gross_of(parts, stage.story.tax_rounding)


def _line(stage: Stage, number: int, line: Plain, grosses: Mapping[int, int]) -> TillLine:
    try:
        kind = LineKind(str(line.get("kind", "article")))
    except ValueError as error:
        raise NotHonouredYet(f"a line of kind {line['kind']}") from error
    quantity = milli(line.get("quantity", 1))
    return TillLine(
        line_no=number,
        quantity_milli=quantity,
        sku=Sku(str(line.get("article") or line.get("sku") or f"line-{number}")),
        kind=kind,
        own=_own(stage, number, line, weighed=bool(quantity % 1000), gross=grosses.get(number)),
        discount_minor=stage.minor(line.get("discount", "0")),
        wallet=str(line.get("wallet", "")),
        gift_card=str(line.get("gift_card", "")),
    )


def _own(
    stage: Stage, number: int, line: Plain, *, weighed: bool, gross: int | None
) -> OwnFacts | None:
    """Return the facts that the till brings itself.

    That is for a line that names its price or is taxed in a way that the catalogue cannot say.
    """
    facts = facts_of(stage, line)
    taxes = line_taxes(stage, line)
    simple = taxes.is_plain and not isinstance(facts.get("tax"), list | tuple)
    if "price" not in line and "fee" not in facts and simple:
        return None
    labels, factor, part = facts.get("labels", ()), taxes.gross_factor, 1 / taxes.whole
    fee = facts.get("fee")
    fee = fee if isinstance(fee, Mapping) else {"amount": fee or "0"}
    return OwnFacts(
        name=name_of(number, line),
        unit_price_minor=abs(stage.minor(facts.get("price", "0"))),
        tax_bp=tax_bp(facts.get("tax", 0)),
        category=str(facts.get("category", "")),
        brand=str(facts.get("brand", "")),
        weighed=weighed,
        labels=tuple([labels] if isinstance(labels, str) else labels),
        fee_minor=stage.minor(fee["amount"]),
        fee_taxed=bool(fee.get("taxed", True)),
        gross_factor=(factor.numerator, factor.denominator),
        net_part=None if simple else (part.numerator, part.denominator),
        gross_minor=gross,
    )


def facts_of(stage: Stage, line: Plain) -> dict[str, Any]:
    """Return what is known of a line's article; what the line itself says wins."""
    known: dict[str, Any] = dict(stage.story.articles.get(str(line.get("article")), {}))
    return known | dict(line)


def line_taxes(stage: Stage, line: Plain) -> Taxes:
    """Return the taxes of a line."""
    if line.get("kind") in UNTAXED_KINDS:
        return taxes_of(0, included=True)
    tax = facts_of(stage, line).get("tax", 0)
    return taxes_of(tax, included=stage.story.prices == "tax_included")
