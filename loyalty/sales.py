"""A sale as the till hands it over: does it add up, and what does it come to?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from loyalty.kernel.values import split_evenly
from loyalty.programme import Programme
from loyalty.values import (
    TILL_DISCOUNT,
    EffectKind,
    LineKind,
    OfferShare,
    PointsEffect,
    Sale,
    SaleLine,
    ShareScope,
)
from loyalty.vouchers import counted_spend

NOTHING: Mapping[int, int] = MappingProxyType({})
KEPT_TENDERS = frozenset({"wallet", "points", "gift_card", "voucher"})
"""Tenders that take from what the programme keeps; the others are the till's own."""
MOST_LINES = 1000
MOST_MINOR = 10**8
"""The most that one receipt may come to: a larger one is a slip, and would print vouchers."""
YEARS = range(2000, 2200)
"""When a sale can have happened: a till whose clock is off is told so."""
MOST_MILLI = 9_999_000


class SaleWrong(ValueError):
    """The sale contradicts itself or the programme; ``line_no`` is 0 for the whole sale."""

    def __init__(self, reason: str, line_no: int = 0) -> None:
        """Name the rule that is broken and the line that breaks it."""
        super().__init__(reason)
        self.reason = reason
        self.line_no = line_no


@dataclass(frozen=True, slots=True)
class Totals:
    """What a sale comes to, in minor units, before vouchers.

    ``basis_minor`` counts towards the tier, ``voucher_spend_minor`` towards the next voucher.
    """

    total_minor: int
    discount_minor: int
    basis_minor: int
    voucher_spend_minor: int


def counting_basis(
    programme: Programme, lines: Iterable[SaleLine], redeemed: Mapping[int, int] = NOTHING
) -> dict[int, int]:
    """Return what of each line counts as spend, for the tier and for vouchers alike.

    ``redeemed`` says how much of each line spent points pay, in minor units.
    """
    basis = programme.basis
    return {
        line.line_no: basis.minor_of(line, redeemed_minor=redeemed.get(line.line_no, 0))
        for line in lines
    }


def spread_redeemed(lines: Sequence[SaleLine], minor: int) -> dict[int, int]:
    """Return how money that points or vouchers paid falls on all lines, pro rata of their price."""
    if not minor:
        return {}
    shares = split_evenly(minor, [line.paid_minor for line in lines])
    return {line.line_no: share for line, share in zip(lines, shares, strict=True)}


def spread_till_discount(lines: Sequence[SaleLine], minor: int) -> tuple[SaleLine, ...]:
    """Return ``lines`` lowered by what the till takes off the whole sale, pro rata of the goods."""
    goods = [line.paid_minor if line.kind is LineKind.ARTICLE else 0 for line in lines]
    if not any(goods) or minor > sum(goods):
        raise SaleWrong("a discount of the till takes at most what the goods cost")
    return tuple(
        replace(
            line,
            paid_minor=line.paid_minor - share,
            shares=(*line.shares, OfferShare(TILL_DISCOUNT, share, (), ShareScope.TILL)),
        )
        if share
        else line
        for line, share in zip(lines, split_evenly(minor, goods), strict=True)
    )


def asks_more(sale: Sale, programme: Programme) -> bool:
    """Tell whether a sale does more than fill the default wallet of the member who buys."""
    if any(tender.kind in KEPT_TENDERS for tender in sale.tenders):
        return True
    if sale.reinstates is not None or any(fills_something(line) for line in sale.lines):
        return True
    if sale.member_id is None:
        return False
    vouchers_lower = bool(sale.voucher_ids) and not programme.basis.redeemed_earns
    others = {"", programme.default_wallet}
    return (
        bool(sale.spending)
        or sale.beneficiary_id is not None
        or vouchers_lower
        or any(effect.wallet not in others for effect in sale.points_effects)
        or any(
            rule.tiers
            or rule.first_purchase
            or rule.limits.are_counted
            or rule.wallet not in others
            for rule in programme.earn
        )
    )


def practised(sale: Sale) -> Sale:
    """Return a training sale as it is kept: it belongs to nobody and takes nothing of anybody's."""
    kept = tuple(one for one in sale.tenders if one.kind not in KEPT_TENDERS)
    lines = tuple(replace(one, wallet="", gift_card="") for one in sale.lines)
    return replace(
        sale,
        member_id=None,
        beneficiary_id=None,
        points_effects=(),
        voucher_ids=(),
        spending=(),
        tenders=kept,
        lines=lines,
    )


def fills_something(line: SaleLine) -> bool:
    """Tell whether a line puts money on a wallet or on a gift card."""
    top_up = line.kind is LineKind.WALLET_TOP_UP and bool(line.wallet)
    return top_up or (line.kind is LineKind.GIFT_CARD and bool(line.gift_card))


def totals_of(sale: Sale, programme: Programme, spend: Mapping[int, int] | None = None) -> Totals:
    """Return what a sale comes to. Without a member nothing counts towards anything.

    ``spend`` is what of each line counts as spend, when it is known already.
    """
    counting = counting_basis(programme, sale.lines) if spend is None else spend
    basis = sum(counting.values())
    rule = programme.vouchers
    counted = counted_spend(rule, basis) if rule is not None and sale.member_id is not None else 0
    return Totals(
        total_minor=sum(line.owed_minor for line in sale.lines),
        discount_minor=sum(line.gross_minor - line.paid_minor for line in sale.lines),
        basis_minor=basis,
        voucher_spend_minor=counted,
    )


def check_sale(sale: Sale, programme: Programme) -> None:
    """Refuse a sale that does not add up.

    Raises:
        SaleWrong: with the first rule that is broken.
    """
    _check_whole(sale, programme)
    for line in sale.lines:
        _check_line(line)
    _check_effects(sale)


def _check_whole(sale: Sale, programme: Programme) -> None:
    """Refuse what is wrong with the sale as a whole."""
    if not 0 < len(sale.lines) <= MOST_LINES:
        raise SaleWrong(f"a sale has 1 to {MOST_LINES} lines")
    if sale.currency != programme.currency:
        raise SaleWrong(f"the programme counts in {programme.currency}, not in {sale.currency}")
    if sale.occurred_at.year not in YEARS:
        raise SaleWrong("a sale happens in this century or the next")
    if sum(line.gross_minor for line in sale.lines) > MOST_MINOR:
        raise SaleWrong(f"a sale comes to at most {MOST_MINOR} minor units")
    numbers = {line.line_no for line in sale.lines}
    if len(numbers) < len(sale.lines) or min(numbers) < 1:
        raise SaleWrong("line numbers count from 1 and do not repeat")


def _check_effects(sale: Sale) -> None:
    """Refuse vouchers and offers' points that do not fit the sale."""
    if sale.member_id is None and (sale.voucher_ids or sale.points_effects):
        raise SaleWrong("vouchers and points need a member")
    if len(set(sale.voucher_ids)) < len(sale.voucher_ids):
        raise SaleWrong("a voucher is given twice")
    numbers = {line.line_no for line in sale.lines}
    seen: set[str] = set()
    for effect in sale.points_effects:
        touched = set(effect.line_nos)
        if not _gives(effect) or not touched or not touched <= numbers:
            raise SaleWrong("an offer's points name lines of the sale and are more than zero")
        if effect.offer_id in seen:
            raise SaleWrong("an offer gives its points once")
        seen.add(effect.offer_id)


def _gives(effect: PointsEffect) -> bool:
    """Tell whether an offer's points, or its factor, are more than zero."""
    if effect.kind is EffectKind.MULTIPLIER:
        return min(effect.multiply) > 0
    return effect.points > 0 or (effect.exact is not None and min(effect.exact) > 0)


def _check_line(line: SaleLine) -> None:
    if not 0 < line.quantity_milli <= MOST_MILLI:
        raise SaleWrong("the quantity is more than 0 and at most 9999", line.line_no)
    if line.gross_minor < 0 or line.unit_price_minor < 0 or line.tax_bp < 0:
        raise SaleWrong("prices and taxes are not negative", line.line_no)
    if not 0 <= line.paid_minor <= line.gross_minor:
        raise SaleWrong("what is paid lies between zero and the price", line.line_no)
    if _off(line.shares) != line.gross_minor - line.paid_minor:
        raise SaleWrong("the offers' shares add up to what is not paid", line.line_no)
    if len({share.offer_id for share in line.shares}) < len(line.shares):
        raise SaleWrong("an offer has one share of a line", line.line_no)
    for share in line.shares:
        if share.amount_minor < 0 or any(unit < 0 for unit in share.unit_shares):
            raise SaleWrong("an offer's share is not negative", line.line_no)
        if share.unit_shares and sum(share.unit_shares) != share.amount_minor:
            raise SaleWrong("the units' shares add up to the line's", line.line_no)


def _off(shares: Iterable[OfferShare]) -> int:
    return sum(share.amount_minor for share in shares)
