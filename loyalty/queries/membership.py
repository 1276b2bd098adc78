"""Whose app this is: the member in hand, with what she may see of herself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from loyalty.errors import UnknownMember
from loyalty.identity import display_name
from loyalty.kernel.tx import Tx
from loyalty.models import Member, MemberIdentity
from loyalty.values import MemberId, MemberState, StoreId


@dataclass(frozen=True, slots=True)
class Membership:
    """A member and what she told us about herself. For her own eyes."""

    member_id: MemberId
    state: MemberState
    language: str
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    joined_on: date
    home_store_id: StoreId | None

    @property
    def display_name(self) -> str:
        """Return the first name and the initial of the family name."""
        return display_name(self.given_name, self.family_name)

    @property
    def is_blocked(self) -> bool:
        """Tell whether staff have stopped the membership."""
        return self.state is MemberState.BLOCKED


def membership(tx: Tx, member_id: MemberId) -> Membership:
    """Return a member as she sees herself, blocked or not.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    row = tx.run(
        select(
            Member.id,
            Member.state,
            Member.language,
            MemberIdentity.given_name,
            MemberIdentity.family_name,
            MemberIdentity.email,
            MemberIdentity.phone,
            Member.joined_on,
            Member.home_store_id,
        )
        .join(MemberIdentity, MemberIdentity.member_id == Member.id)
        .where(Member.id == member_id, Member.state != MemberState.ERASED)
    ).first()
    if row is None:
        raise UnknownMember(member_id)
    return Membership(*row)
