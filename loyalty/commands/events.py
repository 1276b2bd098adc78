"""Events: what happens to a member besides buying, and what it earns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select

from loyalty.commands.credits import add_credit, settle_level
from loyalty.commands.ledger import request_digest
from loyalty.commands.pending import release_for_event
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import Journals, open_member, write_wallets
from loyalty.errors import CancelledByExtension, SourceReused
from loyalty.events import MemberEventRecorded
from loyalty.happening import VISIT, EventGrant, Happened, once_only, points_for_event
from loyalty.journal import Cause
from loyalty.kernel.tx import Tx
from loyalty.models import MemberEvent, TierStanding
from loyalty.programme import Per, Programme
from loyalty.queries.programme import current_programme
from loyalty.settling import earn_into, grant_now, note_activity, settle
from loyalty.values import Extension, Fired, MemberId, PurchaseId


@dataclass(frozen=True, slots=True)
class EventPaid:
    """The answer to an event: what it earned by wallet and by rule, and what it set free."""

    event: str
    earned: Mapping[str, int] = field(default_factory=dict)
    earned_by: Mapping[str, int] = field(default_factory=dict)
    released: Mapping[str, int] = field(default_factory=dict)
    replayed: bool = False


def record_event(
    tx: Tx,
    *,
    member_id: MemberId,
    event: str,
    source: str,
    occurred_at: datetime,
    purchase_id: PurchaseId | None = None,
    extension: Extension | None = None,
) -> EventPaid:
    """Write down an event of a member, give her what it earns, and set free what waited for it.

    The same ``source`` again answers with what it earned first. Signing up happens once, a
    birthday once a year: told again, it earns nothing. A visit without a purchase counts as one
    on the stairs. Events that no rule knows earn nothing and are kept.

    Raises:
        CancelledByExtension: the extension says no; nothing was recorded.
        UnknownMember, MemberBlocked: the member neither earns nor spends.
        SourceReused: the source stands for another event.
    """
    if extension is not None and extension.cancel:
        raise CancelledByExtension
    programme = current_programme(tx, occurred_at)
    journals = open_member(tx, member_id, _units(programme))
    told = _Told(
        member_id=member_id,
        event=event,
        source=source,
        request_hash=request_digest("event", event, purchase_id, extension),
        occurred_at=occurred_at,
        purchase_id=purchase_id,
        extension=extension,
        programme=programme,
    )
    known = _told_before(tx, told)
    return known if known is not None else _happen(tx, told, journals)


def count_on_stairs(tx: Tx, told: At, *, earned: Mapping[str, int], visits: int = 0) -> None:
    """Count on the stairs what was given outside a purchase."""
    programme = current_programme(tx)
    points = earned.get(programme.tier_wallet, 0)
    if not (points or visits):
        return
    day = programme.local_day(told.occurred_at)
    add_credit(tx, told.member_id, programme, on=day, earned=points, visits=visits)
    settle_level(tx, told.member_id, programme, cause=told.cause)


@dataclass(frozen=True, slots=True)
class At:
    """Whose points were given, when, and the cause."""

    member_id: MemberId
    occurred_at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class _Told:
    """An event while it is being worked out."""

    member_id: MemberId
    event: str
    source: str
    request_hash: str
    occurred_at: datetime
    purchase_id: PurchaseId | None
    extension: Extension | None
    programme: Programme

    @property
    def day(self) -> date:
        """Return the local day of the event."""
        return self.programme.local_day(self.occurred_at)

    @property
    def once(self) -> str | None:
        """Return the name of what can happen only once."""
        return once_only(self.event, self.day)


def _told_before(tx: Tx, told: _Told) -> EventPaid | None:
    """Return what this event earned first, or nothing of what can happen only once.

    Raises:
        SourceReused: the source stands for another event.
    """
    own = MemberEvent.member_id == told.member_id
    same = MemberEvent.source == told.source
    if told.once is not None:
        same = or_(same, MemberEvent.once == told.once)
    rows = tx.run(select(MemberEvent).where(own, same)).all()
    for row in rows:
        if row.source == told.source:
            if row.request_hash != told.request_hash:
                raise SourceReused(told.source)
            return EventPaid(told.event, row.earned, row.earned_by, row.released, replayed=True)
    return EventPaid(told.event) if rows else None


def _happen(tx: Tx, told: _Told, journals: Journals) -> EventPaid:
    """Give what the event earns, keep it, and let it set free what waits for it."""
    grants = points_for_event(told.programme, _happened(tx, told))
    earned_by = {grant.rule: grant.points for grant in grants}
    earned = _post(tx, told, journals, grants)
    released = release_for_event(
        tx, member_id=told.member_id, event=told.event, purchase_id=told.purchase_id
    )
    row = {
        "member_id": told.member_id,
        "source": told.source,
        "event": told.event,
        "once": told.once,
        "request_hash": told.request_hash,
        "purchase_id": told.purchase_id,
        "earned_by": earned_by,
        "earned": earned,
        "released": dict(released.points),
        "counted_on": told.day,
        "occurred_at": told.occurred_at,
        "at": tx.now,
    }
    insert_rows(tx, MemberEvent, [row])
    tx.announce(MemberEventRecorded(member_id=told.member_id, event=told.event))
    at = At(told.member_id, told.occurred_at, f"event:{told.source}")
    visits = 1 if told.event == VISIT and told.purchase_id is None else 0
    count_on_stairs(tx, at, earned=earned, visits=visits)
    return EventPaid(told.event, earned, earned_by, released.points)


def _happened(tx: Tx, told: _Told) -> Happened:
    """Return the event as the rules look at it."""
    level = select(TierStanding.level).where(TierStanding.member_id == told.member_id)
    return Happened(
        event=told.event,
        on=told.day,
        at=told.occurred_at.astimezone(told.programme.zone).time(),
        tier=tx.run(level).scalar_one(),
        room=_room(tx, told),
        extension=told.extension,
    )


def _room(tx: Tx, told: _Told) -> dict[str, int]:
    """Return how much the limited rules of this event may still give this member."""
    limited = [
        rule
        for rule in told.programme.earn
        if rule.event == told.event and (rule.limits.day, rule.limits.member) != (None, None)
    ]
    if not limited:
        return {}
    rows = tx.run(
        select(MemberEvent.earned_by, MemberEvent.counted_on).where(
            MemberEvent.member_id == told.member_id, MemberEvent.event == told.event
        )
    ).all()
    room: dict[str, int] = {}
    for rule in limited:
        given = [(day, earned.get(rule.id, 0)) for earned, day in rows]
        left = []
        if rule.limits.day is not None:
            left.append(rule.limits.day - sum(n for day, n in given if day == told.day))
        if rule.limits.member is not None:
            left.append(rule.limits.member - sum(n for _, n in given))
        room[rule.id] = min(left)
    return room


def _post(tx: Tx, told: _Told, journals: Journals, grants: Sequence[EventGrant]) -> dict[str, int]:
    """Post what each wallet gets in one movement; return the points by wallet."""
    settle(journals, told.programme, tx.now)
    if grants:
        note_activity(journals, told.programme, told.day, tx.now)
    earned: dict[str, int] = {}
    for unit in sorted({grant.wallet for grant in grants}):
        own = [grant for grant in grants if grant.wallet == unit]
        earned[unit] = sum(grant.points for grant in own)
        main = unit == told.programme.main_unit
        cause = Cause(
            source=f"event:{told.source}" if main else f"event:{told.source}:{unit}",
            request_hash=told.request_hash,
            programme_version_id=told.programme.version_id,
            occurred_at=told.occurred_at,
            posted_at=tx.now,
            reasons=tuple(Fired(grant.rule, grant.points, 0) for grant in own),
        )
        _grant(journals, told, unit, earned[unit], cause)
    write_wallets(tx, journals.values())
    return earned


def _grant(journals: Journals, told: _Told, unit: str, points: int, cause: Cause) -> None:
    """Post what an event earns; it waits as a purchase's points do, but not for itself."""
    pending = told.programme.pending
    if pending is not None and pending.until_event == told.event:
        grant_now(journals, unit=unit, points=points, day=told.day, cause=cause)
        return
    earn_into(journals, told.programme, unit=unit, points=points, day=told.day, cause=cause)


def _units(programme: Programme) -> list[str]:
    """Return the wallets that event rules pay into."""
    return [
        rule.wallet or programme.default_wallet
        for rule in programme.earn
        if rule.per is Per.EVENT and (rule.wallet or programme.default_wallet)
    ]
