"""One basket, whatever the till calls it.

Pure: wire lines and the catalogue's facts in, lines to be priced out, with what could not be
understood beside them. The command that asked turns that into a refusal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from loyalty.kernel.values import split_evenly
from loyalty.values import ArticleFacts, LineKind, SaleKey, Sku, SoldBy, Tender
from offers.values import BasketLine
from pos_adapter.values import LooseClaim, OwnFacts, ReturnClaim, SaleClaim, TillLine

MAX_LINES = 200
_QUOTE_DIGEST = 32
_SHORT_EAN = 8


@dataclass(frozen=True, slots=True)
class Assembled:
    """A basket made of wire lines.

    The till's own discounts are off the lines' ``gross_minor`` already: offers work on what they
    left. ``till_minor`` says by line how much that was, ``fees_minor`` what fees each line adds.
    ``unknown`` maps the number of each line whose article nobody knows to the code it brought;
    ``fractional`` lists the lines that ask for a part of something that is counted.
    """

    lines: tuple[BasketLine, ...]
    unknown: Mapping[int, str]
    fractional: tuple[int, ...]
    till_minor: Mapping[int, int] = field(default_factory=dict)
    fees_minor: Mapping[int, int] = field(default_factory=dict)


def article_number(digits: str) -> str:
    """Return one form for the GTIN-12, 13 and 14 of one article: 13 digits where they suffice."""
    if len(digits) == _SHORT_EAN:
        return digits
    return digits.lstrip("0").rjust(13, "0")


def ean_forms(digits: str) -> tuple[str, ...]:
    """Return the ways in which a catalogue may write a number: GTIN-8, 12, 13 and 14."""
    bare = digits.lstrip("0")
    forms = {bare.rjust(size, "0") for size in (8, 12, 13, 14) if len(bare) <= size}
    return tuple(sorted(forms | {digits}))


def gross_minor(unit_price_minor: int, milli: int, factor: tuple[int, int] = (1, 1)) -> int:
    """Return the shelf price of a line, rounded half up to the minor unit as scales do.

    ``factor`` turns a price list's price into one with every tax.
    """
    over, under = factor
    return (2 * unit_price_minor * milli * over + 1000 * under) // (2000 * under)


def assemble(lines: Iterable[TillLine], catalogue: Iterable[ArticleFacts]) -> Assembled:
    """Return the lines to be priced, each with the catalogue's facts or with its own."""
    by_code: dict[str, ArticleFacts] = {}
    for article in catalogue:
        by_code[article.sku] = article
        if article.ean:
            by_code[f"ean:{article_number(article.ean)}"] = article
    known: list[BasketLine] = []
    unknown: dict[int, str] = {}
    fractional: list[int] = []
    sent = {line.line_no: line for line in lines}
    for line in sent.values():
        facts = _facts(line, by_code)
        if facts is None:
            unknown[line.line_no] = line.sku or line.ean or ""
        elif line.quantity_milli % 1000 and facts.sold_by is SoldBy.UNIT:
            fractional.append(line.line_no)
        else:
            known.append(_line(line, facts))
    till = _till_discounts(known, sent)
    goods = [line for line in known if line.kind is not LineKind.DISCOUNT_OF_THE_TILL]
    return Assembled(
        lines=tuple(
            replace(line, gross_minor=line.gross_minor - till[line.line_no])
            if line.line_no in till
            else line
            for line in goods
        ),
        unknown=unknown,
        fractional=tuple(fractional),
        till_minor=till,
        fees_minor={number: fee for number, line in sent.items() if (fee := _fee(line))},
    )


def sale_hash(claim: SaleClaim) -> str:
    """Return the identity of a sale's content: equal for a repetition, whatever its time or quote.

    It covers what decides money and points as the till sent it, so a repetition is recognised
    even when prices, offers or the card have changed since.
    """
    basket = claim.basket
    return _digest(
        {
            "currency": basket.currency,
            "card": basket.card.code if basket.card else None,
            "vouchers": sorted(basket.voucher_codes),
            "lines": [_content(line) for line in sorted(basket.lines, key=lambda x: x.line_no)],
            "tenders": [_paid(tender) for tender in claim.tenders],
        }
        | _more(claim)
    )


def return_hash(claim: ReturnClaim) -> str:
    """Return the identity of a return's content, as ``sale_hash`` does for a sale."""
    sold = claim.sold
    return _digest(
        {
            "of": claim.purchase_id or (key_text(sold) if sold else None),
            "lines": sorted([line.line_no, line.quantity_milli] for line in claim.lines),
            "amount": claim.amount_minor,
            "all": [claim.whole, claim.void],
        }
    )


def loose_hash(claim: LooseClaim) -> str:
    """Return the identity of a return without a receipt; who agreed to it is no part of it."""
    return _digest(
        {
            "without_receipt": True,
            "currency": claim.currency,
            "card": claim.card.code if claim.card else None,
            "lines": [_content(line) for line in sorted(claim.lines, key=lambda x: x.line_no)],
            "gift_card": claim.gift_card,
        }
    )


def reinstating_hash(purchase_id: str) -> str:
    """Return the identity of the request to confirm a voided sale again."""
    return _digest({"reinstates": purchase_id})


def quote_hash(facts: Mapping[str, Any], amounts: Mapping[str, int]) -> str:
    """Return a quote's fingerprint: its ``amounts`` in clear, then a digest of all its facts.

    The amounts travel in it so that a commit can say what changed without anything being kept.
    """
    clear = ".".join(str(amounts[name]) for name in sorted(amounts))
    return f"q1.{clear}.{_digest({'facts': facts, 'amounts': dict(amounts)})[:_QUOTE_DIGEST]}"


def quoted_amounts(quote: str, names: Iterable[str]) -> dict[str, int] | None:
    """Return the amounts written in a quote's fingerprint; ``None`` if it is not one of ours."""
    ordered = sorted(names)
    parts = quote.split(".")
    amounts = [int(text) for text in parts[1:-1] if text.isascii() and text.isdigit()]
    ours = parts[0] == "q1" and len(parts[-1]) == _QUOTE_DIGEST
    if not ours or not len(amounts) == len(parts) - 2 == len(ordered):
        return None
    return dict(zip(ordered, amounts, strict=True))


def key_text(key: SaleKey) -> str:
    """Return the till's identity of a sale as one text, for URLs and messages."""
    return f"{key.store_id}/{key.till}/{key.business_on.isoformat()}/{key.sequence}"


def _till_discounts(lines: Iterable[BasketLine], sent: Mapping[int, TillLine]) -> dict[int, int]:
    """Return what the till takes off each line: its own discounts, then those of the basket.

    A ``discount_of_the_till`` is spread over the goods by what is left of them, by largest
    remainders. Nothing is taken below zero.
    """
    lines = tuple(lines)
    off = {
        line.line_no: min(sent[line.line_no].discount_minor, line.gross_minor)
        for line in lines
        if sent[line.line_no].discount_minor
    }
    taken = sum(abs(x.gross_minor) for x in lines if x.kind is LineKind.DISCOUNT_OF_THE_TILL)
    if taken:
        goods = [line for line in lines if line.kind is LineKind.ARTICLE]
        left = [line.gross_minor - off.get(line.line_no, 0) for line in goods]
        for line, share in zip(goods, split_evenly(min(taken, sum(left)), left), strict=True):
            off[line.line_no] = off.get(line.line_no, 0) + share
    return {number: minor for number, minor in off.items() if minor}


def _fee(line: TillLine) -> int:
    """Return the fees that a line adds, tax included."""
    own = line.own
    if own is None:
        return 0
    return gross_minor(own.fee_minor, line.quantity_milli, _factor(own if own.fee_taxed else None))


def _factor(own: OwnFacts | None) -> tuple[int, int]:
    return own.gross_factor if own is not None else (1, 1)


def _facts(line: TillLine, catalogue: Mapping[str, ArticleFacts]) -> ArticleFacts | None:
    """Return what is known of a line's article: the till's own name and price win."""
    article = catalogue.get(line.sku or "")
    if article is None and line.ean:
        article = catalogue.get(f"ean:{article_number(line.ean)}")
    own = line.own
    if own is None:
        return article
    if article is not None:
        return replace(article, name=own.name, price_minor=own.unit_price_minor, tax_bp=own.tax_bp)
    return ArticleFacts(
        sku=Sku(line.sku or line.ean or ""),
        ean=line.ean,
        name=own.name,
        category=own.category,
        brand=own.brand,
        price_minor=own.unit_price_minor,
        tax_bp=own.tax_bp,
        labels=own.labels,
        sold_by=SoldBy.WEIGHT if own.weighed else SoldBy.UNIT,
    )


def _line(line: TillLine, facts: ArticleFacts) -> BasketLine:
    """Return a line to be priced."""
    own = line.own
    gross = own.gross_minor if own is not None else None
    if gross is None:
        gross = gross_minor(facts.price_minor, line.quantity_milli, _factor(own))
    return BasketLine(
        line_no=line.line_no,
        sku=facts.sku,
        name=facts.name,
        category=facts.category,
        brand=facts.brand,
        labels=facts.labels,
        kind=line.kind,
        quantity_milli=line.quantity_milli,
        unit_price_minor=facts.price_minor,
        gross_minor=gross,
        tax_bp=facts.tax_bp,
    )


def _content(line: TillLine) -> list[Any]:
    """Return what identifies a line's content."""
    own = line.own
    facts = [own.name, own.unit_price_minor, own.tax_bp] if own else None
    content = [line.line_no, line.sku, line.ean, line.quantity_milli, line.kind.value, facts]
    more = [line.discount_minor, line.wallet, line.gift_card]
    return [*content, *more] if any(more) else content


def _paid(tender: Tender) -> list[Any]:
    """Return what identifies a tender."""
    more = [one for one in (tender.wallet, tender.gift_card, tender.voucher_id) if one]
    return [tender.kind, tender.amount_minor, *more]


def _more(claim: SaleClaim) -> dict[str, Any]:
    """Return what only some sales have and what decides money and points too."""
    facts = {
        "codes": list(claim.basket.codes),
        "spending": [asdict(asked) for asked in claim.spending],
        "beneficiary": claim.beneficiary.code if claim.beneficiary else None,
        "extension": asdict(claim.extension) if claim.extension else None,
        "voucher_ids": list(claim.voucher_ids),
        "training": claim.training,
        "reinstates": claim.reinstates,
    }
    return {name: fact for name, fact in facts.items() if fact}


def _digest(document: Any) -> str:
    """Return the SHA-256 of a document in one canonical spelling."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
