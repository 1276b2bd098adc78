"""A sale that does more than fill one wallet: points pay, several wallets move, others earn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from loyalty.commands.again import earned_again, spent_again
from loyalty.commands.paying import Counter, fill, pay
from loyalty.commands.reward_stock import ClaimPlace
from loyalty.commands.spending import Settled, plain_payable, post_spending, settle_spending
from loyalty.commands.tendering import redeemed_tenders
from loyalty.commands.visits import visit_of
from loyalty.commands.voucher_uses import keep_rest
from loyalty.commands.vouchers import use_vouchers
from loyalty.commands.wallets import Journals, open_members, refuse_inactive, write_wallets
from loyalty.earning import NOTHING, Earning, Visit, earn
from loyalty.journal import Cause, Journal
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.programme import Per, Programme
from loyalty.queries.programme import book_rules
from loyalty.sales import spread_redeemed
from loyalty.settling import earn_into, note_activity, settle, waits_until
from loyalty.values import Payable, PurchaseId, Sale, SaleLine

NO_JOURNALS: Journals = {}


@dataclass(frozen=True, slots=True)
class Sold:
    """What a sale came to once everything had paid.

    ``redeemed`` says how much of each line spent points paid; ``charged`` what left each wallet;
    ``paid`` which tenders took it.
    """

    lines: tuple[SaleLine, ...]
    earning: Earning
    redeemed: Mapping[int, int]
    voucher_minor: int
    redeemed_minor: int
    tendered_minor: int
    pending: Mapping[str, int]
    charged: Mapping[str, int]
    balances: Mapping[str, int]
    paid: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Deal:
    """A sale with what decides about it, and the open wallets of who pays and who earns."""

    keys: Keys
    sale: Sale
    programme: Programme
    purchase_id: PurchaseId
    mine: Journals
    theirs: Journals
    cause: Cause
    visit: Visit

    @property
    def day(self) -> date:
        """Return the local day on which the sale counts."""
        return self.programme.local_day(self.sale.occurred_at)


def sell(tx: Tx, keys: Keys, sale: Sale, programme: Programme, purchase_id: PurchaseId) -> Sold:
    """Settle a sale that is claimed: rewards, vouchers, points, tenders, then what it earns.

    What has lapsed and what has become due is posted first. Points of this purchase come before
    what is redeemed where the programme lets them be used at once, after it otherwise.

    Raises:
        Whatever a reward, a redemption or a tender is refused with; nothing is left then.
    """
    sale = _redeeming(sale)
    deal = _open(tx, keys, sale, programme, purchase_id)
    worth = 0
    if sale.member_id is not None:
        ids, buyer = sale.voucher_ids, sale.member_id
        worth = use_vouchers(tx, member_id=buyer, voucher_ids=ids, purchase_id=purchase_id)
    settled = _spending(tx, deal, worth)
    total = sum(line.owed_minor for line in settled.lines)
    voucher_minor = min(worth, total)
    _keep_rest(tx, deal, worth - voucher_minor)
    redeemed = spread_redeemed(settled.lines, voucher_minor + settled.redeemed_minor)
    earning = _earning(deal, settled.lines, redeemed)
    if sale.reinstates is not None and sale.member_id is not None:
        earning = earned_again(tx, programme, sale.reinstates)
    due = total - voucher_minor - settled.redeemed_minor
    counter = Counter(programme, purchase_id, deal.mine, deal.cause, due, keys)
    earned_first = programme.redemption is not None and programme.redemption.current_purchase_usable
    if earned_first:
        _post_earned(deal, earning)
    _spend(tx, deal, settled)
    fill(tx, counter, settled.lines, usable_at_once=True)
    pay(tx, counter, sale.tenders)
    if not earned_first:
        _post_earned(deal, earning)
    fill(tx, counter, settled.lines, usable_at_once=False)
    write_wallets(tx, _all(deal))
    counter.voucher_minor += voucher_minor
    return _sold(deal, counter, settled, earning=earning, redeemed=redeemed)


def _redeeming(sale: Sale) -> Sale:
    """Return a member's sale with the points that are tendered among what she redeems."""
    if sale.member_id is None or sale.reinstates or all(t.kind != "points" for t in sale.tenders):
        return sale
    asked, tenders = redeemed_tenders(sale.tenders)
    return replace(sale, spending=(*sale.spending, *asked), tenders=tenders)


def _sold(
    deal: Deal,
    counter: Counter,
    settled: Settled,
    *,
    earning: Earning,
    redeemed: Mapping[int, int],
) -> Sold:
    """Return what the sale came to."""
    return Sold(
        lines=settled.lines,
        earning=earning,
        redeemed=redeemed,
        voucher_minor=counter.voucher_minor,
        redeemed_minor=settled.redeemed_minor,
        tendered_minor=counter.tendered_minor,
        pending=_pending(deal, earning),
        charged=_together(settled.charged, counter.charged),
        balances={u: j.balance for u, j in deal.mine.items() if u in deal.programme.wallets},
        paid=counter.paid,
    )


def _keep_rest(tx: Tx, deal: Deal, rest: int) -> None:
    """Leave on a voucher what the sale did not need of those it used."""
    buyer = deal.sale.member_id
    if buyer is not None:
        keep_rest(
            tx,
            keys=deal.keys,
            programme=deal.programme,
            member_id=buyer,
            purchase_id=deal.purchase_id,
            rest_minor=rest,
        )


def _open(tx: Tx, keys: Keys, sale: Sale, programme: Programme, purchase_id: PurchaseId) -> Deal:
    """Hold every wallet that the sale may move, and let time catch up with them."""
    cause = Cause(
        source=f"purchase:{purchase_id}",
        request_hash=sale.request_hash,
        programme_version_id=programme.version_id,
        occurred_at=sale.occurred_at,
        posted_at=tx.now,
        purchase_id=purchase_id,
    )
    mine = theirs = NO_JOURNALS
    visit = Visit(codes=frozenset())
    if sale.member_id is not None:
        people = list(dict.fromkeys([sale.member_id, sale.beneficiary_id or sale.member_id]))
        opened = open_members(tx, people, _units(tx, sale, programme))
        for one in people:
            refuse_inactive(tx, one)
        mine, theirs = opened[people[0]], opened[people[-1]]
        for journals in opened.values():
            settle(journals, programme, tx.now)
        visit = visit_of(tx, sale, programme, purchase_id)
    return Deal(keys, sale, programme, purchase_id, mine, theirs, cause, visit)


def _units(tx: Tx, sale: Sale, programme: Programme) -> set[str]:
    """Return the wallets that a sale may move, besides the default one."""
    units = {rule.wallet for rule in programme.earn if rule.per is not Per.EVENT}
    units |= {effect.wallet for effect in sale.points_effects}
    units |= {tender.wallet for tender in sale.tenders} | {line.wallet for line in sale.lines}
    units |= {reward.wallet for reward in programme.rewards if sale.spending}
    units |= {asked.wallet for asked in sale.spending} | set(book_rules(tx).idle)
    if programme.redemption is not None:
        units.add(programme.redemption.wallet)
    return units & set(book_rules(tx).wallets)


def _spending(tx: Tx, deal: Deal, voucher_worth: int) -> Settled:
    """Return what the member spends: rewards lower the lines, points pay what is left."""
    sale, programme = deal.sale, deal.programme
    asked = [one for one in sale.spending if one.voucher_id is None]
    if sale.member_id is None or not (asked or sale.reinstates):
        return Settled(sale.lines)
    today = programme.local_day(tx.now)
    usable = {u: j.usable(lapse_day=j.lapse_day(today)) for u, j in deal.mine.items()}
    if sale.reinstates is not None:
        return spent_again(tx, sale.reinstates, lines=sale.lines, journals=deal.mine, usable=usable)

    def payable(lines: Sequence[SaleLine]) -> Payable:
        total = sum(line.owed_minor for line in lines)
        plain = plain_payable(lines)
        return Payable(total, max(0, total - voucher_worth), plain.net_minor)

    def earned(lines: Sequence[SaleLine], redeemed_minor: int) -> int:
        paid = spread_redeemed(lines, voucher_worth + redeemed_minor)
        wallet = programme.redemption.wallet if programme.redemption else ""
        if deal.theirs is not deal.mine or _waits(deal, wallet):
            return 0
        return _earning(deal, lines, paid).by_unit.get(wallet, 0)

    return settle_spending(
        tx,
        programme,
        asked,
        lines=sale.lines,
        usable=usable,
        place=_place(deal),
        payable_of=payable,
        earned_of=earned,
    )


def _place(deal: Deal) -> ClaimPlace:
    sale = deal.sale
    assert sale.member_id is not None, "only members claim"
    return ClaimPlace(sale.member_id, deal.day, sale.key.store_id, sale.staff_id or "")


def _spend(tx: Tx, deal: Deal, settled: Settled) -> None:
    if settled.rewards or settled.redeemed:
        post_spending(
            tx,
            keys=deal.keys,
            programme=deal.programme,
            settled=settled,
            journals=deal.mine,
            purchase_id=deal.purchase_id,
            cause=deal.cause,
            place=_place(deal),
        )


def _earning(deal: Deal, lines: Sequence[SaleLine], redeemed: Mapping[int, int]) -> Earning:
    """Return what the lines earn when so much of each is paid with points."""
    if deal.sale.member_id is None:
        return NOTHING
    visit = replace(deal.visit, redeemed=redeemed)
    effects = deal.sale.points_effects
    return earn(deal.programme, lines, on=deal.day, effects=effects, visit=visit)


def _post_earned(deal: Deal, earning: Earning) -> None:
    """Post what the sale earns into each wallet, the default one under the sale's own name."""
    programme = deal.programme
    if not deal.theirs:
        return
    note_activity(deal.theirs, programme, deal.day, deal.cause.posted_at)
    for unit, points in earning.by_unit.items():
        if points <= 0:
            continue
        main = unit == programme.default_wallet
        cause = replace(
            deal.cause,
            source=deal.cause.source + ("" if main else f":{unit}"),
            reasons=tuple(
                one
                for one in earning.earned.fired
                if (one.unit or programme.default_wallet) == unit
            ),
        )
        earn_into(deal.theirs, programme, unit=unit, points=points, day=deal.day, cause=cause)


def _waits(deal: Deal, unit: str) -> bool:
    """Tell whether points of this sale wait before they count."""
    due_on = waits_until(deal.programme, unit, deal.day)
    return due_on is not None and due_on > deal.programme.local_day(deal.cause.posted_at)


def _pending(deal: Deal, earning: Earning) -> dict[str, int]:
    return {unit: n for unit, n in earning.by_unit.items() if n and _waits(deal, unit)}


def _all(deal: Deal) -> list[Journal]:
    """Return every open wallet once."""
    mine = list(deal.mine.values())
    return mine if deal.theirs is deal.mine else [*mine, *deal.theirs.values()]


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {unit: one.get(unit, 0) + other.get(unit, 0) for unit in {**one, **other}}
