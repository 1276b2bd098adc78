"""Recording a return without a receipt, by the programme's policy for it.

Nobody can tell which purchase it was. So the articles count at today's price, and at what they
would earn today; more than the policy lets go is never taken from whoever brings them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from loyalty.commands.credits import add_credit, settle_level
from loyalty.commands.gift_cards import load_gift_card
from loyalty.commands.loose_rows import Brought, insert_loose_return
from loyalty.commands.voucher_spend import take_voucher_spend
from loyalty.commands.wallets import Journals, open_member, write_wallets
from loyalty.earning import Earning, Visit, earn
from loyalty.errors import (
    CardNeeded,
    GiftCardNeeded,
    ManagerNeeded,
    NotBoughtLately,
    ReceiptNeeded,
    TooManyReturns,
)
from loyalty.events import ReturnedWithoutReceipt
from loyalty.journal import Cause
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.programme import LoosePolicy, LooseRule, Metric, Per, Programme, RefundOn, ShortBalance
from loyalty.queries.loose import loose_returns_since, still_there
from loyalty.queries.programme import current_programme
from loyalty.queries.sales import find_return
from loyalty.queries.tiers import tier_progress
from loyalty.sales import counting_basis
from loyalty.settling import Filled, settle, take_earned_back
from loyalty.values import BroughtBack, Fired, MemberId, ReturnId, ReturnReceipt, TierProgress
from loyalty.words import WITHOUT_RECEIPT


def record_loose_return(tx: Tx, *, brought: BroughtBack) -> ReturnReceipt:
    """Write down that articles came back without a receipt; money, points and credit follow.

    Points leave at what the articles earn today without any promotion, no further than her
    balance; spend leaves the running window of the stairs, never below zero. The till's own key
    makes it happen once: the same content again answers with the first receipt.

    Raises:
        SaleConflict: the key stands for other content.
        ReceiptNeeded, CardNeeded, ManagerNeeded, GiftCardNeeded: the programme wants more.
        TooManyReturns, NotBoughtLately: the member did so too often, or has no such article.
        UnknownMember, MemberBlocked, UnknownStore: nothing was recorded.
    """
    programme = current_programme(tx)
    journals: Journals = {}
    if brought.member_id is not None:
        journals = open_member(tx, brought.member_id, _units(programme))
    earlier = find_return(tx, brought.key, request_hash=brought.request_hash)
    if earlier is not None:
        return earlier
    _refuse_by_policy(programme.returns.loose, brought)
    if brought.member_id is not None:
        _refuse_too_much(tx, programme, brought, brought.member_id)
    found = _worked_out(tx, ReturnId(tx.new_id("ret")), brought, programme, journals)
    insert_loose_return(tx, found)
    for gift_card, minor in found.receipt.gift_cards.items():
        source = f"return:{found.receipt.return_id}"
        load_gift_card(tx, gift_card_id=gift_card, amount_minor=minor, source=source)
    _tell(tx, found)
    return found.receipt


def _tell(tx: Tx, found: Brought) -> None:
    """Leave word of the return: for who looks after cashiers, and for who listens."""
    brought, receipt = found.brought, found.receipt
    facts = {
        "member": brought.member_id,
        "staff": brought.staff_id,
        "value_minor": _value(brought),
        "points": receipt.points,
        "approved_by": brought.approved_by,
    }
    subject = receipt.return_id
    record_audit(tx, action="return-without-receipt", subject=subject, details=facts)
    tx.announce(
        ReturnedWithoutReceipt(
            return_id=receipt.return_id,
            member_id=brought.member_id or "",
            staff_id=brought.staff_id or "",
            value_minor=_value(brought),
        )
    )


def _refuse_by_policy(rule: LooseRule, brought: BroughtBack) -> None:
    """Refuse what the programme does not allow, or not like this."""
    if rule.policy is LoosePolicy.REFUSED:
        raise ReceiptNeeded
    if rule.member_required and brought.member_id is None:
        raise CardNeeded
    if rule.refund is RefundOn.GIFT_CARD and not brought.gift_card:
        raise GiftCardNeeded
    if rule.needs_manager(_value(brought)) and not brought.approved_by:
        raise ManagerNeeded(_value(brought))


def _refuse_too_much(
    tx: Tx, programme: Programme, brought: BroughtBack, member_id: MemberId
) -> None:
    """Refuse what a member does too often, and articles that she did not buy lately."""
    rule = programme.returns.loose
    if rule.times is not None:
        since = brought.occurred_at - timedelta(days=rule.days)
        if loose_returns_since(tx, member_id, since) >= rule.times:
            raise TooManyReturns(times=rule.times, days=rule.days)
    if rule.bought_within_days is None:
        return
    since = brought.occurred_at - timedelta(days=rule.bought_within_days)
    wanted: dict[str, int] = {}
    for line in brought.lines:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity_milli
    left = still_there(tx, member_id, list(wanted), since)
    for sku, milli in wanted.items():
        if milli > left.get(sku, 0):
            raise NotBoughtLately(sku, max(0, left.get(sku, 0)), rule.bought_within_days)


def _worked_out(
    tx: Tx,
    return_id: ReturnId,
    brought: BroughtBack,
    programme: Programme,
    journals: Journals,
) -> Brought:
    """Take points, credit and vouchers back; return all that is to be written down."""
    day, member_id = programme.local_day(brought.occurred_at), brought.member_id
    plain = _receipt(return_id, brought, programme.returns.loose.refund)
    if member_id is None or programme.returns.loose.policy is LoosePolicy.LEAVE_POINTS:
        return Brought(brought, programme, plain, day)
    tier = tier_progress(tx, member_id)
    earning = _earning(programme, brought, day, tier)
    settle(journals, programme, tx.now)
    taken = {
        unit: _take(tx, journals, unit, points, _Why(return_id, brought, programme))
        for unit, points in earning.by_unit.items()
        if points > 0 and unit in journals
    }
    write_wallets(tx, journals.values())
    credit = _credit(programme, brought, earning, tier)
    if credit.spend_minor or credit.points:
        gone = {"spend_minor": -credit.spend_minor, "earned": -credit.points}
        add_credit(tx, member_id, programme, on=day, **gone)
    moved = settle_level(tx, member_id, programme, cause=f"return:{return_id}")
    vouchers = take_voucher_spend(tx, programme, member_id, sum(_spend(programme, brought)))
    due = earning.by_unit
    receipt = replace(
        plain,
        points=-taken.get(programme.default_wallet, 0),
        spend_minor=credit.spend_minor,
        balance=journals[programme.main_unit].balance if programme.default_wallet else None,
        tier_before=moved.before,
        tier=moved.tier,
        cancelled_vouchers=vouchers.cancelled,
        earned_by_unit={unit: -points for unit, points in taken.items()},
        fired=_fired(earning),
        forgiven={u: n - taken.get(u, 0) for u, n in due.items() if n > taken.get(u, 0)},
        balances={u: one.balance for u, one in journals.items() if u in programme.wallets},
    )
    main = due.get(programme.default_wallet, 0)
    return Brought(brought, programme, receipt, day, main, vouchers.spend_minor)


def _receipt(return_id: ReturnId, brought: BroughtBack, on: RefundOn) -> ReturnReceipt:
    """Return the receipt of a return that moves nothing of a member's."""
    value, on_card = _value(brought), on is RefundOn.GIFT_CARD
    return ReturnReceipt(
        return_id=return_id,
        purchase_id=None,
        replayed=False,
        refund_minor=0 if on_card else value,
        points=0,
        spend_minor=0,
        balance=None,
        tier_before=None,
        tier=None,
        gift_cards={brought.gift_card: value} if on_card and value else {},
    )


def _earning(programme: Programme, brought: BroughtBack, day: date, tier: TierProgress) -> Earning:
    """Return what the articles would earn now: no code, no first purchase, no offer."""
    at = brought.occurred_at.astimezone(programme.zone).time()
    return earn(programme, brought.lines, on=day, visit=Visit(tier=tier.level, at=at))


@dataclass(frozen=True, slots=True)
class _Why:
    """The return because of which points leave."""

    return_id: ReturnId
    brought: BroughtBack
    programme: Programme


def _take(tx: Tx, journals: Journals, unit: str, points: int, why: _Why) -> int:
    """Post what leaves one wallet, no further than its balance."""
    programme, main = why.programme, unit == why.programme.default_wallet
    cause = Cause(
        source=f"return:{why.return_id}" + ("" if main else f":{unit}"),
        request_hash=why.brought.request_hash,
        programme_version_id=programme.version_id,
        occurred_at=why.brought.occurred_at,
        posted_at=tx.now,
        reasons=(Fired(WITHOUT_RECEIPT, -points, 0),),
    )
    left = take_earned_back(
        journals,
        unit=unit,
        points=points,
        filled=Filled(),
        policy=_policy(programme),
        cause=cause,
        lapse_day=journals[unit].lapse_day(programme.local_day(tx.now)),
    )
    return left.points


def _policy(programme: Programme) -> ShortBalance:
    """Return how far a wallet may fall: nobody goes into debt for what she may not have earned."""
    only_waiting = programme.returns.short_balance is ShortBalance.ONLY_PENDING
    return ShortBalance.ONLY_PENDING if only_waiting else ShortBalance.WITHIN_BALANCE


@dataclass(frozen=True, slots=True)
class _Credit:
    """What leaves the window of the stairs."""

    spend_minor: int
    points: int


def _credit(
    programme: Programme, brought: BroughtBack, earning: Earning, tier: TierProgress
) -> _Credit:
    """Return what leaves the running window: what decides the level, never more than is in it."""
    metric, most = programme.tiers.metric, max(0, tier.spend_minor)
    spend = min(most, sum(_spend(programme, brought))) if metric is Metric.SPEND else 0
    points = earning.by_unit.get(programme.tier_wallet, 0) if metric is Metric.EARNED else 0
    return _Credit(spend, min(most, points))


def _spend(programme: Programme, brought: BroughtBack) -> list[int]:
    return list(counting_basis(programme, brought.lines).values())


def _value(brought: BroughtBack) -> int:
    return sum(line.paid_minor for line in brought.lines)


def _fired(earning: Earning) -> tuple[Fired, ...]:
    """Return what each rule takes back, whatever the balance."""
    return tuple(
        Fired(one.rule, -one.points, one.basis_minor, one.line_nos, one.label, one.unit)
        for one in earning.earned.fired
    )


def _units(programme: Programme) -> set[str]:
    """Return the wallets that purchases fill, besides the default one."""
    named = {rule.wallet for rule in programme.earn if rule.per is not Per.EVENT}
    return named & set(programme.wallets)
