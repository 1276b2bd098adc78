"""How redemptions end: what is held is captured or set free, what is done is given back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select, update

from loyalty.commands.auditing import audit_staff
from loyalty.commands.holds import capture_hold, release_hold
from loyalty.commands.redeeming import hand_over
from loyalty.commands.redemption_rows import Spent, spent_of
from loyalty.commands.reversing import reverse_posting
from loyalty.commands.reward_stock import ClaimPlace, give_claims_back
from loyalty.commands.spending import reward_rule
from loyalty.commands.vouchers import cancel_given
from loyalty.commands.wallets import Journals, open_member
from loyalty.errors import RedemptionEnded, UnknownRedemption
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Hold, Redemption
from loyalty.queries.programme import current_programme
from loyalty.values import MemberId, RedemptionId, RedemptionState
from loyalty.words import HoldState


def capture_redemption(
    tx: Tx,
    *,
    keys: Keys,
    member_id: MemberId,
    redemption_id: RedemptionId,
    points: int | None = None,
) -> Spent:
    """Take what a redemption holds, or so many of the points that pay; the rest is set free.

    Capturing again answers with what was captured.

    Raises:
        NotEnoughPoints: more than is held.
        UnknownRedemption: the member has no such redemption.
        RedemptionEnded: it was released or given back.
        HoldEnded: its time was up.
    """
    programme = current_programme(tx)
    journals, row = _open(tx, member_id, redemption_id)
    if row.state is RedemptionState.DONE:
        return spent_of(row, journals[row.wallet], programme, tx.now, replayed=True)
    if row.state is not RedemptionState.HELD:
        raise RedemptionEnded(redemption_id, row.state)
    if row.hold_id is not None:
        part = None if row.reward_id else points
        seq = capture_hold(tx, member_id=member_id, hold_id=row.hold_id, points=part).seq
        facts = {} if part is None else {"points": part, "value_minor": _worth(row, part)}
        row = _end(tx, row, RedemptionState.DONE, posting_seq=seq, **facts)
    else:
        row = _end(tx, row, RedemptionState.DONE)
    journals = open_member(tx, member_id, [row["wallet"]])
    spent = spent_of(row, journals[row["wallet"]], programme, tx.now)
    if not row["reward_id"]:
        return spent
    place = ClaimPlace(member_id, programme.local_day(tx.now))
    return hand_over(tx, keys, reward_rule(programme, row["reward_id"]), spent, place)


def release_redemption(tx: Tx, *, member_id: MemberId, redemption_id: RedemptionId) -> Spent:
    """Set free what a redemption holds, or give back all of one that is done.

    Points go back to the lots they came from, a reward to its stock; a voucher that it gave is
    cancelled. Releasing again changes nothing.

    Raises:
        UnknownRedemption: the member has no such redemption.
        RedemptionEnded: it belongs to a purchase, which is returned instead.
        VoucherNotUsable: the voucher that it gave was used.
    """
    programme = current_programme(tx)
    journals, row = _open(tx, member_id, redemption_id)
    if row.state in {RedemptionState.RELEASED, RedemptionState.GIVEN_BACK}:
        return spent_of(row, journals[row.wallet], programme, tx.now, replayed=True)
    if row.purchase_id is not None:
        raise RedemptionEnded(redemption_id, row.state)
    state = RedemptionState.GIVEN_BACK
    if row.state is RedemptionState.HELD:
        state = RedemptionState.RELEASED
        if row.hold_id is not None:
            release_hold(tx, member_id=member_id, hold_id=row.hold_id)
    else:
        cancel_given(tx, member_id=member_id, issued_for=redemption_id)
        if row.posting_seq is not None:
            reverse_posting(
                tx,
                member_id=member_id,
                seq=row.posting_seq,
                source=f"release:{redemption_id}",
                unit=row.wallet,
            )
    ended = _end(tx, row, state)
    if row.reward_id:
        place = ClaimPlace(member_id, programme.local_day(row.at))
        rules = [rule for rule in programme.rewards if rule.id == row.reward_id]
        for rule in rules:
            give_claims_back(tx, rule, row.claims, place)
    journals = open_member(tx, member_id, [row.wallet], any_state=True)
    return spent_of(ended, journals[row.wallet], programme, tx.now)


def end_held_redemptions(tx: Tx, *, limit: int = 500) -> int:
    """Release up to ``limit`` redemptions whose hold has ended; return how many.

    Their points are free already; what they kept of a reward's stock comes back.
    """
    held = (
        select(Redemption.member_id, Redemption.id)
        .join(Hold, and_(Hold.member_id == Redemption.member_id, Hold.id == Redemption.hold_id))
        .where(Redemption.state == RedemptionState.HELD, Hold.state != HoldState.OPEN)
        .order_by(Redemption.member_id, Redemption.id)
        .limit(limit)
    )
    ended = tx.run(held).all()
    for row in ended:
        release_redemption(tx, member_id=row.member_id, redemption_id=row.id)
    return len(ended)


def _worth(row: Any, points: int) -> int:
    """Return what part of a redemption's points is worth."""
    return int(row.value_minor * points // row.points)


def _open(tx: Tx, member_id: MemberId, redemption_id: RedemptionId) -> tuple[Journals, Any]:
    """Hold the member's wallets, then read the redemption."""
    statement = select(Redemption).where(
        Redemption.member_id == member_id, Redemption.id == redemption_id
    )
    found = tx.run(statement).first()
    if found is None:
        raise UnknownRedemption(redemption_id)
    journals = open_member(tx, member_id, [found.wallet], any_state=True)
    return journals, tx.run(statement).one()


def _end(tx: Tx, row: Any, state: RedemptionState, **facts: Any) -> dict[str, Any]:
    """Move a redemption on and return its columns."""
    changed = {"state": state, "ended_at": tx.now, **facts}
    tx.run(
        update(Redemption)
        .where(Redemption.member_id == row.member_id, Redemption.id == row.id)
        .values(**changed)
    )
    details = {"member": row.member_id, "wallet": row.wallet, "points": row.points}
    audit_staff(tx, action=f"redemption-{state.value}", subject=row.id, details=details)
    return {**row._asdict(), **changed}
