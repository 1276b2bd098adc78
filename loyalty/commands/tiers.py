"""Reviewing levels when a window has ended, and assigning one by hand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from loyalty.commands.credits import Moved, settle_level
from loyalty.commands.wallets import open_wallets
from loyalty.errors import UnknownMember
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.models import TierStanding
from loyalty.queries.programme import current_programme
from loyalty.tiers import period_of
from loyalty.values import NO_TIER, MemberId


def review_tiers(tx: Tx, *, limit: int = 500) -> int:
    """Settle the level of up to ``limit`` members whose window has ended; return how many.

    What last year's spend secured begins to count, what the year before secured is over. Zero
    means that everybody has been reviewed; whoever buys meanwhile is settled by the purchase.
    """
    programme = current_programme(tx)
    period = period_of(programme.local_day(tx.now))
    members = tx.run(
        select(TierStanding.member_id)
        .where(TierStanding.reviewed_period < period)
        .order_by(TierStanding.reviewed_period, TierStanding.member_id)
        .limit(limit)
    ).scalars()
    due = sorted(members)
    open_wallets(tx, due)
    for member_id in due:
        settle_level(tx, member_id, programme, cause=f"review:{period}")
    return len(due)


def assign_level(tx: Tx, *, member_id: MemberId, level: str, until: date | None = None) -> Moved:
    """Give a member a level as a floor until ``until`` inclusive, or for good.

    ``none`` takes the floor away. Repeating changes nothing.

    Raises:
        UnknownMember: nobody has this id.
        ValueError: the programme has no such level.
    """
    programme = current_programme(tx)
    if level != NO_TIER and programme.tiers.level(level) is None:
        raise ValueError(level)
    if not open_wallets(tx, [member_id]):
        raise UnknownMember(member_id)
    tx.run(
        update(TierStanding)
        .where(TierStanding.member_id == member_id)
        .values(assigned_level=level, assigned_until=until)
    )
    details = {"level": level, "until": until.isoformat() if until else None}
    record_audit(tx, action="assign-level", subject=member_id, details=details)
    return settle_level(tx, member_id, programme, cause="assigned")
