"""Writing to a member because somebody asks for it."""

from __future__ import annotations

from loyalty.commands.messages import Written, note_message
from loyalty.commands.wallets import open_member
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId


def write_message(tx: Tx, *, member_id: MemberId, channel: str, message: str) -> Written:
    """Write to a member through a channel; above what the programme allows it is withheld.

    Raises:
        UnknownMember: nobody has this id.
    """
    open_member(tx, member_id, any_state=True)
    return note_message(tx, member_id, message, channel=channel, cause=f"asked:{tx.actor}")
