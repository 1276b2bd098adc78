"""Erasing a person: what names her is gone, her books stay whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update

from loyalty.commands.households import take_out
from loyalty.commands.redemption_ends import release_redemption
from loyalty.commands.sql import insert_rows
from loyalty.commands.waking import wake
from loyalty.commands.wallets import Journals, open_members, write_wallets
from loyalty.errors import UnknownMember
from loyalty.events import MemberErased, RetentionNear
from loyalty.expiry import add_months
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
    Purchase,
    Redemption,
    RetentionWarning,
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


def retain_members(tx: Tx, *, limit: int = 100, as_of: datetime | None = None) -> int:
    """Warn members without contact and erase those who stayed silent; return how many.

    The programme's ``retention`` says after how many months; a purchase is a contact. A run does
    at most ``limit`` of them, the next goes on where it ended.

    Source: CNIL, recommendation on loyalty files: three years after the last contact.
    """
    programme = current_programme(tx)
    today = programme.local_day(as_of or tx.now)
    rule = programme.retention
    done = 0
    for member_id in _silent_since(tx, programme, today, rule.erase_after_months, limit):
        erase_member(tx, member_id=member_id, reason="retention")
        done += 1
    warned = select(RetentionWarning.member_id)
    for member_id in _silent_since(
        tx, programme, today, rule.warn_after_months, limit - done, but=warned
    ):
        insert_rows(tx, RetentionWarning, [{"member_id": member_id, "warned_at": tx.now}])
        tx.announce(RetentionNear(member_id=member_id))
        done += 1
    return done


def _silent_since(
    tx: Tx, programme: Programme, today: date, months: int, limit: int, *, but: Any = None
) -> list[MemberId]:
    """Return members who were not in touch for so many months, the longest silent first."""
    if limit <= 0:
        return []
    last = datetime.combine(add_months(today, -months), datetime.max.time(), programme.zone)
    bought = select(Purchase.id).where(Purchase.member_id == Member.id, Purchase.occurred_at > last)
    statement = (
        select(Member.id)
        .where(
            Member.state.in_([MemberState.ACTIVE, MemberState.BLOCKED]),
            Member.last_contact_at <= last,
            ~bought.exists(),
        )
        .order_by(Member.last_contact_at, Member.id)
        .limit(limit)
    )
    if but is not None:
        statement = statement.where(Member.id.not_in(but))
    return list(tx.run(statement).scalars())


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
