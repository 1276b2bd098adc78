"""What a basket costs and earns: priced once here, for the quote and for the sale alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty.errors import UnknownVoucher, VoucherNotUsable
from loyalty.kernel.clock import local
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import (
    articles_by_codes,
    current_programme,
    quote_earning,
    vouchers_by_code,
)
from loyalty.values import (
    NO_TIER,
    TILL_DISCOUNT,
    CardHolder,
    Earned,
    LineKind,
    OfferShare,
    SaleLine,
    ShareScope,
    TierProgress,
    VoucherState,
)
from offers.queries import price_basket
from offers.values import Basket, PricedBasket, PricedLine
from pos_adapter.basket import Assembled, assemble, gross_minor, quote_hash
from pos_adapter.errors import (
    FractionalQuantity,
    OtherCurrency,
    UnknownArticles,
    VoucherNeedsCard,
    VoucherNotNeeded,
)
from pos_adapter.promotions import as_earned
from pos_adapter.queries.asking import ask_about, codes_of
from pos_adapter.queries.cards import code_text, holder_of
from pos_adapter.queries.rating import AtLevel, rated
from pos_adapter.values import BasketClaim, OwnFacts, Quote, TillLine, VoucherTaken
from pos_adapter.wedge import ScanKind

AMOUNTS = ("total_minor", "discount_minor", "voucher_minor", "due_minor", "points")
"""What a quote's fingerprint carries in clear, so that a commit can say what has changed."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A basket worked out: everything that a quote shows and that a sale records."""

    holder: CardHolder | None
    basket: PricedBasket
    vouchers: tuple[VoucherTaken, ...]
    earned: Earned
    points_with_card: int
    lines: tuple[SaleLine, ...]

    @property
    def total_minor(self) -> int:
        """Return what the basket costs after offers, fees included."""
        return sum(line.owed_minor for line in self.lines)

    @property
    def amounts(self) -> dict[str, int]:
        """Return the amounts that matter to the shopper, in minor units and points."""
        taken = sum(voucher.taken_minor for voucher in self.vouchers)
        return {
            "total_minor": self.total_minor,
            "discount_minor": self.basket.discount_minor,
            "voucher_minor": taken,
            "due_minor": self.total_minor - taken,
            "points": self.earned.points,
        }

    @property
    def fingerprint(self) -> str:
        """Return the quote's hash: equal as long as the shopper would see the same."""
        facts = {
            "member": self.holder.member_id if self.holder else None,
            "lines": [_line_facts(priced) for priced in self.basket.lines],
            "vouchers": sorted(voucher.voucher_id for voucher in self.vouchers),
            "effects": [
                [effect.offer_id, effect.points, effect.line_nos]
                for effect in self.basket.points_effects
            ],
        }
        return quote_hash(facts, self.amounts)


def quote(tx: Tx, *, keys: Keys, claim: BasketClaim, language: str) -> Quote:
    """Return what the basket would cost and earn now. Nothing is written; ask as often as needed.

    Raises:
        UnknownArticles, FractionalQuantity, OtherCurrency: the basket cannot be priced.
        CardNotReadable, CardMistyped, UnknownCard, CardBlocked, CardReplaced, MemberBlocked: its
            card cannot be used.
        UnknownVoucher, VoucherNotUsable, VoucherNotNeeded, VoucherNeedsCard: one of its vouchers
            cannot be used.
    """
    ask_about(tx, keys=keys, claim=claim)
    priced = price(tx, keys=keys, claim=claim, language=language)
    holder, amounts = priced.holder, priced.amounts
    return Quote(
        quote_hash=priced.fingerprint,
        currency=claim.currency,
        basket=priced.basket,
        vouchers=priced.vouchers,
        total_minor=amounts["total_minor"],
        discount_minor=amounts["discount_minor"],
        voucher_minor=amounts["voucher_minor"],
        due_minor=amounts["due_minor"],
        earned=priced.earned,
        points_with_card=priced.points_with_card,
        holder=holder,
        points_after=holder.balance + priced.earned.points if holder else None,
        reaches=_reached(holder.tier, priced.lines) if holder else None,
    )


def price(
    tx: Tx,
    *,
    keys: Keys,
    claim: BasketClaim,
    language: str,
    paid_at: datetime | None = None,
    with_points: bool = True,
) -> Priced:
    """Work a basket out at today's prices; offers by the hour and points as of ``paid_at``.

    Who records the sale works the points out itself and leaves ``with_points`` out.
    """
    programme = current_programme(tx)
    if claim.currency != programme.currency:
        raise OtherCurrency(expected=programme.currency)
    holder = holder_of(tx, keys=keys, shown=claim.card) if claim.card else None
    assembled = assembled_lines(tx, claim.lines)
    sent = {line.line_no: line for line in claim.lines}
    at = paid_at or tx.now
    wanted = Basket(
        claim.store_id,
        claim.business_on,
        assembled.lines,
        local_time=local(at, str(programme.zone)).time(),
    )

    def price_at(level: str) -> AtLevel:
        basket = price_basket(
            tx,
            basket=wanted,
            member_id=holder.member_id if holder else None,
            level=level if holder else None,
            language=language,
        )
        lines = (sale_line(one, assembled, sent.get(one.line.line_no)) for one in basket.lines)
        return AtLevel(level, basket, tuple(lines))

    priced = rated(tx, holder, price_at, at=at, codes=claim.codes) if holder else price_at(NO_TIER)
    basket, lines = priced.basket, priced.lines
    earned = _earned(tx, claim, priced, holder, at) if with_points else Earned(points=0)
    return Priced(
        holder=holder,
        basket=as_earned(basket, earned) if holder and with_points else basket,
        vouchers=_vouchers(tx, keys, claim, holder, sum(line.owed_minor for line in lines)),
        earned=earned if holder else Earned(points=0),
        points_with_card=earned.points,
        lines=lines,
    )


def _earned(
    tx: Tx, claim: BasketClaim, priced: AtLevel, holder: CardHolder | None, at: datetime
) -> Earned:
    """Return what a basket earns, or would with a card."""
    return quote_earning(
        tx,
        lines=priced.lines,
        at=at,
        effects=priced.basket.points_effects if holder else (),
        tier=priced.level,
        codes=claim.codes,
    )


def assembled_lines(tx: Tx, wire: Sequence[TillLine]) -> Assembled:
    """Return the lines with the catalogue's facts: one statement however long the basket."""
    found = assemble(wire, articles_by_codes(tx, **codes_of(wire)))
    if found.unknown:
        raise UnknownArticles(dict(found.unknown))
    if found.fractional:
        raise FractionalQuantity(list(found.fractional))
    return found


def _vouchers(
    tx: Tx, keys: Keys, claim: BasketClaim, holder: CardHolder | None, total_minor: int
) -> tuple[VoucherTaken, ...]:
    """Lay the vouchers on the basket in the order scanned; the last may be used in part.

    Raises:
        VoucherNeedsCard, VoucherNotUsable, VoucherNotNeeded: one cannot be taken.
    """
    if not claim.voucher_codes:
        return ()
    if holder is None:
        raise VoucherNeedsCard
    codes = [code_text(code, ScanKind.VOUCHER) for code in claim.voucher_codes]
    today = current_programme(tx).local_day(tx.now)
    left, taken = total_minor, []
    for code, owned in zip(codes, vouchers_by_code(tx, codes, keys=keys), strict=True):
        voucher = owned.voucher
        if owned.member_id != holder.member_id:
            raise UnknownVoucher
        if voucher.state is not VoucherState.ISSUED:
            raise VoucherNotUsable(voucher.voucher_id, voucher.state.value)
        if voucher.expires_on <= today:
            raise VoucherNotUsable(voucher.voucher_id, VoucherState.EXPIRED.value)
        if left == 0:
            raise VoucherNotNeeded(voucher=code[-4:])
        amount = min(left, voucher.value_minor)
        taken.append(VoucherTaken(voucher.voucher_id, code, voucher.value_minor, amount))
        left -= amount
    return tuple(taken)


def _reached(tier: TierProgress, lines: Sequence[SaleLine]) -> str | None:
    """Return the level that this basket would lift the member to, if any."""
    spend = sum(line.paid_minor for line in lines if line.kind is LineKind.ARTICLE)
    return tier.next_level if tier.next_level and spend >= tier.to_next_minor else None


def sale_line(priced: PricedLine, assembled: Assembled, sent: TillLine | None) -> SaleLine:
    """Return a priced line as the ledger keeps it, the till's own discount among its shares."""
    line = priced.line
    till = assembled.till_minor.get(line.line_no, 0)
    own = (OfferShare(TILL_DISCOUNT, till, (), ShareScope.TILL),) if till else ()
    return SaleLine(
        line_no=line.line_no,
        sku=line.sku,
        name=line.name,
        category=line.category,
        brand=line.brand,
        kind=line.kind,
        quantity_milli=line.quantity_milli,
        unit_price_minor=line.unit_price_minor,
        gross_minor=line.gross_minor + till,
        paid_minor=priced.paid_minor,
        tax_bp=line.tax_bp,
        shares=(*own, *priced.shares),
        labels=frozenset(line.labels),
        net_part=sent.own.net_part if sent and sent.own else None,
        net_minor=_listed_net(priced, sent.own) if sent and sent.own and not till else None,
        fee_minor=assembled.fees_minor.get(line.line_no, 0),
        wallet=sent.wallet if sent else "",
        gift_card=sent.gift_card if sent else "",
    )


def _listed_net(priced: PricedLine, own: OwnFacts) -> int | None:
    """Return the net of a line that costs what a list without tax says."""
    line, part = priced.line, own.net_part
    if part is None or own.gross_factor == (1, 1) or priced.paid_minor != line.gross_minor:
        return None
    over, under = own.gross_factor
    return gross_minor(
        line.unit_price_minor, line.quantity_milli, (over * part[0], under * part[1])
    )


def _line_facts(priced: PricedLine) -> list[Any]:
    """Return what the shopper is shown of a line."""
    line = priced.line
    shares = [[share.offer_id, share.amount_minor] for share in priced.shares]
    return [
        line.line_no,
        line.sku,
        line.quantity_milli,
        line.gross_minor,
        priced.paid_minor,
        shares,
    ]
