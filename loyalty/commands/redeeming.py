"""Spending outside a sale: points against money, rewards, and both of them held for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from loyalty.commands.auditing import audit_staff
from loyalty.commands.holds import place_hold
from loyalty.commands.ledger import lapse_day_of, request_digest
from loyalty.commands.redemption_rows import Spent, redemption_row, spent_of
from loyalty.commands.reward_stock import ClaimPlace, claims_left, take_claims
from loyalty.commands.spending import redemption_rule, refusal, reward_rule, take_spent
from loyalty.commands.sql import insert_rows
from loyalty.commands.vouchers import give_reward_vouchers
from loyalty.commands.wallets import Journals, open_member, write_wallets
from loyalty.errors import SourceReused
from loyalty.journal import Cause
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Redemption
from loyalty.programme import Programme, RewardKind, RewardRule
from loyalty.queries.programme import current_programme
from loyalty.redemption import settle_redemption
from loyalty.rewards import Purse, claim_outside
from loyalty.settling import note_activity, settle
from loyalty.values import (
    Asked,
    IssuedVoucher,
    MemberId,
    Redeemed,
    RedemptionState,
    Refusal,
    RewardUse,
)


def redeem_points(
    tx: Tx,
    *,
    member_id: MemberId,
    points: int | None,
    source: str,
    wallet: str = "",
    till_cost: int | None = None,
    hold_seconds: int | None = None,
) -> Spent:
    """Let points pay outside a sale; ``None`` are all of them. ``hold_seconds`` only keeps them.

    The same ``source`` with the same content answers with the first redemption.

    Raises:
        NotEnoughPoints, BelowMinimum, AboveMaximum, NotAStep, CostDifferent: nothing was taken.
        NoRedemption: points do not pay in this programme.
        UnknownMember, MemberBlocked, SourceReused: nothing was taken.
    """
    asked = Asked(points=points, all_points=points is None, wallet=wallet, till_cost=till_cost)
    programme = current_programme(tx)
    rule = redemption_rule(programme, asked)
    request = _Request(programme, member_id, source, rule.wallet, asked, hold_seconds)
    journals = open_member(tx, member_id, [rule.wallet])
    if earlier := _again(tx, request, journals):
        return earlier
    usable = _usable(tx, request, journals)
    got = settle_redemption(rule, asked, usable=usable)
    if isinstance(got, Refusal):
        raise refusal(got, member_id, usable)
    return _spend(tx, request, journals, got)


def claim_reward(
    tx: Tx,
    *,
    keys: Keys,
    member_id: MemberId,
    reward_id: str,
    source: str,
    claims: int | None = None,
    points: int | None = None,
    till_cost: int | None = None,
    hold_seconds: int | None = None,
) -> Spent:
    """Claim a reward outside a sale; one of the kind voucher is handed over at once.

    ``points`` says how many go into an amount per point. ``hold_seconds`` keeps points and stock
    until the claim is captured or released. The same ``source`` with the same content answers
    with the first claim.

    Raises:
        NotEnoughPoints, LimitReached, NotAStep, CostDifferent: nothing was taken.
        UnknownReward: the programme has no such reward.
        UnknownMember, MemberBlocked, SourceReused: nothing was taken.
    """
    asked = Asked(points=points, reward_id=reward_id, claims=claims, till_cost=till_cost)
    programme = current_programme(tx)
    rule = reward_rule(programme, reward_id)
    request = _Request(programme, member_id, source, rule.wallet, asked, hold_seconds)
    journals = open_member(tx, member_id, [rule.wallet])
    if earlier := _again(tx, request, journals):
        return earlier
    place = ClaimPlace(member_id, programme.local_day(tx.now))
    usable = _usable(tx, request, journals)
    got = claim_outside(rule, asked, Purse(usable, claims_left(tx, rule, place)))
    if isinstance(got, Refusal):
        raise refusal(got, member_id, usable, reward_id)
    spent = _spend(tx, request, journals, got)
    if hold_seconds is None:
        spent = hand_over(tx, keys, rule, spent, place)
    take_claims(tx, [(rule, got.claims)], place)
    return spent


def hand_over(tx: Tx, keys: Keys, rule: RewardRule, spent: Spent, place: ClaimPlace) -> Spent:
    """Give the vouchers that a claim bought."""
    if rule.kind is not RewardKind.VOUCHER:
        return spent
    row = {"id": spent.redemption_id, "claims": spent.claims}
    given: tuple[IssuedVoucher, ...] = give_reward_vouchers(
        tx, keys=keys, member_id=place.member_id, rule=rule, row=row, on=place.on
    )
    return replace(spent, vouchers=given)


@dataclass(frozen=True, slots=True)
class _Request:
    """What a member wants to spend outside a sale."""

    programme: Programme
    member_id: MemberId
    source: str
    wallet: str
    asked: Asked
    hold_seconds: int | None

    @property
    def request_hash(self) -> str:
        """Return what tells a repeat from another request."""
        return request_digest("redeem", repr(self.asked), self.wallet, self.hold_seconds)


def _again(tx: Tx, request: _Request, journals: Journals) -> Spent | None:
    """Return the redemption that the source brought about before."""
    row = tx.run(
        select(Redemption).where(
            Redemption.member_id == request.member_id, Redemption.source == request.source
        )
    ).first()
    if row is None:
        return None
    if row.request_hash != request.request_hash:
        raise SourceReused(request.source)
    return spent_of(row, journals[row.wallet], request.programme, tx.now, replayed=True)


def _usable(tx: Tx, request: _Request, journals: Journals) -> int:
    """Return what the wallet has to spend, after what has lapsed was posted."""
    programme, journal = request.programme, journals[request.wallet]
    settle(journals, programme, tx.now)
    note_activity(journals, programme, programme.local_day(tx.now), tx.now)
    return journal.usable(lapse_day=lapse_day_of(journal, programme, tx.now))


def _spend(tx: Tx, request: _Request, journals: Journals, use: Redeemed | RewardUse) -> Spent:
    """Take or hold the points and write the redemption down."""
    programme, journal = request.programme, journals[request.wallet]
    cause = Cause(
        source=f"redeem:{request.source}",
        request_hash=request.request_hash,
        programme_version_id=programme.version_id,
        occurred_at=tx.now,
        posted_at=tx.now,
    )
    use = replace(use, wallet=request.wallet)
    row = redemption_row(tx, request.member_id, use, source=request.source, cause=cause)
    points = row["points"]
    if request.hold_seconds is not None:
        row["state"] = RedemptionState.HELD
        write_wallets(tx, journals.values())
        if points:
            hold = place_hold(
                tx,
                member_id=request.member_id,
                points=points,
                source=cause.source,
                seconds=request.hold_seconds,
                unit=request.wallet,
            )
            row["hold_id"] = hold.hold_id
            journal.hold(points)
            journal.moved = False
    else:
        row["posting_seq"] = take_spent(journal, points, cause) if points else None
        write_wallets(tx, journals.values())
    insert_rows(tx, Redemption, [row])
    held = request.hold_seconds is not None
    facts = {"member": request.member_id, "wallet": request.wallet, "points": points}
    facts |= {"reward": row["reward_id"], "held": held}
    audit_staff(tx, action="redeem", subject=row["id"], details=facts)
    return spent_of(row, journal, programme, tx.now)
