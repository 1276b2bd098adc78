"""The addresses that a message carries, and the token that lets its reader out."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.values import MessageId
from loyalty.kernel.signing import Keys

UNSUBSCRIBE_FOR = timedelta(days=730)
"""How long the link in an old e-mail still works."""

_PURPOSE = "unsubscribe"


def unsubscribe_link(keys: Keys, public_url: str, message_id: MessageId, *, now: datetime) -> str:
    """Return the page that ends these messages; a POST to it acts without a sign-in.

    The token names the message, not the member, and cannot be made without our key.
    """
    token = keys.sign_token(_PURPOSE, {"i": message_id}, until=now + UNSUBSCRIBE_FOR)
    return f"{public_url.rstrip('/')}/app/unsubscribe/{token}"


def read_unsubscribe_token(keys: Keys, token: str, *, now: datetime) -> MessageId:
    """Return the message that a token names.

    Raises:
        TokenRefused: it was made by somebody else, is damaged or too old.
    """
    return MessageId(str(keys.read_token(_PURPOSE, token, now=now)["i"]))


def page_links(public_url: str) -> dict[str, str]:
    """Return the addresses that are the same in every message."""
    base = public_url.rstrip("/")
    return {
        "card_link": f"{base}/app/",
        "offers_link": f"{base}/app/offers",
        "preferences_link": f"{base}/app/me",
    }
