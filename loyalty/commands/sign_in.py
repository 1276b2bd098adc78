"""Signing in to the card with a link: asked for on one device, opened on the same or another."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.events import SignInRequested
from loyalty.identity import NotAPhone, clean_phone
from loyalty.kernel.access.sessions import spend_token
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries.members import member_by_email, member_by_phone
from loyalty.queries.sign_in import SIGN_IN_SPAN, read_sign_in
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class SignInAsked:
    """That a link was asked for. It never tells whether anybody will get one."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Whose link it was."""

    member_id: MemberId


def request_sign_in(tx: Tx, *, contact: str) -> SignInAsked:
    """Announce that whoever has this e-mail address or telephone number wants a link.

    The answer is the same whether or not somebody does. Each call asks for a link of its own;
    how often is the edge's to limit.
    """
    asked = SignInAsked(request_id=tx.new_id("sgn"))
    member_id = _holder(tx, contact)
    if member_id is not None:
        tx.announce(SignInRequested(member_id=member_id, request_id=asked.request_id))
    return asked


def enter_by_link(tx: Tx, *, keys: Keys, token: str) -> Entered:
    """Spend the link and return whose it was. It opens one session, however often it was sent.

    Raises:
        TokenRefused: the link is damaged, has expired, or was used before; nothing was done.
    """
    asked = read_sign_in(tx, keys=keys, token=token)
    spend_token(tx, token=f"sign-in:{asked.request_id}", expires_at=tx.now + SIGN_IN_SPAN)
    return Entered(member_id=asked.member_id)


def _holder(tx: Tx, contact: str) -> MemberId | None:
    """Return who has this address or number."""
    if "@" in contact:
        return member_by_email(tx, contact)
    try:
        return member_by_phone(tx, clean_phone(contact))
    except NotAPhone:
        return None
