"""Giving a recorded purchase to the member who made it without her card.

It counts as of the day on which it was made: the rules and the level of then, points that last as
long as points of that day do, spend in the window of that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import exists, select

from loyalty.commands.challenging import meet_challenges
from loyalty.commands.claiming import opening_receipt
from loyalty.commands.crediting import Credit, credit_sale
from loyalty.commands.purchase_rows import complete_purchase, detail_rows, insert_details
from loyalty.commands.referrals import hold_referrer, referred_bought
from loyalty.commands.visits import visit_of
from loyalty.commands.vouchers import issue_vouchers
from loyalty.commands.wallets import Journals, open_member, write_wallets
from loyalty.earning import Earning, Visit, earn
from loyalty.errors import PurchaseNotFree, UnknownPurchase
from loyalty.events import PurchaseRecorded
from loyalty.journal import Cause
from loyalty.kernel.audit import record_audit
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, PurchaseReturn, TierChange
from loyalty.programme import Per, Programme
from loyalty.queries.programme import current_programme, programme_of
from loyalty.queries.purchases import settled_lines
from loyalty.queries.tiers import tier_progress
from loyalty.receipts import purchase_document
from loyalty.sales import Totals
from loyalty.settling import earn_into, note_activity, settle, waits_until
from loyalty.values import (
    ClaimWhy,
    IssuedVoucher,
    MemberId,
    PointsEffect,
    PurchaseId,
    PurchaseReceipt,
    Sale,
    SaleKey,
    SaleLine,
)
from loyalty.vouchers import counted_spend, vouchers_due


def attach_purchase(
    tx: Tx,
    *,
    keys: Keys,
    member_id: MemberId,
    purchase_id: PurchaseId,
    effects: Sequence[PointsEffect] = (),
) -> PurchaseReceipt:
    """Let a purchase that belongs to nobody be a member's; return what it brings her.

    ``effects`` are the points of the offers of that day. It happens once: whoever comes second,
    even for the same member, is refused.

    Raises:
        UnknownPurchase: there is none, or it was practice.
        PurchaseNotFree: it is somebody's already, or some of it came back.
        UnknownMember, MemberBlocked: the member does not earn.
    """
    hold_referrer(tx, member_id)
    row = _plain_row(tx, purchase_id)
    programme = programme_of(tx, row.programme_version_id)
    journals = open_member(tx, member_id, _units(programme, effects))
    _refuse_taken(tx, purchase_id, member_id)
    work = _work(tx, row, programme, member_id, effects)
    settle(journals, programme, tx.now)
    _post(tx, journals, work)
    write_wallets(tx, journals.values())
    receipt = _credited(tx, keys, work, journals)
    _write(tx, work, receipt)
    referred_bought(
        tx,
        member_id=member_id,
        purchase_id=purchase_id,
        total_minor=receipt.total_minor,
        on=work.day,
    )
    meet_challenges(tx, programme, member_id, occurred_at=row.occurred_at)
    record_audit(tx, action="attach-purchase", subject=purchase_id, details={"member": member_id})
    tx.announce(PurchaseRecorded(purchase_id=purchase_id, member_id=member_id))
    return receipt


def level_at(tx: Tx, member_id: MemberId, instant: Any) -> str:
    """Return the level that a member had at an instant."""
    after = (
        select(TierChange.from_level)
        .where(TierChange.member_id == member_id, TierChange.at > instant)
        .order_by(TierChange.seq)
        .limit(1)
    )
    found = tx.run(after).scalar()
    return tier_progress(tx, member_id).level if found is None else str(found)


@dataclass(frozen=True, slots=True)
class _Work:
    """A purchase with what it would have earned, had the card been shown."""

    row: Any
    sale: Sale
    programme: Programme
    earning: Earning

    @property
    def purchase_id(self) -> PurchaseId:
        """Return which purchase it is."""
        return PurchaseId(self.row.id)

    @property
    def member_id(self) -> MemberId:
        """Return whose it becomes."""
        assert self.sale.member_id is not None, "it is attached to somebody"
        return self.sale.member_id

    @property
    def day(self) -> date:
        """Return the local day on which it counts."""
        return self.programme.local_day(self.row.occurred_at)

    @property
    def voucher_spend_minor(self) -> int:
        """Return how much of it counts towards the next voucher."""
        rule = self.programme.vouchers
        return counted_spend(rule, self.row.basis_minor) if rule is not None else 0


def _plain_row(tx: Tx, purchase_id: PurchaseId) -> Any:
    row = tx.run(select(Purchase).where(Purchase.id == purchase_id)).first()
    if row is None or row.training:
        raise UnknownPurchase(purchase_id)
    return row


def _refuse_taken(tx: Tx, purchase_id: PurchaseId, member_id: MemberId) -> None:
    """Hold the purchase, and refuse one that is not free."""
    held = select(Purchase.member_id).where(Purchase.id == purchase_id).with_for_update()
    owner = tx.run(held).scalar_one()
    if owner is not None:
        mine = owner == member_id
        why = ClaimWhy.ALREADY_YOURS if mine else ClaimWhy.OTHER_MEMBER
        raise PurchaseNotFree(purchase_id, why.value)
    came_back = exists().where(PurchaseReturn.purchase_id == purchase_id)
    if tx.run(select(came_back)).scalar():
        raise PurchaseNotFree(purchase_id, ClaimWhy.RETURNED.value)


def _units(programme: Programme, effects: Sequence[PointsEffect]) -> set[str]:
    named = {rule.wallet for rule in programme.earn if rule.per is not Per.EVENT}
    return (named | {effect.wallet for effect in effects}) & set(programme.wallets)


def _work(
    tx: Tx,
    row: Any,
    programme: Programme,
    member_id: MemberId,
    effects: Sequence[PointsEffect],
) -> _Work:
    """Work out what the purchase earns by the rules and the level of its day."""
    lines = settled_lines(tx, PurchaseId(row.id))
    sale = _sale(row, member_id, lines, effects)
    day = programme.local_day(row.occurred_at)
    visit = visit_of(tx, sale, programme, PurchaseId(row.id))
    earlier = exists().where(
        Purchase.member_id == member_id, Purchase.occurred_at < row.occurred_at
    )
    first = visit.first_purchase or not tx.run(select(earlier)).scalar()
    then: Visit = replace(
        visit, tier=level_at(tx, member_id, row.occurred_at), first_purchase=first
    )
    earning = earn(programme, lines, on=day, effects=effects, visit=then)
    return _Work(row, sale, programme, earning)


def _sale(
    row: Any, member_id: MemberId, lines: tuple[SaleLine, ...], effects: Sequence[PointsEffect]
) -> Sale:
    """Return the sale as the till would have sent it with her card."""
    return Sale(
        key=SaleKey(row.store_id, row.till, row.business_on, row.sequence),
        occurred_at=row.occurred_at,
        currency=row.currency,
        lines=lines,
        request_hash=row.request_hash,
        member_id=member_id,
        points_effects=tuple(effects),
    )


def _post(tx: Tx, journals: Journals, work: _Work) -> None:
    """Post what it earns into each wallet; what would have lapsed by now lapses at once."""
    programme, now = work.programme, tx.now
    note_activity(journals, programme, work.day, now)
    for unit, points in work.earning.by_unit.items():
        if points <= 0:
            continue
        main = unit == programme.default_wallet
        fired = work.earning.earned.fired
        cause = Cause(
            source=f"purchase:{work.purchase_id}" + ("" if main else f":{unit}"),
            request_hash=work.row.request_hash,
            programme_version_id=programme.version_id,
            occurred_at=work.row.occurred_at,
            posted_at=now,
            reasons=tuple(o for o in fired if (o.unit or programme.default_wallet) == unit),
            purchase_id=work.purchase_id,
        )
        earn_into(journals, programme, unit=unit, points=points, day=work.day, cause=cause)
    settle(journals, programme, now)


def _credited(tx: Tx, keys: Keys, work: _Work, journals: Journals) -> PurchaseReceipt:
    """Let the spend count on the stairs and towards vouchers; return the receipt."""
    now = current_programme(tx)
    earned = work.earning.by_unit
    credit = Credit(
        on=work.day,
        spend_minor=work.row.basis_minor,
        voucher_spend_minor=work.voucher_spend_minor,
        earned=earned.get(now.tier_wallet, 0),
        cause=f"purchase:{work.purchase_id}",
    )
    moved, progress = credit_sale(tx, work.member_id, now, credit)
    rule, vouchers = work.programme.vouchers, _NO_VOUCHERS
    if rule is not None and progress is not None:
        due = vouchers_due(rule, spend_minor=progress.spend_minor, issued=progress.issued)
        vouchers = issue_vouchers(
            tx,
            keys=keys,
            member_id=work.member_id,
            rule=rule,
            earned_on=work.day,
            purchase_id=work.purchase_id,
            count=max(0, due),
        )
    row, unit = work.row, work.programme.default_wallet
    totals = Totals(row.total_minor, row.discount_minor, row.basis_minor, work.voucher_spend_minor)
    due_on = waits_until(work.programme, unit, work.day)
    waits = due_on is not None and due_on > work.programme.local_day(tx.now)
    return replace(
        opening_receipt(work.purchase_id, work.sale, totals, work.earning),
        due_minor=row.due_minor,
        balance=journals[unit].balance if unit else None,
        balances={u: one.balance for u, one in journals.items() if u in now.wallets},
        pending={unit: earned[unit]} if waits and earned.get(unit) else {},
        tier_before=moved.before,
        tier=moved.tier,
        vouchers=vouchers,
    )


_NO_VOUCHERS: tuple[IssuedVoucher, ...] = ()


def _write(tx: Tx, work: _Work, receipt: PurchaseReceipt) -> None:
    """Write whose purchase it is now, and what each rule gave for each line."""
    found = detail_rows(work.purchase_id, work.sale.lines, work.earning.lines, {})
    insert_details(tx, replace(found, lines=[], shares=[]))
    complete_purchase(
        tx,
        work.purchase_id,
        {
            "member_id": work.member_id,
            "points": work.earning.earned.points,
            "voucher_spend_minor": work.voucher_spend_minor,
            "receipt": purchase_document(receipt),
        },
    )
