"""The link that opens a member's card: made when the message is written, read when it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId

SIGN_IN_SPAN = timedelta(minutes=30)
"""How long a link works. Mail that takes longer to arrive is asked for again."""

_PURPOSE = "sign-in"


@dataclass(frozen=True, slots=True)
class SignInLink:
    """What a link says: whose card, and which request it answers."""

    member_id: MemberId
    request_id: str


def sign_in_link(
    tx: Tx, *, keys: Keys, public_url: str, member_id: MemberId, request_id: str
) -> str:
    """Return the absolute address that opens the member's card, for 30 minutes from now.

    It may be made any number of times: all links of one request are worth one entry together.
    Nothing is stored.
    """
    facts = {"m": member_id, "r": request_id}
    token = keys.sign_token(_PURPOSE, facts, until=tx.now + SIGN_IN_SPAN)
    return f"{public_url.rstrip('/')}/app/enter?{urlencode({'token': token})}"


def read_sign_in(tx: Tx, *, keys: Keys, token: str) -> SignInLink:
    """Return what the token of a link says. Reading does not use it up.

    Raises:
        TokenRefused: it is damaged or has expired.
    """
    facts = keys.read_token(_PURPOSE, token, now=tx.now)
    return SignInLink(member_id=MemberId(facts["m"]), request_id=facts["r"])
