"""What a return gives back: points that were spent, stored value, gift cards; and top-ups undone.

Money that was paid as money goes back first, then what wallets, points and gift cards tendered,
the last one first, then vouchers. What points redeemed goes back with its own policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select, update

from loyalty.commands.gift_cards import give_back_to_gift_card, take_off_gift_card
from loyalty.commands.return_effects import Coming
from loyalty.commands.reversing import give_back_taken, posting_of
from loyalty.commands.reward_stock import ClaimPlace, give_claims_back
from loyalty.commands.tendering import grains_of
from loyalty.commands.vouchers import withdraw_given
from loyalty.commands.wallets import Journals
from loyalty.kernel.tx import Tx
from loyalty.models import Redemption
from loyalty.programme import Programme, SpentBack
from loyalty.queries.programme import current_programme
from loyalty.returning import Back, refunded, spent_back
from loyalty.values import RedemptionState
from loyalty.words import Contra, PostingKind


@dataclass(slots=True)
class Given:
    """What went back to a member: grains by wallet, counted upwards, and money by gift card."""

    points: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    gift_cards: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """How the value of all that has come back so far falls on what had paid for it."""

    redeemed_minor: int
    money_minor: int
    tendered_minor: int


def split_of(coming: Coming, back: Back) -> Split:
    """Return what points, money and tenders had paid of what is back; vouchers paid the rest."""
    purchase, value = coming.purchase, coming.goods.value(back)
    redeemed = redeemed_back(coming, value)
    rest = value - redeemed
    money = purchase.due_minor - purchase.redeemed_minor - purchase.tendered_minor
    return Split(
        redeemed_minor=redeemed,
        money_minor=min(rest, money),
        tendered_minor=min(max(0, rest - money), purchase.tendered_minor),
    )


def redeemed_back(coming: Coming, value_minor: int) -> int:
    """Return the money for which redeemed points come back instead, of so much value returned."""
    purchase = coming.purchase
    policy = coming.programme.returns.spent
    back = spent_back(
        policy,
        purchase.redeemed_minor,
        returned_minor=value_minor,
        paid_minor=purchase.total_minor,
    )
    return min(back, value_minor)


def give_back(tx: Tx, coming: Coming, journals: Journals) -> Given:
    """Post what goes back with this return; the wallets are held, and written by the caller."""
    given = Given()
    _give_redemptions(tx, coming, journals, given)
    _give_tenders(tx, coming, journals, given)
    _undo_fillings(tx, coming, journals)
    return given


def _give_redemptions(tx: Tx, coming: Coming, journals: Journals, given: Given) -> None:
    """Give back points that were redeemed and rewards that were claimed, by the policy."""
    if not journals:
        return
    rows = tx.run(
        select(Redemption)
        .where(
            Redemption.member_id == coming.purchase.buyer_id,
            Redemption.purchase_id == coming.purchase.id,
            Redemption.state == RedemptionState.DONE,
        )
        .order_by(Redemption.id)
    ).all()
    for row in rows:
        before, now = (_points_back(coming, row.points, back) for back in _both(coming))
        if now > before and row.posting_seq is not None:
            _give_points(
                tx, coming, journals, given, (row.wallet, row.posting_seq, f"spent:{row.id}"),
                already=before, points=now - before,
            )  # fmt: skip
        if _all_back(coming):
            _end_redemption(tx, coming, row)


def _both(coming: Coming) -> tuple[Back, Back]:
    return coming.had_back, coming.back


def _all_back(coming: Coming) -> bool:
    """Tell whether nothing is left that was paid for."""
    total: int = coming.purchase.total_minor
    return coming.goods.value(coming.back) == total


def _points_back(coming: Coming, points: int, back: Back) -> int:
    """Return how many of some spent points have gone back once so much has come back."""
    if back.is_empty:
        return 0
    policy: SpentBack = coming.programme.returns.spent
    total = coming.purchase.total_minor
    if policy is SpentBack.WHOLE:
        return points
    return spent_back(policy, points, returned_minor=coming.goods.value(back), paid_minor=total)


def _end_redemption(tx: Tx, coming: Coming, row: Any) -> None:
    """Say that a redemption was given back whole; a reward returns to its stock."""
    tx.run(
        update(Redemption)
        .where(Redemption.member_id == row.member_id, Redemption.id == row.id)
        .values(state=RedemptionState.GIVEN_BACK, ended_at=tx.now)
    )
    withdraw_given(tx, member_id=row.member_id, issued_for=row.id)
    for rule in coming.programme.rewards:
        if rule.id == row.reward_id:
            purchase = coming.purchase
            day = coming.programme.local_day(purchase.occurred_at)
            place = ClaimPlace(row.member_id, day, purchase.store_id, purchase.staff_id or "")
            give_claims_back(tx, rule, row.claims, place)


def _give_tenders(tx: Tx, coming: Coming, journals: Journals, given: Given) -> None:
    """Give back what wallets, points and gift cards tendered, the last one first."""
    paid = [one for one in coming.purchase.tenders if "paid_minor" in one]
    before = split_of(coming, coming.had_back).tendered_minor
    now = split_of(coming, coming.back).tendered_minor
    if now <= before:
        return
    passed = 0
    for number, one in reversed(list(enumerate(paid, start=1))):
        whole = one["paid_minor"]
        had, has = (max(0, min(whole, minor - passed)) for minor in (before, now))
        passed += whole
        if has > had:
            _give_tender(tx, coming, journals, given, one, number=number, had=had, has=has)


def _give_tender(
    tx: Tx,
    coming: Coming,
    journals: Journals,
    given: Given,
    one: Mapping[str, Any],
    *,
    number: int,
    had: int,
    has: int,
) -> None:
    """Give back what a tender had paid between ``had`` and ``has`` minor units of it."""
    if "gift_card" in one:
        card = one["gift_card"]
        give_back_to_gift_card(
            tx,
            gift_card_id=card,
            amount_minor=has - had,
            source=f"return:{coming.return_id}:{number}",
            purchase_id=coming.purchase.id,
        )
        given.gift_cards[card] = given.gift_cards.get(card, 0) + has - had
        return
    before, now = (one["points"] * minor // one["paid_minor"] for minor in (had, has))
    if now > before:
        where = (one["wallet"], one["seq"], f"tender:{number}")
        _give_points(tx, coming, journals, given, where, already=before, points=now - before)


def _give_points(
    tx: Tx,
    coming: Coming,
    journals: Journals,
    given: Given,
    where: tuple[str, int, str],
    *,
    already: int,
    points: int,
) -> None:
    """Give points of an earlier use back to the lots that it took."""
    unit, seq, what = where
    programme = current_programme(tx)
    own = seq if coming.still_hers else None
    back = give_back_taken(
        tx,
        journals,
        programme=programme,
        unit=unit,
        original=posting_of(tx, coming.purchase.buyer_id, unit, seq),
        points=points,
        cause=replace(coming.cause(programme, tx.now, what), reverses_seq=own),
        already=already,
    )
    given.points[unit] = given.points.get(unit, 0) + back.points
    if back.lost:
        given.lost[unit] = given.lost.get(unit, 0) + back.lost


def _undo_fillings(tx: Tx, coming: Coming, journals: Journals) -> None:
    """Take back what top-ups and sold gift cards had put on, as far as it is still there."""
    programme: Programme = current_programme(tx)
    for line in coming.goods.lines.values():
        if not (line.wallet or line.gift_card):
            continue
        minor = refunded(line, coming.back) - refunded(line, coming.had_back)
        if not minor:
            continue
        if line.gift_card:
            take_off_gift_card(
                tx,
                gift_card_id=line.gift_card,
                amount_minor=minor,
                source=f"return:{coming.return_id}:off:{line.line_no}",
                purchase_id=coming.purchase.id,
            )
        elif line.wallet in journals:
            journal = journals[line.wallet]
            there = journal.usable(lapse_day=journal.lapse_day(programme.local_day(tx.now)))
            grains = min(there, grains_of(journal, programme, minor))
            if grains:
                cause = coming.cause(programme, tx.now, f"topup:{line.line_no}")
                journal.take(PostingKind.RETURN, Contra.PAID_IN, grains, cause)
