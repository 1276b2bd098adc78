"""Staff who are members too do not correct their own membership."""

from __future__ import annotations

from sqlalchemy import exists, select

from loyalty.errors import OwnAccount
from loyalty.kernel.access.models import Staff
from loyalty.kernel.tx import Tx
from loyalty.models import MemberIdentity
from loyalty.values import MemberId


def refuse_own_account(tx: Tx, actor: str, member_id: MemberId) -> None:
    """Let nobody act on the membership that stands under her own address.

    Raises:
        OwnAccount: ``actor`` is a member of staff with the member's e-mail address.
    """
    own = exists().where(
        Staff.id == actor.removeprefix("staff:"),
        Staff.email_key == MemberIdentity.email_key,
        MemberIdentity.member_id == member_id,
    )
    if tx.run(select(own)).scalar():
        raise OwnAccount
