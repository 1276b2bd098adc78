"""Assigning a level by hand."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches

from sqlalchemy import update

from loyalty.commands.credits import Moved, settle_level
from loyalty.commands.wallets import open_wallets
from loyalty.errors import UnknownLevel, UnknownMember
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.models import TierStanding
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.values import NO_TIER, MemberId


def assign_level(
    tx: Tx, *, member_id: MemberId, level: str, until: date | None = None, by: str = ""
) -> Moved:
    """Give a member a level by hand until ``until`` inclusive, or for good.

    The programme says whether it is a floor, holds whatever she does, or only stands written.
    ``none`` takes it away. ``by`` names who decided, where it is not who acts. Repeating changes
    nothing.

    Raises:
        UnknownMember: nobody has this id.
        UnknownLevel: the programme has no such level.
    """
    programme = current_programme(tx)
    if level != NO_TIER and programme.tiers.level(level) is None:
        raise _unknown(level, programme)
    if not open_wallets(tx, [member_id]):
        raise UnknownMember(member_id)
    tx.run(
        update(TierStanding)
        .where(TierStanding.member_id == member_id)
        .values(assigned_level=level, assigned_until=None if level == NO_TIER else until)
    )
    details = {"level": level, "until": until.isoformat() if until else None}
    if by:
        details["by"] = by
    record_audit(tx, action="assign-level", subject=member_id, details=details)
    return settle_level(tx, member_id, programme, cause="assigned")


def _unknown(level: str, programme: Programme) -> UnknownLevel:
    """Return the refusal of a level that there is not, with the one that was probably meant."""
    levels = [NO_TIER, *(one.id for one in programme.tiers.levels)]
    (nearest,) = get_close_matches(level, levels, n=1, cutoff=0.0)
    return UnknownLevel(level, nearest, ", ".join(levels))
