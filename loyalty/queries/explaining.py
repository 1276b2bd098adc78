"""Why a purchase earned what it did: for the shopper and for staff, from what was written down.

Nothing of it is stored beside the facts: lines, fractions and the version of the rules never
change, so the same purchase is always explained in the same way, also years later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, or_, select

from loyalty.earning import Explained, LineEarning, Near, Stage, Visit, explain, same_code
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, PurchaseEarning, PurchaseLine, PurchaseShare
from loyalty.programme import Programme
from loyalty.queries.explaining_words import (
    Bought,
    rule_sentences,
    shopper_sentences,
    staff_sentences,
)
from loyalty.queries.programme import programme_of
from loyalty.queries.sold import sale_line
from loyalty.sales import spread_redeemed
from loyalty.values import NO_TIER, OfferShare, PurchaseId, SaleLine


@dataclass(frozen=True, slots=True)
class FiredLine:
    """What one rule or offer gave for one line, in grains of ``unit``."""

    rule: str
    line_no: int
    points: int
    basis_minor: int
    unit: str
    is_offer: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A purchase explained: facts for machines, one text for the shopper and one for staff.

    ``near`` are the rules that did not fire, each with a slug, the money that is missing, and the
    points it would have brought. ``rules`` is the part of the staff's text that says nothing of
    the member.
    """

    purchase_id: PurchaseId
    fired: tuple[FiredLine, ...]
    near: tuple[Near, ...]
    explained: Explained
    shopper: tuple[str, ...]
    staff: tuple[str, ...]
    rules: tuple[str, ...]


def explain_purchase(tx: Tx, purchase_id: PurchaseId, *, language: str) -> Explanation | None:
    """Return why a purchase earned what it did; ``None`` when nobody earned anything by it."""
    return explain_purchases(tx, [purchase_id], language=language).get(purchase_id)


def explain_purchases(
    tx: Tx, purchase_ids: Iterable[PurchaseId], *, language: str
) -> dict[PurchaseId, Explanation]:
    """Return explanations of members' purchases, in four statements however many there are."""
    ids = sorted(set(purchase_ids))
    if not ids:
        return {}
    rows = tx.run(
        select(Purchase, _had_another().label("had_another")).where(
            Purchase.id.in_(ids), Purchase.member_id.is_not(None)
        )
    ).all()
    lines, earned = _lines(tx, ids), _earned(tx, ids)
    return {
        row.id: _explained(
            programme_of(tx, row.programme_version_id),
            row,
            lines.get(row.id, ()),
            earned.get(row.id, ()),
            language,
        )
        for row in rows
    }


def _had_another() -> Any:
    """Return whether the member had bought something before, as SQL."""
    other = Purchase.__table__.alias("other")
    before = or_(
        other.c.occurred_at < Purchase.occurred_at,
        and_(other.c.occurred_at == Purchase.occurred_at, other.c.id < Purchase.id),
    )
    return exists().where(other.c.member_id == Purchase.member_id, before)


def _explained(
    programme: Programme,
    row: Any,
    lines: Sequence[SaleLine],
    earned: Sequence[LineEarning],
    language: str,
) -> Explanation:
    receipt: Mapping[str, Any] = row.receipt or {}
    paid = row.voucher_minor + row.redeemed_minor
    visit = Visit(
        tier=_rated_by(programme, receipt),
        first_purchase=not row.had_another,
        at=row.occurred_at.astimezone(programme.zone).time(),
        codes=frozenset(same_code(code) for code in receipt.get("codes_used", ())),
        redeemed=spread_redeemed(lines, paid),
    )
    day = programme.local_day(row.occurred_at)
    found = explain(programme, lines, earned, on=day, visit=visit)
    bought = Bought(programme, language, day, lines, earned, receipt)
    return Explanation(
        purchase_id=row.id,
        fired=tuple(
            FiredLine(
                one.rule, one.line_no, one.points, one.basis_minor, one.unit, is_offer=one.is_offer
            )
            for one in earned
        ),
        near=found.near,
        explained=found,
        shopper=shopper_sentences(bought, found),
        staff=staff_sentences(bought, found),
        rules=rule_sentences(bought, found),
    )


def _rated_by(programme: Programme, receipt: Mapping[str, Any]) -> str:
    """Return the level by which a purchase was rated: that before it, or that it reached."""
    after: Mapping[str, Any] = receipt.get("tier") or {}
    before = str(receipt.get("tier_before") or NO_TIER)
    return str(after.get("level", before)) if programme.tiers.current_purchase_counts else before


def _lines(tx: Tx, ids: Sequence[PurchaseId]) -> dict[PurchaseId, tuple[SaleLine, ...]]:
    shares: dict[tuple[PurchaseId, int], list[OfferShare]] = defaultdict(list)
    taken = select(PurchaseShare).where(PurchaseShare.purchase_id.in_(ids))
    for row in tx.run(taken.order_by(PurchaseShare.offer_id)):
        share = OfferShare(row.offer_id, row.amount_minor, tuple(row.unit_shares), row.scope)
        shares[row.purchase_id, row.line_no].append(share)
    found: dict[PurchaseId, tuple[SaleLine, ...]] = {}
    sold = select(PurchaseLine).where(PurchaseLine.purchase_id.in_(ids))
    for row in tx.run(sold.order_by(PurchaseLine.purchase_id, PurchaseLine.line_no)):
        line = sale_line(row, tuple(shares.get((row.purchase_id, row.line_no), ())))
        found[row.purchase_id] = (*found.get(row.purchase_id, ()), line)
    return found


def _earned(tx: Tx, ids: Sequence[PurchaseId]) -> dict[PurchaseId, tuple[LineEarning, ...]]:
    found: dict[PurchaseId, list[LineEarning]] = defaultdict(list)
    rows = select(PurchaseEarning).where(PurchaseEarning.purchase_id.in_(ids))
    order = (PurchaseEarning.turn, PurchaseEarning.rule, PurchaseEarning.line_no)
    for row in tx.run(rows.order_by(PurchaseEarning.purchase_id, *order)):
        found[row.purchase_id].append(earning_of(row))
    return {id_: tuple(some) for id_, some in found.items()}


def earning_of(row: Any) -> LineEarning:
    """Return what one rule or offer gave for one line, from its row."""
    return LineEarning(
        line_no=row.line_no,
        rule=row.rule,
        is_offer=row.is_offer,
        weight=row.weight,
        basis_minor=row.basis_minor,
        numerator=row.numerator,
        denominator=row.denominator,
        points=row.points,
        unit=row.unit,
        stage=Stage.BONUS if row.is_offer and row.stage is Stage.GRANT else row.stage,
    )
