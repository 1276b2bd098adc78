"""What a new member gets for joining: points, and a message."""

from __future__ import annotations

from loyalty.commands.events import record_event
from loyalty.commands.messages import note_message
from loyalty.commands.referrals import note_referral
from loyalty.events import MemberEnrolled
from loyalty.happening import SIGN_UP
from loyalty.kernel.tx import Tx
from loyalty.programme import Per
from loyalty.queries.programme import current_programme
from loyalty.values import Channel, MemberId


def welcome(tx: Tx, member_id: MemberId, *, channel: Channel, referrer: MemberId | None) -> None:
    """Announce a new member and note who brought her; reward her for joining and write to her.

    Who is brought in from elsewhere signed up long ago.
    """
    tx.announce(MemberEnrolled(member_id=member_id))
    if referrer is not None:
        note_referral(tx, member_id=member_id, referrer_id=referrer)
    if channel is Channel.IMPORT:
        return
    programme = current_programme(tx)
    if any(rule.per is Per.EVENT and rule.event == SIGN_UP for rule in programme.earn):
        record_event(tx, member_id=member_id, event=SIGN_UP, source=SIGN_UP, occurred_at=tx.now)
    if programme.messages.on_enrol:
        note_message(tx, member_id, programme.messages.on_enrol, cause=SIGN_UP)
