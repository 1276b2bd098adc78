"""What campaigns do when something happened: plan the letter that a member now expects."""

from __future__ import annotations

from campaigns.commands import plan_letter
from campaigns.house_letters import SIGN_IN, WELCOME
from loyalty.events import MemberEnrolled, SignInRequested
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId


def send_sign_in_link(tx: Tx, event: SignInRequested) -> None:
    """Plan the mail with the link that a member asked for; one per request."""
    plan_letter(tx, member_id=MemberId(event.member_id), letter=SIGN_IN, cause=event.request_id)


def welcome_member(tx: Tx, event: MemberEnrolled) -> None:
    """Plan the mail with a new member's card; one per member, for ever."""
    plan_letter(tx, member_id=MemberId(event.member_id), letter=WELCOME, cause=event.member_id)
