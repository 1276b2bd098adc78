"""What an offer would have cost: tried on the baskets of the last 30 days before its launch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from loyalty.kernel.tx import Tx
from loyalty.queries import SoldLine, sold_baskets, sold_lines
from offers.combining import Choice, choose
from offers.document import Offer
from offers.eligibility import (
    Candidate,
    LiveOffer,
    Shopper,
    Used,
    enough,
    is_eligible,
    room,
    takes_offers,
    when_and_where,
    who,
)
from offers.pricing import EarnRate
from offers.queries.live import read_document, terms
from offers.values import Basket, BasketLine

PREVIEW_DAYS = 30
MOST_LINES = 300_000
"""How many lines one preview looks at: some ten seconds of work."""


@dataclass(frozen=True, slots=True)
class CostPreview:
    """What an offer would have done, had it stood alone in a past month.

    ``baskets`` of ``baskets_looked_at`` would have had it, of ``members`` members; money and
    points as they would have been given. ``turnover_minor`` is what the lines
    that were looked at sold for. ``cut_short``: more was sold than a preview looks at.
    """

    since_on: date
    until_on: date
    baskets_looked_at: int
    baskets: int
    members: int
    discount_minor: int
    points: int
    turnover_minor: int
    stopped_by_limit: bool
    cut_short: bool


@dataclass(slots=True)
class _Sum:
    """What has been given so far, in the order in which it was sold."""

    baskets: int = 0
    discount_minor: int = 0
    points: int = 0
    turnover_minor: int = 0
    stopped: bool = False

    by_member: dict[str, int] = field(default_factory=dict)
    by_day: dict[date, int] = field(default_factory=dict)

    def add(self, sold: SoldLine, choice: Choice) -> None:
        """Count one purchase that would have had the offer."""
        self.baskets += 1
        self.discount_minor += choice.discount_minor
        self.points += sum(worked.points for worked in choice.worked)
        self.turnover_minor += sum(till.line.gross_minor for till in choice.tills)
        self.by_day[sold.business_on] = self.by_day.get(sold.business_on, 0) + 1
        if sold.member_id is not None:
            self.by_member[sold.member_id] = self.by_member.get(sold.member_id, 0) + 1


def preview_cost(tx: Tx, *, document: object) -> CostPreview:
    """Return what the offer would have cost on the purchases of the last 30 days.

    Its dates are left out of it (it was not there yet); weekdays, stores, tiers (as they are
    today), minimums, limits and budget are held. Hours are left out, receipts being days here;
    labels are those of today. Every member is taken to have it, activated.

    Raises:
        OfferRefused: the document is not right.
    """
    offer, rules = read_document(tx, document), terms(tx)
    until = rules.local_day
    since = until - timedelta(days=PREVIEW_DAYS)
    total = _Sum()
    lines = 0
    for sold, basket in _baskets(tx, offer, since, until):
        _try_on(total, offer, rules.rate, sold, basket)
        lines += len(basket.lines)
        if lines >= MOST_LINES:
            break
    return CostPreview(
        since_on=since,
        until_on=until,
        baskets_looked_at=sold_baskets(tx, since_on=since, until_on=until),
        baskets=total.baskets,
        members=len(total.by_member),
        discount_minor=total.discount_minor,
        points=total.points,
        turnover_minor=total.turnover_minor,
        stopped_by_limit=total.stopped,
        cut_short=lines >= MOST_LINES,
    )


def _baskets(tx: Tx, offer: Offer, since: date, until: date) -> Iterator[tuple[SoldLine, Basket]]:
    """Yield past purchases with their lines: only those the offer looks at, when that will do."""
    whole = offer.conditions.basket_at_least_minor or offer.include.is_empty
    include = offer.include
    lines = _every_line(
        tx,
        since_on=since,
        until_on=until,
        skus=_some(include.articles) if not whole else None,
        categories=_some(include.categories) if not whole else None,
        brands=_some(include.brands) if not whole else None,
    )
    for _, group in groupby(lines, key=lambda line: line.purchase_id):
        sold = list(group)
        kept = tuple(_line(line) for line in sold)
        yield sold[0], Basket(sold[0].store_id, sold[0].business_on, kept)


def _every_line(tx: Tx, **wanted: Any) -> Iterator[SoldLine]:
    """Yield the lines of every page, so that memory holds one page at a time."""
    page = sold_lines(tx, **wanted)
    yield from page.items
    while page.after is not None:
        page = sold_lines(tx, **wanted, after=page.after)
        yield from page.items


def _some(names: frozenset[str]) -> list[str] | None:
    return sorted(names) or None


def _line(sold: SoldLine) -> BasketLine:
    return BasketLine(
        line_no=sold.line_no,
        sku=sold.sku,
        name=sold.name,
        category=sold.category,
        brand=sold.brand,
        labels=sold.labels,
        kind=sold.kind,
        quantity_milli=sold.quantity_milli,
        unit_price_minor=sold.unit_price_minor,
        gross_minor=sold.gross_minor,
        tax_bp=sold.tax_bp,
    )


def _try_on(total: _Sum, offer: Offer, rate: EarnRate, sold: SoldLine, basket: Basket) -> None:
    """Give the offer to one past purchase, if it would have had it."""
    one = LiveOffer("preview", replace(offer, from_on=None, until_on=None))
    hers = frozenset({one.id} if sold.member_id else ())
    shopper = Shopper(sold.member_id is not None, sold.level, granted=hers, activated=hers)
    if when_and_where(one.offer, on=basket.business_on, at=None, store_id=basket.store_id):
        return
    positions = tuple(
        n
        for n, line in enumerate(basket.lines)
        if takes_offers(line) and is_eligible(one.offer, line)
    )
    candidate = Candidate(one, positions)
    if not positions or who(one, shopper) or enough(candidate, basket):
        return
    choice = choose(basket.lines, [candidate], rate=rate)
    if not choice.worked:
        return
    if room(one.offer, _used(total, sold), choice.discount_minor):
        total.stopped = True
        return
    total.add(sold, choice)


def _used(total: _Sum, sold: SoldLine) -> Used:
    return Used(
        {
            "offer": total.baskets,
            "day": total.by_day.get(sold.business_on, 0),
            "member": total.by_member.get(sold.member_id or "", 0),
        },
        total.discount_minor,
    )
