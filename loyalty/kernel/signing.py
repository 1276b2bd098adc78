"""Keys derived from one secret, and what they sign.

Each purpose has a key of its own (HKDF, RFC 5869), so that a code made for one thing is worth
nothing for another. Nothing derived is stored: a stolen database prints no card and signs no link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class TokenRefused(Problem):
    """A link or token is damaged, was made for something else, or has expired.

    ``reason`` is ``damaged`` or ``expired``.
    """

    reason: str

    kind = Kind.FORBIDDEN
    slug = "token-refused"
    title = N_("This link no longer works")
    template = N_("The link is {reason}. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class Keys:
    """The key ring of an installation."""

    secret: str
    _derived: dict[str, bytes] = field(default_factory=dict, repr=False)

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte key of ``purpose``."""
        key = self._derived.get(purpose)
        if key is None:
            key = self._derived[purpose] = _hkdf(self.secret.encode(), f"palier:{purpose}")
        return key

    def mac(self, purpose: str, data: bytes) -> bytes:
        """Return HMAC-SHA-256 of ``data`` under the key of ``purpose``: 32 bytes."""
        return hmac.digest(self.derive(purpose), data, hashlib.sha256)

    def same(self, purpose: str, data: bytes, mac: bytes) -> bool:
        """Tell, in constant time, whether ``mac`` belongs to ``data``."""
        return hmac.compare_digest(self.mac(purpose, data), mac)

    def sign_token(self, purpose: str, facts: dict[str, Any], *, until: datetime) -> str:
        """Return a URL-safe token that carries ``facts`` and expires at ``until``."""
        body = json.dumps({"f": facts, "t": int(until.timestamp())}, separators=(",", ":")).encode()
        return f"{_text(body)}.{_text(self.mac(purpose, body)[:16])}"

    def read_token(self, purpose: str, token: str, *, now: datetime) -> dict[str, Any]:
        """Return the facts of a token made for ``purpose``.

        Raises:
            TokenRefused: it was altered, made for another purpose, or has expired.
        """
        try:
            body_text, mac_text = token.split(".")
            body, mac = _bytes(body_text), _bytes(mac_text)
        except ValueError as error:
            raise TokenRefused("damaged") from error
        if not hmac.compare_digest(self.mac(purpose, body)[:16], mac):
            raise TokenRefused("damaged")
        document = json.loads(body)
        if now.timestamp() >= document["t"]:
            raise TokenRefused("expired")
        facts: dict[str, Any] = document["f"]
        return facts


def random_token(bytes_: int = 32) -> str:
    """Return an unguessable URL-safe text of ``bytes_`` random bytes."""
    return secrets.token_urlsafe(bytes_)


def random_digits(count: int) -> str:
    """Return ``count`` unguessable decimal digits, leading zeros included."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal: what is stored in its place."""
    return hashlib.sha256(token.encode()).hexdigest()


def in_minutes(now: datetime, minutes: int) -> datetime:
    """Return the instant ``minutes`` after ``now``."""
    return now + timedelta(minutes=minutes)


def _hkdf(secret: bytes, info: str) -> bytes:
    """Return 32 bytes of HKDF-SHA-256. Source: RFC 5869, one block, salt of zeros."""
    extracted = hmac.digest(b"\0" * 32, secret, hashlib.sha256)
    return hmac.digest(extracted, info.encode() + b"\x01", hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
