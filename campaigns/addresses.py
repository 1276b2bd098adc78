"""The form in which an address is remembered without being written down."""

from __future__ import annotations

from campaigns.values import Channel
from loyalty.kernel.signing import Keys

_BYTES = 16


def address_key(keys: Keys, channel: Channel, address: str) -> str:
    """Return the keyed hash of an address: equal for equal ones, worth nothing without the key.

    E-mail addresses compare without regard to case; telephone numbers are already in E.164.
    """
    plain = address.strip().casefold()
    return keys.mac("suppression", f"{channel}:{plain}".encode())[:_BYTES].hex()
