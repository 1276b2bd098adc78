"""What the programme keeps pays at the till: stored value, points, vouchers, gift cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from loyalty.commands.gift_cards import load_gift_card, pay_with_gift_card
from loyalty.commands.tendering import grains_of, tender_points, tender_wallet
from loyalty.commands.voucher_uses import keep_rest
from loyalty.commands.vouchers import use_vouchers
from loyalty.errors import NoRedemption, SaleInconsistent
from loyalty.journal import Cause, Journal
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Voucher
from loyalty.programme import Programme
from loyalty.sales import KEPT_TENDERS, fills_something
from loyalty.values import LineKind, PurchaseId, SaleLine, Tender, VoucherId, VoucherState
from loyalty.words import Contra, PostingKind


@dataclass(slots=True)
class Counter:
    """A sale at the till while it is being paid: what is due falls with each tender.

    ``cause`` is the sale's; ``charged`` counts what left each wallet, in grains, upwards.
    ``paid`` is what each tender came to, kept with the purchase so that a return can undo it.
    ``till_minor`` is what the till's own tenders pay of what is due.
    """

    programme: Programme
    purchase_id: PurchaseId
    journals: Mapping[str, Journal]
    cause: Cause
    due_minor: int
    keys: Keys
    till_minor: int = 0
    tendered_minor: int = 0
    voucher_minor: int = 0
    charged: dict[str, int] = field(default_factory=dict)
    paid: list[dict[str, Any]] = field(default_factory=list)

    def open_to(self, tender: Tender) -> int:
        """Return what a tender may pay: what is due, less what the till took when it names none."""
        if tender.amount_minor is not None:
            return self.due_minor
        return max(0, self.due_minor - self.till_minor)

    def named(self, what: str) -> Cause:
        """Return the sale's cause under a name of its own."""
        return replace(self.cause, source=f"{self.cause.source}:{what}")


def pay(tx: Tx, counter: Counter, tenders: Iterable[Tender]) -> None:
    """Let each tender pay that the programme keeps itself; the till's own are left alone.

    Raises:
        NotEnoughPoints, WalletCannotPay, NoRedemption: a wallet does not pay.
        UnknownGiftCard, GiftCardShort: a gift card does not pay.
        UnknownVoucher, VoucherNotUsable: a voucher does not pay.
    """
    for number, tender in enumerate(tenders, start=1):
        if tender.kind not in KEPT_TENDERS:
            left = counter.due_minor if tender.amount_minor is None else tender.amount_minor
            counter.till_minor += left
            continue
        if tender.kind == "voucher":
            _with_vouchers(tx, counter, tender)
            continue
        paid = (
            _with_gift_card(tx, counter, tender, number)
            if tender.kind == "gift_card"
            else _with_wallet(tx, counter, tender, number)
        )
        counter.due_minor -= paid
        counter.tendered_minor += paid


def fill(tx: Tx, counter: Counter, lines: Iterable[SaleLine], *, usable_at_once: bool) -> None:
    """Load what the sale's lines buy: wallets that may pay in it at once, or the rest.

    Gift cards are loaded with the latter.

    Raises:
        SaleInconsistent: a line names a wallet that the programme does not have.
    """
    for line in lines:
        if not fills_something(line):
            continue
        if line.kind is LineKind.GIFT_CARD:
            if not usable_at_once and line.gift_card:
                source = f"purchase:{counter.purchase_id}:{line.line_no}"
                load_gift_card(
                    tx,
                    gift_card_id=line.gift_card,
                    amount_minor=line.paid_minor,
                    source=source,
                    purchase_id=counter.purchase_id,
                )
            continue
        journal = counter.journals.get(line.wallet or counter.programme.default_wallet)
        if journal is None:
            raise SaleInconsistent("a top-up needs a member and one of her wallets", line.line_no)
        if journal.rule.top_up_first is usable_at_once:
            _top_up(counter, journal, line)


def _top_up(counter: Counter, journal: Journal, line: SaleLine) -> None:
    """Post money that was paid in; it lasts as long as points of the day do."""
    grains = grains_of(journal, counter.programme, line.paid_minor)
    day = counter.programme.local_day(counter.cause.occurred_at)
    if grains:
        journal.grant(
            PostingKind.TOP_UP,
            Contra.PAID_IN,
            [(journal.rule.expiry.expires_on(day), grains)],
            counter.named(f"topup:{line.line_no}"),
        )


def _with_wallet(tx: Tx, counter: Counter, tender: Tender, number: int) -> int:
    """Let a wallet pay: stored value, or points at their worth."""
    redemption = counter.programme.redemption
    if tender.kind == "points":
        if redemption is None:
            raise NoRedemption
        unit = tender.wallet or redemption.wallet
    else:
        unit = tender.wallet or counter.programme.default_wallet
    journal = counter.journals.get(unit)
    if journal is None:
        raise SaleInconsistent("a tender needs a member and one of her wallets")
    before, last = journal.balance, journal.seq
    tendered = tender_points if tender.kind == "points" else tender_wallet
    paid = tendered(
        journal,
        counter.programme,
        asked_minor=tender.amount_minor,
        due_minor=counter.open_to(tender),
        cause=counter.named(f"tender:{number}"),
        now=tx.now,
    )
    points = before - journal.balance
    counter.charged[unit] = counter.charged.get(unit, 0) + points
    if journal.seq > last:
        told = {"wallet": unit, "points": points, "seq": journal.seq}
        counter.paid.append({"kind": tender.kind, "paid_minor": paid, **told})
    return paid


def _with_gift_card(tx: Tx, counter: Counter, tender: Tender, number: int) -> int:
    receipt = pay_with_gift_card(
        tx,
        gift_card_id=tender.gift_card,
        due_minor=counter.open_to(tender),
        asked_minor=tender.amount_minor,
        source=f"purchase:{counter.purchase_id}:tender:{number}",
        purchase_id=counter.purchase_id,
    )
    paid = -receipt.amount_minor
    if paid:
        told = {"gift_card": tender.gift_card, "paid_minor": paid}
        counter.paid.append({"kind": tender.kind, **told})
    return paid


def _with_vouchers(tx: Tx, counter: Counter, tender: Tender) -> None:
    """Let a voucher pay, or, when none is named, those that she has as far as they are needed."""
    holder = next(iter(counter.journals.values()), None)
    if holder is None:
        raise SaleInconsistent("vouchers and points need a member")
    wanted = counter.open_to(tender)
    if tender.amount_minor is not None:
        wanted = min(wanted, tender.amount_minor)
    ids = [tender.voucher_id] if tender.voucher_id else _her_vouchers(tx, holder, wanted)
    worth = use_vouchers(
        tx, member_id=holder.member_id, voucher_ids=ids, purchase_id=counter.purchase_id
    )
    paid = min(worth, wanted)
    keep_rest(
        tx,
        keys=counter.keys,
        programme=counter.programme,
        member_id=holder.member_id,
        purchase_id=counter.purchase_id,
        rest_minor=worth - paid,
    )
    counter.due_minor -= paid
    counter.voucher_minor += paid


def _her_vouchers(tx: Tx, holder: Journal, wanted_minor: int) -> list[VoucherId]:
    """Return the member's vouchers, the first to expire first, that it takes to pay so much."""
    rows = tx.run(
        select(Voucher.id, Voucher.value_minor)
        .where(Voucher.member_id == holder.member_id, Voucher.state == VoucherState.ISSUED)
        .order_by(Voucher.expires_on, Voucher.id)
    ).all()
    chosen: list[VoucherId] = []
    for row in rows:
        if wanted_minor <= 0:
            break
        chosen.append(row.id)
        wanted_minor -= row.value_minor
    return chosen
