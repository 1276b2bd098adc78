"""Erasing a person: what names her is gone, her books stay whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, select, update

from loyalty.commands.households import take_out
from loyalty.commands.redemption_ends import release_redemption
from loyalty.commands.waking import wake
from loyalty.commands.wallets import Journals, open_members, write_wallets
from loyalty.errors import UnknownMember
from loyalty.events import MemberErased
from loyalty.journal import Cause, Journal
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.models import (
    Adjustment,
    Card,
    Hold,
    Member,
    MemberIdentity,
    Merge,
    Redemption,
    RetentionWarning,
    SurveyAnswer,
    Voucher,
    Wallet,
)
from loyalty.programme import Programme
from loyalty.queries.pools import pool_of
from loyalty.queries.programme import current_programme
from loyalty.settling import settle
from loyalty.values import (
    AdjustmentState,
    CardState,
    MemberId,
    MemberState,
    RedemptionState,
    VoucherState,
)
from loyalty.words import Contra, HoldState, PostingKind


@dataclass(frozen=True, slots=True)
class Erased:
    """A person who was erased; ``points`` were given up, by wallet, in grains."""

    member_id: MemberId
    points: dict[str, int] = field(default_factory=dict)
    replayed: bool = False


def erase_member(tx: Tx, *, member_id: MemberId, reason: str, source: str | None = None) -> Erased:
    """Delete what names a person and end what she holds; her books stay, without her.

    Points, waiting ones too, are given up by postings; holds are released, unused vouchers and
    cards end, proposed adjustments are refused. Memberships that were merged into hers go with
    her. Erasing again changes nothing.

    Raises:
        UnknownMember: nobody ever had this id.
    """
    programme = current_programme(tx)
    units = tx.run(select(Wallet.unit).where(Wallet.member_id == member_id)).scalars().all()
    journals = open_members(tx, [member_id], units).get(member_id)
    if journals is None:
        raise UnknownMember(member_id)
    state = tx.run(select(Member.state).where(Member.id == member_id)).scalar_one()
    if state is MemberState.ERASED:
        return Erased(member_id, replayed=True)
    _release(tx, member_id, journals)
    if (pool_id := pool_of(tx, member_id)) is not None:
        take_out(tx, pool_id=pool_id, member_id=member_id, source=f"erase:{member_id}")
    journals = open_members(tx, [member_id], units)[member_id]
    settle(journals, programme, tx.now)
    points = _give_up(tx, programme, journals, source or f"erase:{reason}")
    write_wallets(tx, journals.values())
    _end_things(tx, member_id)
    everybody = [member_id, *_merged_into(tx, member_id)]
    tx.run(delete(MemberIdentity).where(MemberIdentity.member_id.in_(everybody)))
    tx.run(update(SurveyAnswer).where(SurveyAnswer.member_id.in_(everybody)).values(answers={}))
    tx.run(delete(RetentionWarning).where(RetentionWarning.member_id.in_(everybody)))
    tx.run(
        update(Member)
        .where(Member.id.in_(everybody))
        .values(state=MemberState.ERASED, home_store_id=None, source=None, request_hash=None)
    )
    wake(tx, everybody)
    record_audit(tx, action="erase-member", subject=member_id, details={"reason": reason})
    tx.announce(MemberErased(member_id=member_id))
    return Erased(member_id, points)


def _release(tx: Tx, member_id: MemberId, journals: Journals) -> None:
    """Set free what is held, and what redemptions keep of a reward's stock."""
    held = tx.run(
        select(Redemption.id).where(
            Redemption.member_id == member_id, Redemption.state == RedemptionState.HELD
        )
    ).scalars()
    for redemption_id in held.all():
        release_redemption(tx, member_id=member_id, redemption_id=redemption_id)
    opened = open_members(tx, [member_id], list(journals))[member_id]
    for unit, journal in opened.items():
        journal.hold(-journal.held)
        tx.run(
            update(Hold)
            .where(Hold.member_id == member_id, Hold.unit == unit, Hold.state == HoldState.OPEN)
            .values(state=HoldState.RELEASED, ended_at=tx.now)
        )
    write_wallets(tx, opened.values())


def _give_up(tx: Tx, programme: Programme, journals: Journals, request: str) -> dict[str, int]:
    """Empty every wallet; a debt is forgiven."""
    points: dict[str, int] = {}
    for unit, journal in journals.items():
        cause = Cause(
            source=f"erase:{unit}",
            request_hash=request,
            programme_version_id=programme.version_id,
            occurred_at=tx.now,
            posted_at=tx.now,
        )
        if balance := journal.balance:
            points[unit] = balance
            _clear(journal, programme.local_day(tx.now), cause)
    return points


def _clear(journal: Journal, today: date, cause: Cause) -> None:
    if journal.balance > 0:
        journal.take(PostingKind.RESET, Contra.FORGIVEN, journal.balance, cause)
    else:
        journal.grant(PostingKind.RESET, Contra.FORGIVEN, [(today, -journal.balance)], cause)


def _end_things(tx: Tx, member_id: MemberId) -> None:
    """End vouchers, cards and adjustments that wait."""
    tx.run(
        update(Voucher)
        .where(Voucher.member_id == member_id, Voucher.state == VoucherState.ISSUED)
        .values(state=VoucherState.WITHDRAWN, ended_at=tx.now)
    )
    tx.run(
        update(Card)
        .where(Card.member_id == member_id, Card.state == CardState.ACTIVE)
        .values(state=CardState.BLOCKED, ended_at=tx.now)
    )
    tx.run(
        update(Adjustment)
        .where(Adjustment.member_id == member_id, Adjustment.state == AdjustmentState.PROPOSED)
        .values(state=AdjustmentState.REFUSED, decided_by="erasure", decided_at=tx.now)
    )


def _merged_into(tx: Tx, member_id: MemberId) -> list[MemberId]:
    return list(
        tx.run(
            select(Merge.other_id).where(Merge.member_id == member_id, Merge.undone_at.is_(None))
        ).scalars()
    )
